/*
 * Goal: who names the wrong file is told what it is; a cassette, however short, never is.
 * Method: the first bytes of other kinds of files, from their specifications; prefixes of a cassette.
 */
import { expect, test } from "vitest";
import { checkFirstBytes } from "../src/foreign-file.js";
import { cassetteOf, handMade } from "./recordings.js";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  ["a PNG image", Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)],
  ["a gzip file", Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0)],
  ["a program", ascii("\u007fELF\u0002\u0001\u0001")],
  ["a SQLite database", ascii("SQLite format 3\u0000")],
  ["a text", ascii('{"entries":[]}\n')],
  ["a text", ascii("Grüße an alle, über").subarray(0, 16)],
  ["zeros", new Uint8Array(16)],
  ["no entry begins", Uint8Array.of(9, 0, 0, 0, 1, 4, 0, 0)],
])("%s is told", (look, first) => {
  expect(() => checkFirstBytes("thing", first)).toThrow(/^thing is not a cassette: /);
  expect(() => checkFirstBytes("thing", first)).toThrow(look);
});

test("every beginning of a cassette is let through", () => {
  const bytes = cassetteOf(handMade({}));
  for (let length = 0; length <= 16; length++) checkFirstBytes("thing", bytes.slice(0, length));
});
