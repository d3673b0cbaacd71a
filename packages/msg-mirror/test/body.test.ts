/**
 * Goal: bytes become text that says what they were, whole or cut, and nothing is read into them.
 * Method: vectors by hand, those of RFC 4648 among them; every cut of a text of wide characters.
 */
import { expect, test } from "vitest";
import { base64, readBody } from "../src/body.js";

const text = new TextEncoder();
const bytes = (...values: number[]) => Uint8Array.from(values);

test.each([
  ["", ""],
  ["f", "Zg=="],
  ["fo", "Zm8="],
  ["foo", "Zm9v"],
  ["foob", "Zm9vYg=="],
  ["fooba", "Zm9vYmE="],
  ["foobar", "Zm9vYmFy"],
])("base64 of %j is %j (RFC 4648, section 10)", (plain, encoded) => {
  expect(base64(text.encode(plain))).toBe(encoded);
});

test("base64 uses + and / and every bit", () => {
  expect(base64(bytes(0xfb, 0xff, 0xbf))).toBe("+/+/");
  expect(base64(bytes(0, 0, 0))).toBe("AAAA");
});

test.each([
  ['{"a":1.0,"b":12345678901234567890}', "json"],
  [" \n[1]", "json"],
  ['{"a":1,"a":2}', "json"],
  ['{"a":1', "text"],
  ["{a:1}", "text"],
  ["[1,]", "text"],
  ["42", "text"],
  ['"a"', "text"],
  ["null", "text"],
  ["", "text"],
  ["plain\u0000text", "text"],
  ["\ufeff{}", "text"],
])("%j is %s, character by character", (plain, encoding) => {
  const given = text.encode(plain);
  expect(readBody(given, given.length).body).toEqual({ encoding, data: plain, size: given.length });
});

test.each([
  ["a lone continuation", bytes(0x80)],
  ["an overlong slash", bytes(0xc0, 0xaf)],
  ["a surrogate", bytes(0xed, 0xa0, 0x80)],
  ["beyond Unicode", bytes(0xf4, 0x90, 0x80, 0x80)],
  ["a character that is not all there, at the end of the whole", bytes(0x61, 0xe2, 0x82)],
])("%s is base64", (_, given) => {
  expect(readBody(given, given.length).body.encoding).toBe("base64");
});

test("a cut never leaves half a character, nor takes a whole one", () => {
  const plain = "aé€😀z";
  const given = text.encode(plain);
  expect(given.length).toBe(11);
  const kept = ["", "a", "a", "aé", "aé", "aé", "aé€", "aé€", "aé€", "aé€", "aé€😀"];
  for (const [size, data] of kept.entries()) {
    const { body, json } = readBody(given.subarray(0, size), given.length);
    expect(body, `cut at ${size}`).toEqual({ encoding: "text", data, size: 11, cut: true });
    expect(json).toBeUndefined();
  }
});

test("what is cut is not taken for JSON, even where its beginning is some", () => {
  const given = text.encode("[1][2]");
  expect(readBody(given.subarray(0, 3), given.length)).toEqual({
    body: { encoding: "text", data: "[1]", size: 6, cut: true },
    json: undefined,
  });
});
