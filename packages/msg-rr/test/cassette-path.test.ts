/**
 * Goal: a cassette path stays below its folder, by X07's rules.
 * Method: paths that pass and paths that do not.
 */
import { checkCassettePath } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

test.each([
  "a",
  "a/b",
  "..a",
  ".a",
  "a..",
  "...",
  "C:/a",
  "a b",
  "a.rrbin",
  "日本/é",
  "x07_a",
  "a.x07_",
])("%j passes", (path) => {
  expect(() => checkCassettePath(path)).not.toThrow();
});

test.each([
  "",
  "/a",
  "/",
  "a//b",
  "a/",
  "./a",
  "../a",
  "a/..",
  "a/../b",
  "a/.",
  ".",
  "..",
  ".x07_rr/a",
  "a/.x07_b",
  ".x07_",
  "a\\b",
  "\\",
  "a\0b",
])("%j does not", (path) => {
  const { code, x07, message } = refusalOf(() => checkCassettePath(path));
  expect([code, x07]).toEqual(["CASSETTE_PATH", 2000]);
  expect(message).toContain(JSON.stringify(path));
});
