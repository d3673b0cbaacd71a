/**
 * Goal: encoding refuses what the format has no bytes for, in the order of the format's numbers, and
 * says the same of the same message however its headers are arranged and whatever was written before.
 * Method: messages wrong in one way and in two; callers without types; getters that misbehave; the
 * absolute limit, met from beyond (a gigabyte that is only counted).
 */

import { runInNewContext } from "node:vm";
import { decodeEnvelope, type Envelope, encodeEnvelope, envelopeSizeMax } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import { hexOf } from "../../../tools/testing/hex.ts";
import { refusalOf } from "./refusal.ts";

const none = new Uint8Array(0);
const plain: Envelope = { topic: "t", key: none, value: none, headers: {} };

/** The point of these tests is what the types forbid. */
function refused(parts: Readonly<Record<string, unknown>>) {
  return refusalOf(() => encodeEnvelope({ ...plain, ...parts } as Envelope));
}

const high = "\ud83d";

describe("one fault", () => {
  test.each<[name: string, parts: Record<string, unknown>, x07: number]>([
    ["a topic with a lone surrogate", { topic: `a${high}` }, 9501],
    ["a long topic with a lone surrogate", { topic: `${"a".repeat(100)}${high}` }, 9501],
    ["a topic that is a number", { topic: 7 }, 9501],
    ["no topic", { topic: undefined }, 9501],
    ["a topic that is a String object", { topic: Object("t") }, 9501],
    ["a key that is text", { key: "k" }, 9503],
    ["no key", { key: undefined }, 9503],
    ["a key that is null", { key: null }, 9503],
    ["a key that is an array", { key: [1, 2] }, 9503],
    ["a value that is an ArrayBuffer", { value: new ArrayBuffer(2) }, 9503],
    ["a value of 16-bit units", { value: new Uint16Array(2) }, 9503],
    ["a value that is a DataView", { value: new DataView(new ArrayBuffer(2)) }, 9503],
    ["a value with a length and no bytes", { value: { length: 1, 0: 1 } }, 9503],
    ["no headers", { headers: undefined }, 9503],
    ["headers that are null", { headers: null }, 9503],
    ["headers that are text", { headers: "a=1" }, 9503],
    ["headers that are an array", { headers: ["a"] }, 9503],
    ["headers that are an empty array", { headers: [] }, 9503],
    ["headers that are a Map, which has no keys to see", { headers: new Map([["a", "1"]]) }, 9503],
    ["headers that are a fetch Headers", { headers: new Headers({ a: "1" }) }, 9503],
    ["headers that are a function", { headers: () => ({}) }, 9503],
    ["a header that is a number", { headers: { a: 1 } }, 9503],
    ["a header that is null", { headers: { a: null } }, 9503],
    ["a header that is undefined", { headers: { a: "", b: undefined } }, 9503],
    ["a header that is bytes", { headers: { a: none } }, 9503],
    ["a header that is a String object", { headers: { a: Object("1") } }, 9503],
    ["a header that is an array of one", { headers: { a: ["1"] } }, 9503],
    ["an empty name", { headers: { "": "1" } }, 9504],
    ["a name that is not ASCII", { headers: { é: "1" } }, 9504],
    ["a name of U+0080", { headers: { "\u0080": "1" } }, 9504],
    ["a name with a lone surrogate", { headers: { [`a${high}`]: "1" } }, 9504],
    ["a value with a lone surrogate", { headers: { a: high } }, 9505],
    ["a value with surrogates back to front", { headers: { a: "\ude00\ud83d" } }, 9505],
    ["a long value with a lone surrogate", { headers: { a: `${"x".repeat(100)}${high}` } }, 9505],
    ["a huge value with a lone surrogate", { headers: { a: `${"x".repeat(9000)}${high}` } }, 9505],
    ["a lone surrogate beside a replacement character", { headers: { a: `\ufffd${high}` } }, 9505],
  ])("%s", (_name, parts, x07) => {
    expect(refused(parts).x07).toBe(x07);
  });
  test.each([[null], [undefined], ["events"], [7]])("%o in place of an envelope", (value) => {
    expect(refusalOf(() => encodeEnvelope(value as unknown as Envelope)).x07).toBe(9501);
  });
});

describe("two faults: the smaller number", () => {
  test.each<[name: string, parts: Record<string, unknown>, x07: number]>([
    ["topic and key", { topic: high, key: "k" }, 9501],
    ["topic and headers", { topic: high, headers: null }, 9501],
    ["a header that is no string, an earlier name", { headers: { "": "", b: 1 } }, 9503],
    ["a name, an earlier value", { headers: { a: high, é: "" } }, 9504],
    ["a name, a later value", { headers: { "": "", a: high } }, 9504],
    ["a header that is no string, an earlier value", { headers: { a: high, b: 1 } }, 9503],
  ])("%s", (_name, parts, x07) => {
    expect(refused(parts).x07).toBe(x07);
  });
  test("a header value and the size", () => {
    const value = new Uint8Array(envelopeSizeMax);
    expect(refused({ value, headers: { a: high } }).x07).toBe(9505);
    expect(refused({ value, headers: { é: "" } }).x07).toBe(9504);
  });
});

