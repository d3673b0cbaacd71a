/**
 * Goal: text is written and read as TextEncoder and a strict TextDecoder would, at every length around
 * which the way changes, and wherever in it the first character stands that is not ASCII.
 * Method: both in comparison with Node's own; the size against the bytes written.
 */

import { decodeEnvelope, encodeEnvelope } from "@reprise/msg-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hexOf } from "../../../tools/testing/hex.ts";
import { isAscii, readText, textSize } from "../src/text.ts";

const none = new Uint8Array(0);

/** The value as an envelope's only header holds it: behind 37 bytes and the value's length. */
function written(value: string): string {
  const bytes = encodeEnvelope({ topic: "", key: none, value: none, headers: { a: value } });
  return hexOf(bytes.subarray(41));
}

const read = (bytes: Uint8Array) =>
  readText(new DataView(bytes.buffer), bytes.byteOffset, bytes.byteOffset + bytes.length);

describe("every length up to 200", () => {
  const lengths = Array.from({ length: 201 }, (_, length) => length);
  test.each(["x", "é", "€", "😀"])("of ASCII with one %s in each place", (character) => {
    for (const length of lengths) {
      for (const at of [0, 1, 3, 15, 16, length - 1]) {
        const text = "a".repeat(length);
        const value = at < 0 || at > length ? text : text.slice(0, at) + character + text.slice(at);
        const bytes = new Uint8Array(Buffer.from(value, "utf8"));
        expect(written(value)).toBe(hexOf(bytes));
        expect(read(bytes)).toBe(value);
        expect(textSize(value)).toBe(bytes.length);
        expect(isAscii(value)).toBe(bytes.length === value.length);
      }
    }
  });
});

test("bytes are text exactly where a strict TextDecoder reads them", () => {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const nearlyText = fc.array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xff }),
      fc.constantFrom(0x61, 0x7f, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xf0, 0x9f),
    ),
    { maxLength: 100 },
  );
  const whole = fc.string({ unit: "binary", maxLength: 60 }).map((text) => [...Buffer.from(text)]);
  fc.assert(
    fc.property(fc.oneof(nearlyText, whole), (list) => {
      const bytes = Uint8Array.from(list);
      let expected: string | undefined;
      try {
        expected = strict.decode(bytes);
      } catch {
        expected = undefined;
      }
      expect(read(bytes)).toBe(expected);
    }),
    { numRuns: 5000 },
  );
});

test("the size of any text, -1 where it is not well-formed", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom("a", "é", "€", "\ud83d", "\ude00") }), (text) => {
      expect(textSize(text)).toBe(text.isWellFormed() ? Buffer.byteLength(text) : -1);
    }),
    { numRuns: 2000 },
  );
});

test("text from the end of a buffer is not read beyond it", () => {
  for (let size = 0; size < 40; size++) {
    const bytes = new Uint8Array(Buffer.alloc(100, "é")).subarray(100 - 2 * size);
    expect(read(bytes)).toBe("é".repeat(size));
    const { headers } = decodeEnvelope(
      encodeEnvelope({
        topic: "",
        key: none,
        value: none,
        headers: { a: "x".repeat(size) },
      }).slice(),
    );
    expect(headers.a).toBe("x".repeat(size));
  }
});
