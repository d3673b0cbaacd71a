/**
 * Goal: the snapshot says the same as the text, as data that JSON can hold, and without a time unless
 * it is given one.
 * Method: one registry with every type against a document written by hand; the odd numbers apart.
 */
import { canonicalize } from "@reprise/canonical-json";
import { counter, createRegistry, gauge, histogram, info, snapshot, stateset } from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

function everyType() {
  const registry = createRegistry({
    wait_seconds: histogram({ help: "Wait.", unit: "s", labels: ["x"], buckets: [0.5, 2] }),
    sent_total: counter({ help: "Sent.", unit: "1", labels: ["z", "a"] }),
    lag: gauge({ help: "" }),
    target: info({ help: "", labels: ["service_name"] }),
    phase: stateset({ help: "", states: ["up", "__proto__"] }),
  });
  for (const value of [0.5, 1, 9, 9]) registry.histogram("wait_seconds").observe(value, { x: "y" });
  registry.counter("sent_total").add(2, { z: "1" });
  registry.counter("sent_total").add(3, { z: "1", a: "\n" });
  registry.gauge("lag").set(-1.5);
  registry.info("target").record({ service_name: "orders" });
  registry.stateset("phase").enter("up");
  return registry;
}

const expectedText = [
  '{"metrics":[',
  '{"id":"lag","series":[{"labels":[],"value":-1.5}],"type":"gauge_f64_v1"},',
  '{"id":"phase","series":[{"labels":[],"value":{"__proto__":0,"up":1}}],',
  '"states":["__proto__","up"],"type":"stateset_v1"},',
  '{"help":"Sent.","id":"sent_total","series":[',
  '{"labels":[{"k":"z","v":"1"}],"value":2},',
  '{"labels":[{"k":"a","v":"\\n"},{"k":"z","v":"1"}],"value":3}',
  '],"type":"counter_u64_v1","unit":"1"},',
  '{"id":"target","series":[{"labels":[{"k":"service_name","v":"orders"}],"value":1}],',
  '"type":"info_v1"},',
  '{"buckets":[0.5,2],"help":"Wait.","id":"wait_seconds","series":[',
  '{"bucket_counts":[1,1,2],"count":4,"labels":[{"k":"x","v":"y"}],"sum":19.5}',
  '],"type":"histogram_f64_v1","unit":"s"}',
  '],"schema_version":"x07.obs.snapshot@0.1.0"}',
].join("");

test("every type, in canonical form", () => {
  expect(canonicalize(snapshot(everyType()))).toBe(expectedText);
});

test("an empty registry has no metrics", () => {
  expect(snapshot(createRegistry({}))).toEqual({
    schema_version: "x07.obs.snapshot@0.1.0",
    metrics: [],
  });
});

test("a snapshot is not changed by what is recorded after it", () => {
  const registry = everyType();
  const before = snapshot(registry);
  registry.histogram("wait_seconds").observe(1, { x: "y" });
  registry.stateset("phase").enter("__proto__");
  expect(canonicalize(before)).toBe(expectedText);
});

describe("time", () => {
  const registry = createRegistry({});

  test("is there if it is given", () => {
    const time = { timeUnixNano: 1_700_000_000_000_000_000, startTimeUnixNano: 0 };
    expect(snapshot(registry, time)).toEqual({
      schema_version: "x07.obs.snapshot@0.1.0",
      time_unix_nano: 1_700_000_000_000_000_000,
      start_time_unix_nano: 0,
      metrics: [],
    });
  });

  test.each([[-1], [0.5], [Number.NaN], [Number.POSITIVE_INFINITY], ["1"], [1n], [null]])(
    "%o is refused",
    (time) => {
      for (const name of ["timeUnixNano", "startTimeUnixNano"]) {
        expect(refusalOf(() => snapshot(registry, { [name]: time as number })).code).toBe(
          "TIME_INVALID",
        );
      }
    },
  );
});

test.each([
  [Number.NaN, '"NaN"'],
  [Number.POSITIVE_INFINITY, '"Infinity"'],
  [Number.NEGATIVE_INFINITY, '"-Infinity"'],
  [-0, "0"],
])("a gauge of %d is %s", (value, text) => {
  const registry = createRegistry({ g: gauge({ help: "" }) });
  registry.gauge("g").set(value);
  expect(canonicalize(snapshot(registry))).toContain(`"value":${text}}`);
});
