/**
 * Goal: a number is hashed as X07 writes it, and told of where RFC 8785 writes it otherwise.
 * Method: vectors worked out by hand from the table in number-form.ts, every border of it on both
 * sides; a property over doubles, whose text has to read back as the same double.
 */
import { JsonNumber, parseJson } from "@reprise/canonical-json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { hashedNumber, oddNumbers } from "../src/documents/number-form.ts";

const vectors: readonly (readonly [string, string])[] = [
  // integers, exact
  ["0", "0"],
  ["7", "7"],
  ["-1", "-1"],
  ["9007199254740993", "9007199254740993"],
  ["9223372036854775808", "9223372036854775808"],
  ["18446744073709551615", "18446744073709551615"],
  ["-9223372036854775808", "-9223372036854775808"],
  // digits that no integer of 64 bits holds: doubles
  ["18446744073709551616", "1.8446744073709552e+19"],
  ["-9223372036854775809", "-9.223372036854776e+18"],
  ["1000000000000000000000", "1e+21"],
  ["100000000000000000000", "1e+20"],
  // minus nothing is a double
  ["-0", "-0.0"],
  ["-0.0", "-0.0"],
  ["-0e5", "-0.0"],
  ["0.0", "0.0"],
  ["0e0", "0.0"],
  ["1e-400", "0.0"],
  ["-1e-400", "-0.0"],
  // a fraction, or an exponent, keeps one
  ["1.0", "1.0"],
  ["1.50", "1.5"],
  ["-2.25", "-2.25"],
  ["1e0", "1.0"],
  ["1e2", "100.0"],
  ["1E+2", "100.0"],
  ["12e-1", "1.2"],
  ["0.1", "0.1"],
  ["123456.789", "123456.789"],
  // decimal exponents -5 to 15 are plain
  ["0.00001", "0.00001"],
  ["0.000015", "0.000015"],
  ["0.000001", "1e-6"],
  ["0.0000015", "1.5e-6"],
  ["1.5e-7", "1.5e-7"],
  ["-1e-10", "-1e-10"],
  ["1e15", "1000000000000000.0"],
  ["1.5e15", "1500000000000000.0"],
  ["1234567890123456.7", "1234567890123456.8"],
  ["1e16", "1e+16"],
  ["1.5e16", "1.5e+16"],
  ["-1e16", "-1e+16"],
  ["1e100", "1e+100"],
  // the ends of the doubles
  ["5e-324", "5e-324"],
  ["1.7976931348623157e308", "1.7976931348623157e+308"],
];

test.each(vectors)("%s is hashed as %s", (lexeme, hashed) => {
  expect(hashedNumber(lexeme)).toBe(hashed);
});

test.each(["1e309", "-1e309", `1${"0".repeat(400)}`])("no double holds %s", (lexeme) => {
  expect(hashedNumber(lexeme)).toBeUndefined();
});

test("a double's text reads back as that double, and is no integer's", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (double) => {
      const text = Object.is(double, -0) ? "-0e0" : double.toExponential();
      const hashed = hashedNumber(text) ?? "";
      expect(Object.is(Number(hashed), double)).toBe(true);
      expect(hashed).toMatch(/[.e]/);
    }),
  );
});

const odd: readonly string[] = ["1.0", "-0", "1e2", "1e16", "0.000001", "9007199254740993"];
const even: readonly string[] = [
  "1",
  "-1",
  "0",
  "0.5",
  "0.50",
  "1.5e-7",
  "1e21",
  "9007199254740991",
];

test.each(odd)("RFC 8785 hashes %s otherwise", (lexeme) => {
  expect(oddNumbers(new JsonNumber(lexeme))).toHaveLength(1);
});

test.each(even)("RFC 8785 hashes %s alike", (lexeme) => {
  expect(oddNumbers(new JsonNumber(lexeme))).toEqual([]);
});

test("each odd number of a document has its pointer, in order", () => {
  const document = parseJson('{"a":[1,1.0,{"b/c":-0}],"d":2.5}', { numbers: "lexeme" });
  expect(oddNumbers(document)).toEqual([
    { pointer: "/a/1", lexeme: "1.0", hashed: "1.0", standard: "1" },
    { pointer: "/a/2/b~1c", lexeme: "-0", hashed: "-0.0", standard: "0" },
  ]);
});
