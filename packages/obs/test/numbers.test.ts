/**
 * Goal: a bucket bound has the one spelling that Go gives it, and every value reads back as itself.
 * Method: a table from the standard and from Go's rule; the rule again, the long way round, for
 * random bounds; a pattern for sample values.
 */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { boundText, floatText } from "../src/numbers.ts";

const bounds: [number, string][] = [
  [0, "0.0"],
  [1, "1.0"],
  [10, "10.0"],
  [0.001, "0.001"],
  [0.0001, "0.0001"],
  [0.00012, "0.00012"],
  [0.00001, "1e-05"],
  [0.000012, "1.2e-05"],
  [1e-7, "1e-07"],
  [1e-9, "1e-09"],
  [1e-10, "1e-10"],
  [1.5e-100, "1.5e-100"],
  [5e-324, "5e-324"],
  [99999.5, "99999.5"],
  [100000, "100000.0"],
  [123456, "123456.0"],
  [999999, "999999.0"],
  [999999.5, "999999.5"],
  [1e6, "1e+06"],
  [1.5e6, "1.5e+06"],
  [1234567, "1.234567e+06"],
  [1e10, "1e+10"],
  [1e21, "1e+21"],
  [1.7976931348623157e308, "1.7976931348623157e+308"],
  [-1, "-1.0"],
  [-0.00001, "-1e-05"],
  [-2.5e7, "-2.5e+07"],
];

describe("boundText", () => {
  test.each(bounds)("%d is %s", (bound, text) => {
    expect(boundText(bound)).toBe(text);
  });

  test("follows Go's rule for every double", () => {
    const finite = fc.double({ noDefaultInfinity: true, noNaN: true }).filter((x) => x !== 0);
    fc.assert(
      fc.property(finite, (bound) => {
        const text = boundText(bound);
        expect(Number(text)).toBe(bound);
        const magnitude = Math.abs(bound);
        const exponential = magnitude < 1e-4 || magnitude >= 1e6;
        expect(text).toMatch(
          exponential ? /^-?[1-9](\.\d*[1-9])?e[+-]\d\d+$/ : /^-?(0|[1-9]\d{0,5})\.\d+$/,
        );
        // As few digits as JavaScript needs, which is what "shortest" means for both.
        const digits = (form: string) =>
          form
            .replace(/e.*/, "")
            .replace(/[-.]/g, "")
            .replace(/^0+|0+$/g, "");
        expect(digits(text)).toBe(digits(`${bound}`));
      }),
    );
  });
});

const floats: [number, string][] = [
  [0, "0.0"],
  [-0, "0.0"],
  [1, "1.0"],
  [-3, "-3.0"],
  [0.1, "0.1"],
  [1e6, "1000000.0"],
  [1e20, "100000000000000000000.0"],
  [1e21, "1e+21"],
  [-1e21, "-1e+21"],
  [1e-7, "1e-7"],
  [Number.NaN, "NaN"],
  [Number.POSITIVE_INFINITY, "+Inf"],
  [Number.NEGATIVE_INFINITY, "-Inf"],
];

describe("floatText", () => {
  test.each(floats)("%d is %s", (value, text) => {
    expect(floatText(value)).toBe(text);
  });

  test("reads back, and is never mistaken for an integer", () => {
    fc.assert(
      fc.property(fc.double({ noDefaultInfinity: true, noNaN: true }), (value) => {
        const text = floatText(value);
        expect(Number(text)).toBe(value + 0);
        expect(text).toMatch(/^-?\d+(\.\d+)?(e[+-]\d+)?$/);
        expect(text).toMatch(/[.e]/);
      }),
    );
  });
});
