/**
 * Goal: units written as UCUM codes find the word that OpenMetrics wants.
 * Method: a table, from OpenTelemetry's compatibility page and the units of its messaging metrics.
 */
import { expect, test } from "vitest";
import { unitWord } from "../src/units.ts";

test.each([
  ["s", "seconds"],
  ["ms", "milliseconds"],
  ["By", "bytes"],
  ["MiBy", "mebibytes"],
  ["seconds", "seconds"],
  ["widgets", "widgets"],
  ["{message}", ""],
  ["{connection}", ""],
  ["1", ""],
  ["By/s", "bytes_per_second"],
  ["m/s", "meters_per_second"],
  ["{message}/s", "per_second"],
  ["1/h", "per_hour"],
  ["By/{message}", "bytes"],
  ["", ""],
])("%s is %s", (unit, word) => {
  expect(unitWord(unit)).toBe(word);
});
