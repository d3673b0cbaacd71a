/**
 * Goal: the old format says the same, in its own way.
 * Method: a registry with every type, awkward texts and an exemplar; the text by hand.
 */
import {
  counter,
  createRegistry,
  gauge,
  histogram,
  info,
  renderPrometheusText,
  stateset,
} from "@reprise/obs";
import { expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

test("every type, without units, exemplars and an end", () => {
  const registry = createRegistry({
    sent: counter({ help: 'a "b" \\ c\nd', labels: ["topic"] }),
    target: info({ help: "", labels: ["name"] }),
    state: stateset({ help: "State.", states: ["up", "down"] }),
    wait_seconds: histogram({ help: "Wait.", unit: "s", buckets: [1] }),
    z: gauge({ help: "Level." }),
  });
  registry.counter("sent").add(2, { topic: 'a"b\\c\nd' }, { trace_id: "x" });
  registry.info("target").record({ name: "shop" });
  registry.stateset("state").enter("up");
  registry.histogram("wait_seconds").observe(0.5, {}, { trace_id: "x" });
  expect(renderPrometheusText(registry)).toBe(
    [
      '# HELP sent_total a "b" \\\\ c\\nd',
      "# TYPE sent_total counter",
      'sent_total{topic="a\\"b\\\\c\\nd"} 2',
      "# HELP state State.",
      "# TYPE state gauge",
      'state{state="down"} 0',
      'state{state="up"} 1',
      "# TYPE target_info gauge",
      'target_info{name="shop"} 1',
      "# HELP wait_seconds Wait.",
      "# TYPE wait_seconds histogram",
      'wait_seconds_bucket{le="1.0"} 1',
      'wait_seconds_bucket{le="+Inf"} 1',
      "wait_seconds_count 1",
      "wait_seconds_sum 0.5",
      "# HELP z Level.",
      "# TYPE z gauge",
      "z 0.0",
      "",
    ].join("\n"),
  );
});

test("a registry of nobody's is refused", () => {
  expect(refusalOf(() => renderPrometheusText({ metricNames: [] })).code).toBe("REGISTRY_UNKNOWN");
});
