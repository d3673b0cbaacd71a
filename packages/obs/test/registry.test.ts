/**
 * Goal: recording to what was not declared is an error, at compile time where the name is written in
 * code, and at run time always.
 * Method: declare one metric of each type and miss each in turn. The lines marked as type errors are
 * checked by the compiler of the test program, and run here for the error they give.
 */
import {
  counter,
  createRegistry,
  gauge,
  histogram,
  info,
  type MetricDefinitions,
  renderOpenMetrics,
  snapshot,
  stateset,
} from "@reprise/obs";
import { describe, expect, test, vi } from "vitest";
import { refusalOf } from "./refusal.ts";

const registry = createRegistry({
  sent: counter({ help: "", labels: ["topic", "outcome"] }),
  bare: counter({ help: "" }),
  lag: gauge({ help: "", labels: ["topic"] }),
  duration: histogram({ help: "", labels: ["topic"], buckets: [0.5, 1] }),
  build: info({ help: "", labels: ["version"] }),
  phase: stateset({ help: "", labels: ["node"], states: ["running", "paused"] }),
});

describe("not declared", () => {
  test("metric", () => {
    // @ts-expect-error no such metric
    const missing = () => registry.counter("snet");
    expect(refusalOf(missing)).toMatchObject({ code: "METRIC_UNDECLARED", metric: "snet" });
    for (const name of ["", "__proto__", "constructor"]) {
      const dynamic = createRegistry({} as MetricDefinitions);
      expect(refusalOf(() => dynamic.gauge(name)).code).toBe("METRIC_UNDECLARED");
    }
  });

  test("metric of that type", () => {
    // @ts-expect-error a counter
    expect(refusalOf(() => registry.gauge("sent")).code).toBe("METRIC_TYPE_DIFFERS");
    // @ts-expect-error a gauge
    expect(refusalOf(() => registry.counter("lag")).code).toBe("METRIC_TYPE_DIFFERS");
    // @ts-expect-error an info
    expect(refusalOf(() => registry.histogram("build")).code).toBe("METRIC_TYPE_DIFFERS");
    // @ts-expect-error a stateset
    expect(refusalOf(() => registry.info("phase")).code).toBe("METRIC_TYPE_DIFFERS");
    // @ts-expect-error a histogram
    expect(refusalOf(() => registry.stateset("duration")).code).toBe("METRIC_TYPE_DIFFERS");
  });

  test("label", () => {
    // @ts-expect-error no such label
    const add = () => registry.counter("sent").add(1, { topic: "a", outcom: "ok" });
    expect(refusalOf(add)).toMatchObject({ code: "LABEL_UNDECLARED", metric: "sent" });
    // @ts-expect-error no label at all
    const bare = () => registry.counter("bare").add(1, { topic: "a" });
    expect(refusalOf(bare).code).toBe("LABEL_UNDECLARED");
    // @ts-expect-error no such label
    expect(refusalOf(() => registry.gauge("lag").with({ le: "1" })).code).toBe("LABEL_UNDECLARED");
    // @ts-expect-error no such label
    expect(refusalOf(() => registry.info("build").record({ v: "1" })).code).toBe(
      "LABEL_UNDECLARED",
    );
  });

  test("bucket layout", () => {
    expect(() => registry.histogram("duration", [0.5, 1])).not.toThrow();
    for (const buckets of [[], [0.5], [0.5, 1, 2], [0.5, 1.1], [1, 0.5]]) {
      expect(refusalOf(() => registry.histogram("duration", buckets)).code).toBe(
        "BUCKETS_UNDECLARED",
      );
    }
  });

  test("state", () => {
    // @ts-expect-error no such state
    const enter = () => registry.stateset("phase").enter("stopped", { node: "1" });
    expect(refusalOf(enter)).toMatchObject({ code: "STATE_UNDECLARED", metric: "phase" });
  });
});

test("a refused call leaves nothing behind", () => {
  const fresh = createRegistry({
    c: counter({ help: "", labels: ["x"] }),
    g: gauge({ help: "", labels: ["x"] }),
    h: histogram({ help: "", labels: ["x"], buckets: [1] }),
    s: stateset({ help: "", labels: ["x"], states: ["on"], exclusive: false }),
  });
  const before = renderOpenMetrics(fresh);
  const x = "new";
  const long = { t: "x".repeat(128) };
  expect(refusalOf(() => fresh.counter("c").add(-1, { x })).code).toBe("VALUE_INVALID");
  expect(refusalOf(() => fresh.gauge("g").set("1" as never, { x })).code).toBe("VALUE_INVALID");
  expect(refusalOf(() => fresh.gauge("g").add(null as never, { x })).code).toBe("VALUE_INVALID");
  expect(refusalOf(() => fresh.histogram("h").observe(-1, { x })).code).toBe("VALUE_INVALID");
  expect(refusalOf(() => fresh.stateset("s").set("on", 1 as never, { x })).code).toBe(
    "VALUE_INVALID",
  );
  expect(refusalOf(() => fresh.stateset("s").enter("off" as never, { x })).code).toBe(
    "STATE_UNDECLARED",
  );
  expect(refusalOf(() => fresh.counter("c").add(1, { x }, long)).code).toBe("EXEMPLAR_INVALID");
  expect(refusalOf(() => fresh.histogram("h").observe(1, { x }, long)).code).toBe(
    "EXEMPLAR_INVALID",
  );
  expect(renderOpenMetrics(fresh)).toBe(before);
});

test("metricNames is what was declared, sorted", () => {
  expect(registry.metricNames).toEqual(["bare", "build", "duration", "lag", "phase", "sent"]);
});

test.each([[0], [-1], [1.5], [Number.NaN], ["2"]])("seriesMax %o is refused", (seriesMax) => {
  expect(refusalOf(() => createRegistry({}, { seriesMax: seriesMax as number })).code).toBe(
    "DEFINITION_INVALID",
  );
});

test("a renderer takes a registry of its own copy only", async () => {
  vi.resetModules();
  const copy = await import("@reprise/obs");
  for (const foreign of [copy.createRegistry({}), { metricNames: [] }, null, 7]) {
    expect(refusalOf(() => renderOpenMetrics(foreign as never)).code).toBe("REGISTRY_UNKNOWN");
    expect(refusalOf(() => snapshot(foreign as never)).code).toBe("REGISTRY_UNKNOWN");
  }
});
