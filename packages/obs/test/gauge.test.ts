/**
 * Goal: a gauge holds any double and nothing else.
 * Method: values at the edges, through the metric and through a handle; the rendered line is read.
 */
import { createRegistry, gauge, renderOpenMetrics } from "@reprise/obs";
import { expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

function fresh() {
  const registry = createRegistry({ g: gauge({ help: "" }) });
  const line = () => renderOpenMetrics(registry).split("\n")[1];
  return { g: registry.gauge("g"), line };
}

test("a gauge starts at 0, is set, and is added to", () => {
  const { g, line } = fresh();
  expect(line()).toBe("g 0.0");
  g.set(2.5);
  g.add(-4);
  g.with({}).add(1);
  expect(line()).toBe("g -0.5");
  g.with({}).set(7);
  expect(line()).toBe("g 7.0");
});

test.each([
  [Number.NaN, "g NaN"],
  [Number.POSITIVE_INFINITY, "g +Inf"],
  [Number.NEGATIVE_INFINITY, "g -Inf"],
  [-0, "g 0.0"],
  [5e-324, "g 5e-324"],
])("a gauge holds %d", (value, text) => {
  const { g, line } = fresh();
  g.set(value);
  expect(line()).toBe(text);
});

test.each([["1"], [1n], [null], [undefined], [true], [[1]]])("a gauge refuses %o", (value) => {
  const { g, line } = fresh();
  g.set(3);
  const bad = value as never;
  for (const call of [
    () => g.set(bad),
    () => g.add(bad),
    () => g.with({}).set(bad),
    () => g.with({}).add(bad),
  ]) {
    expect(refusalOf(call)).toMatchObject({ code: "VALUE_INVALID", metric: "g" });
  }
  expect(line()).toBe("g 3.0");
});
