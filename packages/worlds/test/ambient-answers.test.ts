/**
 * Goal: the same draw is the same result everywhere, and of the form that the real call has.
 * Method: vectors by hand from the drawing in the source; the ends of each range.
 */
import { isCalendar } from "@reprise/worlds";
import { expect, test } from "vitest";
import {
  fractionalMillisecondsOf,
  fractionOf,
  hrtimeOf,
  integerInRange,
  millisecondsOf,
  uuidOf,
} from "../src/ambient-answers.js";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));

test("nanoseconds as milliseconds", () => {
  expect(millisecondsOf(1_700_000_000_123_456_789n)).toBe(1_700_000_000_123);
  expect(millisecondsOf(0n)).toBe(0);
  expect(fractionalMillisecondsOf(1_234_567n)).toBe(1.234567);
  expect(fractionalMillisecondsOf(0n)).toBe(0);
});

test.each([
  [5_000_000_007n, undefined, [5, 7]],
  [999_999_999n, undefined, [0, 999_999_999]],
  [5_000_000_007n, [4, 999_999_999], [0, 8]],
  [5_000_000_007n, [5, 7], [0, 0]],
  [5_000_000_007n, [5, 8], [-1, 999_999_999]],
  [5_000_000_000n, [6, 0], [-1, 0]],
  [5_000_000_000n, [6, 1], [-2, 999_999_999]],
] as const)("%s ns since %s", (ns, since, pair) => {
  expect(hrtimeOf(ns, since)).toEqual(pair);
});

test.each([
  ["0000000000000000", 0],
  ["8000000000000000", 0.5],
  ["4000000000000000", 0.25],
  ["00000000000007ff", 0],
  ["0000000000000800", 2 ** -53],
  ["ffffffffffffffff", 1 - 2 ** -53],
])("%s is the fraction %s", (hex, fraction) => {
  expect(fractionOf(bytes(hex))).toBe(fraction);
});

test("bytes as an identifier: version and variant are set, the rest stays", () => {
  expect(uuidOf(bytes("00000000000000000000000000000000"))).toBe(
    "00000000-0000-4000-8000-000000000000",
  );
  expect(uuidOf(bytes("ffffffffffffffffffffffffffffffff"))).toBe(
    "ffffffff-ffff-4fff-bfff-ffffffffffff",
  );
  const drawn = bytes("00112233445566778899aabbccddeeff");
  expect(uuidOf(drawn)).toBe("00112233-4455-4677-8899-aabbccddeeff");
  expect(drawn).toEqual(bytes("00112233445566778899aabbccddeeff"));
});

test("whole numbers in a range", () => {
  const of = (last: string, from: number, to: number) =>
    integerInRange(bytes(last.padStart(32, "0")), from, to);
  expect(of("00", 0, 6)).toBe(0);
  expect(of("05", 0, 6)).toBe(5);
  expect(of("06", 0, 6)).toBe(0);
  expect(of("07", -3, 3)).toBe(-2);
  expect(of("ff", 10, 11)).toBe(10);
  expect(of("0100000000", 0, 2 ** 32)).toBe(0);
  expect(of("01ffffffff", 0, 2 ** 32)).toBe(2 ** 32 - 1);
  const least = Number.MIN_SAFE_INTEGER;
  expect(of("00", least, least + 1)).toBe(least);
});

test("which calls ask what time it is", () => {
  expect(isCalendar("Date.now")).toBe(true);
  expect(isCalendar("Temporal.Now")).toBe(true);
  expect(isCalendar("Intl.DateTimeFormat")).toBe(true);
  expect(isCalendar("performance.now")).toBe(false);
  expect(isCalendar("process.hrtime")).toBe(false);
  expect(isCalendar("process.hrtime.bigint")).toBe(false);
});
