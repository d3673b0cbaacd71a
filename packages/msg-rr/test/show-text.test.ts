/**
 * Goal: what an error shows of a message is one line, can be read, and hides nothing from the reader.
 * Method: a table; cuts around each index of texts made of surrogate pairs.
 */
import { expect, test } from "vitest";
import { around, hexFrom, quoted, shownBytes, visible } from "../src/show-text.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

test.each([
  [utf8(""), "(empty)"],
  [utf8("ada"), '"ada"'],
  [utf8("ключ 🔑"), '"ключ 🔑"'],
  [utf8('a"b\\c\n'), '"a\\"b\\\\c\\n"'],
  [Uint8Array.of(0xff, 0x00), "hex ff00"],
  [Uint8Array.from({ length: 40 }, () => 0xfe), `hex ${"fe".repeat(24)}...`],
  [utf8("k".repeat(100)), `"${"k".repeat(72)}"...`],
])("%j is shown as %s", (bytes, shown) => {
  expect(shownBytes(bytes)).toBe(shown);
});

test.each([
  ["\u001b[31mred", "\\u001b[31mred"],
  ["a\u202eb", "a\\u202eb"],
  ["\ufeffa\u200b", "\\ufeffa\\u200b"],
  ["half \ud83c", "half \ufffd"],
  ["tab\tline\n", "tab\\u0009line\\u000a"],
  ["naïve 日本 🎈", "naïve 日本 🎈"],
])("%j is made visible as %s", (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test("a quoted text has its half characters mended, not escaped", () => {
  expect(quoted("a\ud83c")).toBe('"a\ufffd"');
});

test("a cut never goes through a character, and the place is always within it", () => {
  const text = "🎈".repeat(100);
  for (let at = 0; at < text.length; at++) {
    const part = around(text, at);
    expect(part.text.isWellFormed()).toBe(true);
    const start = text.length - text.slice(text.indexOf(part.text)).length;
    expect(start).toBeLessThanOrEqual(at);
    expect(part.text.length).toBeGreaterThanOrEqual(24);
  }
  expect(around("short", 3)).toEqual({ text: "short", before: "", after: "" });
  expect(around("x".repeat(200), 100)).toMatchObject({ before: "...", after: "..." });
});

test("hex begins at the byte and says whether there is more", () => {
  expect(hexFrom(Uint8Array.of(1, 2, 3), 1)).toBe("0203");
  expect(hexFrom(new Uint8Array(30), 5)).toBe(`${"00".repeat(24)}...`);
});
