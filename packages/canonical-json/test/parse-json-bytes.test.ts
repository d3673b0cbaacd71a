/**
 * Goal: bytes that are not UTF-8 never become a value, nor does a byte order mark pass.
 * Method: hand-written byte strings with the offset of the first bad sequence.
 */

import { JsonNumber, parseJsonBytes } from "@reprise/canonical-json";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("UTF-8", () => {
  test.each([
    ["22 c3 a9 22", "é"],
    ["22 e2 82 ac 22", "€"],
    ["22 f0 9f 98 80 22", "😀"],
    ["22 ef bf bd 22", "\ufffd"],
    ["22 ef bb bf 22", "\ufeff"],
  ])("%s", (hex, value) => {
    expect(parseJsonBytes(bytesOf(hex))).toBe(value);
  });
  test.each([
    ["a byte that begins nothing", "22 80 22", 1],
    ["a byte that is never used", "22 61 ff 22", 2],
    ["a sequence cut short by the quote", "22 e2 82 22", 1],
    ["one that begins like U+FFFD", "22 ef bf 22", 1],
    ["one cut short by the end", "22 61 f0 9f 98", 2],
    ["one that begins like U+FFFD, by the end", "22 ef bf", 1],
    ["an overlong slash", "22 c0 af 22", 1],
    ["an encoded surrogate", "22 ed a0 80 22", 1],
    ["beyond U+10FFFF", "22 f4 90 80 80 22", 1],
    ["after a real U+FFFD", "22 ef bf bd ff 22", 4],
  ])("%s", (_name, hex, offset) => {
    const refusal = refusalOf(() => parseJsonBytes(bytesOf(hex)));
    expect([refusal.code, refusal.offset, refusal.line]).toEqual([
      "UTF8_INVALID",
      offset,
      undefined,
    ]);
  });
  test("a byte order mark is refused", () => {
    const refusal = refusalOf(() => parseJsonBytes(bytesOf("ef bb bf 31")));
    expect([refusal.code, refusal.offset]).toEqual(["UNEXPECTED_CHARACTER", 0]);
  });
});

describe("as parseJson", () => {
  test("offsets count UTF-16 units of the text", () => {
    expect(refusalOf(() => parseJsonBytes(bytesOf("22 c3 a9 22 78"))).offset).toBe(3);
  });
  test("the number modes", () => {
    const bytes = bytesOf("31 2e 30"); // 1.0
    expect(parseJsonBytes(bytes)).toBe(1);
    expect(parseJsonBytes(bytes, { numbers: "lexeme" })).toEqual(new JsonNumber("1.0"));
    const refusal = refusalOf(() => parseJsonBytes(bytes, { numbers: "canonical" }));
    expect(refusal.code).toBe("NUMBER_NOT_CANONICAL");
  });
  test("a view is read from its own start", () => {
    expect(parseJsonBytes(bytesOf("ff 31 ff").subarray(1, 2))).toBe(1);
  });
  test.each([["1"], [undefined], [[49]]])("%j is no bytes", (bytes) => {
    const refusal = refusalOf(() => parseJsonBytes(bytes as unknown as Uint8Array));
    expect(refusal.code).toBe("ARGUMENT_INVALID");
  });
});
