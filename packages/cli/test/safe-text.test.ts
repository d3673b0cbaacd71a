/*
 * Goal: no text from a cassette reaches a terminal as anything but text.
 * Method: vectors of hostile texts, written by hand; a property over random Unicode.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isolated, safeJsonText, safeText } from "../src/safe-text.js";

const vectors: readonly (readonly [what: string, text: string, safe: string])[] = [
  ["plain text", 'a "b" \\ {c}', 'a "b" \\ {c}'],
  ["letters of other scripts", "Grüße, 注文, заказ", "Grüße, 注文, заказ"],
  ["a newline that forges a row", "a\n    1  publish", "a\\n    1  publish"],
  ["carriage return and tab", "a\rb\tc", "a\\rb\\tc"],
  ["clear the screen", "\u001b[2J\u001b[H", "\\x1b[2J\\x1b[H"],
  ["set the window title", "\u001b]0;owned\u0007", "\\x1b]0;owned\\x07"],
  ["the one-character CSI of C1", "\u009b31m", "\\x9b31m"],
  ["NUL and DEL", "\u0000\u007f", "\\x00\\x7f"],
  ["a right-to-left override", "gpj.\u202eexe", "gpj.\\u202eexe"],
  ["isolates and marks", "\u2066\u2069\u200e\u200f\u061c", "\\u2066\\u2069\\u200e\\u200f\\u061c"],
  ["zero width", "a\u200bb\u200dc\ufeffd", "a\\u200bb\\u200dc\\ufeffd"],
  ["line and paragraph separators", "\u2028\u2029", "\\u2028\\u2029"],
  ["a tag character beyond the first plane", "\u{e0041}", "\\u{e0041}"],
  ["private use", "\ue000", "\\ue000"],
  ["a letter that is drawn as nothing", "\u3164", "\\u3164"],
  ["a lone surrogate", "\ud800", "\\ud800"],
  ["right-to-left letters stay", "שלום", "שלום"],
  ["a picture with its selector stays", "❤\ufe0f", "❤\ufe0f"],
  ["three marks on a letter stay", "e\u0301\u0301\u0301", "e\u0301\u0301\u0301"],
  ["a fourth does not", "e\u0301\u0301\u0301\u0301\u0301", "e\u0301\u0301\u0301\\u0301\\u0301"],
];

test.each(vectors)("%s", (_, text, safe) => {
  expect(safeText(text)).toBe(safe);
});

test("whatever comes in, nothing that is not drawn comes out", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(safeText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      expect(safeText(text)).not.toMatch(/\p{M}{4}/u);
    }),
  );
});

test("text that runs from right to left ends before the next column", () => {
  expect(isolated("שלום")).toBe("שלום\u200e");
  expect(isolated("مرحبا 12")).toBe("مرحبا 12\u200e");
  expect(isolated("plain")).toBe("plain");
  expect(isolated("Grüße 注文")).toBe("Grüße 注文");
});

test("JSON for a terminal is the same JSON", () => {
  const hostile = '{"a":"\u009b2J\u202e\u{e0041}\u200d"}\n';
  expect(safeJsonText(hostile)).toBe('{"a":"\\u009b2J\\u202e\\udb40\\udc41\\u200d"}\n');
  expect(JSON.parse(safeJsonText(hostile))).toEqual(JSON.parse(hostile));
});
