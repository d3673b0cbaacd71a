/*
 * Goal: numbers read well, and a rounding never shows a unit's own limit.
 * Method: values at both sides of each limit.
 */
import { expect, test } from "vitest";
import { counted, grouped, shownBytes, shownTicks } from "../src/quantities.js";

test.each([
  [0, "0us"],
  [999, "999us"],
  [1000, "1.0ms"],
  [999_949, "999.9ms"],
  [999_950, "1.00s"],
  [4_294_967_295, "4294.97s"],
])("%i microseconds are %s", (ticks, text) => {
  expect(shownTicks(ticks)).toBe(text);
});

test.each([
  [1, "1 byte"],
  [1023, "1,023 bytes"],
  [1024, "1.0 KiB"],
  [2 ** 20, "1.0 MiB"],
  [5 * 2 ** 30, "5.0 GiB"],
])("%i bytes are %s", (bytes, text) => {
  expect(shownBytes(bytes)).toBe(text);
});

test("counts have thousands apart", () => {
  expect([0, 999, 1000, 1_234_567].map(grouped)).toEqual(["0", "999", "1,000", "1,234,567"]);
  expect(counted(1, "entry", "entries")).toBe("1 entry");
  expect(counted(200_000, "entry", "entries")).toBe("200,000 entries");
});
