/*
 * Goal: columns stay in line whatever is in them, and nothing is wider than its column.
 * Method: widths by hand from the Unicode charts; a property over random text.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { fitText, textWidth, wrapText } from "../src/text-width.js";

test.each([
  ["", 0],
  ["abc", 3],
  ["Grüße", 5],
  ["注文", 4],
  ["한국어", 6],
  ["ｆｕｌｌ", 8],
  ["ﾊﾝｶｸ", 4],
  ["🙂", 2],
  ["🚀x", 3],
  ["e\u0301", 1],
  ["❤\ufe0f", 1],
  ["שלום\u200e", 4],
  ["→…", 2],
])("%j is %i columns", (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test.each([
  ["abcdef", 6, "abcdef"],
  ["abcdef", 5, "abcd…"],
  ["abcdef", 1, "…"],
  ["abcdef", 0, ""],
  ["注文番号", 8, "注文番号"],
  ["注文番号", 7, "注文番…"],
  ["注文番号", 6, "注文…"],
  ["🙂🙂🙂", 4, "🙂…"],
  ["e\u0301abc", 3, "e\u0301a…"],
])("%j in %i columns is %j", (text, width, fitted) => {
  expect(fitText(text, width)).toBe(fitted);
});

test("what is fitted fits, and is a beginning", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.nat(20), (text, width) => {
      const fitted = fitText(text, width);
      expect(textWidth(fitted)).toBeLessThanOrEqual(width);
      expect(fitted === text || text.startsWith(fitted.slice(0, -1))).toBe(true);
    }),
  );
});

test("text is wrapped at spaces; a word that is too long stays whole", () => {
  expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("one two three", 100)).toEqual(["one two three"]);
  expect(wrapText("a unbreakable b", 4)).toEqual(["a", "unbreakable", "b"]);
  expect(wrapText("注文 番号", 8)).toEqual(["注文", "番号"]);
});
