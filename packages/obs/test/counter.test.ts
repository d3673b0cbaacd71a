/**
 * Goal: a counter counts whole numbers upwards, exactly, and refuses the rest without counting it.
 * Method: amounts at the edges, through the metric and through a handle; the rendered line is read.
 */
import { counter, createRegistry, renderOpenMetrics } from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

const most = Number.MAX_SAFE_INTEGER;

function fresh() {
  const registry = createRegistry({ c: counter({ help: "" }) });
  const line = () => renderOpenMetrics(registry).split("\n")[1];
  return { c: registry.counter("c"), line };
}

describe("a counter", () => {
  test("starts at 0 and adds 1 unless told otherwise", () => {
    const { c, line } = fresh();
    expect(line()).toBe("c_total 0");
    c.add();
    c.add(0);
    c.add(41);
    c.with({}).add();
    c.with({}).add(7);
    expect(line()).toBe("c_total 50");
  });

  test("counts to 2^53 - 1 and no further", () => {
    const { c, line } = fresh();
    c.add(most - 1);
    c.add(1);
    expect(line()).toBe("c_total 9007199254740991");
    expect(refusalOf(() => c.add(1)).code).toBe("VALUE_TOO_LARGE");
    expect(refusalOf(() => c.with({}).add(most)).code).toBe("VALUE_TOO_LARGE");
    expect(line()).toBe("c_total 9007199254740991");
  });

  test.each([
    [-1, "VALUE_INVALID"],
    [-most, "VALUE_INVALID"],
    [0.5, "VALUE_INVALID"],
    [Number.NaN, "VALUE_INVALID"],
    [Number.NEGATIVE_INFINITY, "VALUE_INVALID"],
    [Number.POSITIVE_INFINITY, "VALUE_TOO_LARGE"],
    [most + 1, "VALUE_TOO_LARGE"],
    ["1", "VALUE_INVALID"],
    [1n, "VALUE_INVALID"],
    [null, "VALUE_INVALID"],
    [true, "VALUE_INVALID"],
    [{}, "VALUE_INVALID"],
  ])("refuses %o", (amount, code) => {
    const { c, line } = fresh();
    c.add(3);
    expect(refusalOf(() => c.add(amount as number))).toMatchObject({ code, metric: "c" });
    expect(refusalOf(() => c.with({}).add(amount as number))).toMatchObject({ code, metric: "c" });
    expect(line()).toBe("c_total 3");
  });
});

test("a handle and its labels are the same series", () => {
  const registry = createRegistry({ c: counter({ help: "", labels: ["x"] }) });
  const handle = registry.counter("c").with({ x: "1" });
  handle.add(2);
  registry.counter("c").add(3, { x: "1" });
  expect(registry.counter("c").with({ x: "1" })).toBe(handle);
  expect(renderOpenMetrics(registry)).toContain('c_total{x="1"} 5\n');
});