test("of several headers at fault the first by name is told, in whatever order they come", () => {
  expect(refused({ headers: { b: 1, a: 2 } }).message).toContain('"a"');
  expect(refused({ headers: { b: high, a: high } }).message).toContain('"a"');
  expect(refused({ headers: { ü: "", é: "" } }).message).toContain('"é"');
});

describe("the limit of 2^30 bytes counts bytes, not characters", () => {
  // Fixed parts 28, length and byte of the topic 5 with the topic's field; each header 8 and a name.
  const headers = {
    a: "é".repeat(1000),
    b: "€".repeat(1000),
    c: "😀".repeat(100),
    d: "x".repeat(7),
  };
  const others = 28 + 5 + 4 * 9 + 2000 + 3000 + 400 + 7;
  test.each([1, 2, 1000])("%d too many", (excess) => {
    const refusal = refused({ value: new Uint8Array(envelopeSizeMax - others + excess), headers });
    expect(refusal.x07).toBe(9506);
    expect(refusal.details).toEqual({ limit: 2 ** 30, actual: 2 ** 30 + excess });
  });
});

test("a result takes no more memory than it has bytes, or than a chunk has", () => {
  const small = encodeEnvelope({ ...plain, headers: { a: "é" } });
  expect(small.buffer.byteLength).toBe(64 * 1024);
  const large = encodeEnvelope({ ...plain, headers: { a: "é€😀x".repeat(5000) } });
  expect(large.buffer.byteLength).toBe(large.byteLength);
});

test("bytes and headers of another realm", () => {
  const parts = { key: "new Uint8Array([7])", headers: "({ a: '1' })" };
  const envelope = {
    ...plain,
    key: runInNewContext(parts.key),
    headers: runInNewContext(parts.headers),
  };
  expect(envelope.key).not.toBeInstanceOf(Uint8Array);
  expect(hexOf(encodeEnvelope(envelope))).toBe(
    hexOf(encodeEnvelope({ ...plain, key: Uint8Array.of(7), headers: { a: "1" } })),
  );
});

test("headers of no prototype, and hidden ones, which are not there", () => {
  const bare = Object.assign(Object.create(null), { a: "1" });
  expect(hexOf(encodeEnvelope({ ...plain, headers: bare }))).toBe(
    hexOf(encodeEnvelope({ ...plain, headers: { a: "1" } })),
  );
  const hidden = Object.defineProperty({ [Symbol("s")]: "1" }, "h", { value: "1" });
  expect(hexOf(encodeEnvelope({ ...plain, headers: hidden }))).toBe(hexOf(encodeEnvelope(plain)));
});

test("the order of headers has no meaning, also after the other order was written", () => {
  const forth = { ...plain, headers: { a: "1", b: "2", "10": "3", "9": "4" } };
  const back = { ...plain, headers: { "9": "4", "10": "3", b: "2", a: "1" } };
  const expected = hexOf(encodeEnvelope(forth));
  for (const envelope of [back, forth, forth, back, back]) {
    expect(hexOf(encodeEnvelope(envelope))).toBe(expected);
  }
});

test("a name that was refused is refused again, between good ones of as many headers", () => {
  for (let round = 0; round < 3; round++) {
    expect(encodeEnvelope({ ...plain, headers: { a: "1" } }).length).toBe(43);
    expect(refused({ headers: { é: "1" } }).x07).toBe(9504);
    expect(refused({ headers: { "": "1" } }).x07).toBe(9504);
  }
});

describe("a getter", () => {
  test("is asked once", () => {
    let asked = 0;
    const headers = {
      get a() {
        asked += 1;
        return asked === 1 ? "short" : "x".repeat(1_000_000);
      },
    };
    expect(decodeEnvelope(encodeEnvelope({ ...plain, headers })).headers).toEqual({ a: "short" });
    expect(asked).toBe(1);
  });
  test("may encode another message meanwhile", () => {
    const inner = { ...plain, headers: { a: "inner" } };
    const headers = {
      get a() {
        encodeEnvelope(inner);
        return "outer";
      },
      b: "b",
    };
    const outer = encodeEnvelope({ ...plain, headers });
    encodeEnvelope(inner);
    expect(decodeEnvelope(outer).headers).toEqual({ a: "outer", b: "b" });
  });
});
