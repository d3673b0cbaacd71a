/**
 * Goal: each observation lands in the first bucket that reaches it, and what would make the text
 * invalid is refused.
 * Method: observations on, beside and beyond the bounds; a property against a count by hand.
 */
import { createRegistry, histogram, renderOpenMetrics } from "@reprise/obs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

function fresh(buckets: readonly number[]) {
  const registry = createRegistry({ h: histogram({ help: "", buckets }) });
  const lines = () => renderOpenMetrics(registry).split("\n").slice(1, -2);
  return { h: registry.histogram("h"), lines };
}

describe("buckets", () => {
  test("have inclusive bounds and add up", () => {
    const { h, lines } = fresh([1, 2.5, 10]);
    for (const value of [0, 1, 1.0000000000000002, 2.5, 9, 10, 10.5, 1e300]) h.observe(value);
    expect(lines()).toEqual([
      'h_bucket{le="1.0"} 2',
      'h_bucket{le="2.5"} 4',
      'h_bucket{le="10.0"} 6',
      'h_bucket{le="+Inf"} 8',
      "h_count 8",
      "h_sum 1e+300",
    ]);
  });

  test("may be only +Inf", () => {
    const { h, lines } = fresh([]);
    h.observe(0.25);
    h.with({}).observe(0.5);
    expect(lines()).toEqual(['h_bucket{le="+Inf"} 2', "h_count 2", "h_sum 0.75"]);
  });

  test("with a negative bound take negative values, and then there is neither sum nor count", () => {
    const { h, lines } = fresh([-5, 0]);
    for (const value of [-1e9, -5, -4, 0, 3]) h.observe(value);
    expect(lines()).toEqual([
      'h_bucket{le="-5.0"} 2',
      'h_bucket{le="0.0"} 4',
      'h_bucket{le="+Inf"} 5',
    ]);
  });

  test("are found for any layout", () => {
    const finite = fc.double({ noDefaultInfinity: true, noNaN: true, min: -1e6, max: 1e6 });
    const layout = fc
      .uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 40 })
      .map((bounds) => [-60, ...bounds.sort((a, b) => a - b)]);
    fc.assert(
      fc.property(
        layout,
        fc.array(fc.oneof(finite, fc.integer({ min: -70, max: 70 }))),
        (buckets, values) => {
          const { h, lines } = fresh(buckets);
          for (const value of values) h.observe(value);
          const counts = lines().map((line) => Number(line.split(" ")[1]));
          const reached = [...buckets, Number.POSITIVE_INFINITY].map(
            (bound) => values.filter((value) => value <= bound).length,
          );
          expect(counts).toEqual(reached);
        },
      ),
    );
  });
});

describe("refused", () => {
  test.each([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [Number.NEGATIVE_INFINITY],
    [-1],
    [-5e-324],
    ["1"],
    [1n],
    [null],
    [undefined],
  ])("%o where no bound is negative", (value) => {
    for (const buckets of [[], [0, 1], [2]]) {
      const { h, lines } = fresh(buckets);
      const before = lines();
      const refused = { code: "VALUE_INVALID", metric: "h" };
      expect(refusalOf(() => h.observe(value as number))).toMatchObject(refused);
      expect(refusalOf(() => h.with({}).observe(value as number))).toMatchObject(refused);
      expect(lines()).toEqual(before);
    }
  });

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [Number.NEGATIVE_INFINITY], ["-1"]])(
    "%o where one is",
    (value) => {
      expect(refusalOf(() => fresh([-1]).h.observe(value as number)).code).toBe("VALUE_INVALID");
    },
  );
});

test("-0 is 0, and a sum beyond the doubles is +Inf", () => {
  const { h, lines } = fresh([0]);
  h.observe(-0);
  expect(lines()[0]).toBe('h_bucket{le="0.0"} 1');
  for (let n = 0; n < 2; n++) h.observe(Number.MAX_VALUE);
  expect(lines().at(-1)).toBe("h_sum +Inf");
});
