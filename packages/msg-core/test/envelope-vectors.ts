/**
 * Envelopes and their bytes, both written by hand. A line of hex is a field: outer length, magic,
 * version; topic; key; value; length and count of the headers; then one header a line.
 */
import type { Envelope } from "@reprise/msg-core";
import { bytesOf } from "../../../tools/testing/hex.ts";

export interface EnvelopeVector {
  readonly name: string;
  readonly envelope: Envelope;
  readonly bytes: Uint8Array;
  /** Reading takes an empty header name; writing refuses it. */
  readonly isReadOnly?: boolean;
}

const none = new Uint8Array(0);
const ascii = (text: string) => Uint8Array.from(text, (unit) => unit.charCodeAt(0));
const own = (entries: readonly (readonly [string, string])[]) => Object.fromEntries(entries);

const vectors: readonly (Omit<EnvelopeVector, "bytes"> & { readonly hex: string })[] = [
  {
    name: "two headers",
    envelope: {
      topic: "events",
      key: ascii("k1"),
      value: ascii("v1"),
      headers: { a: "1", b: "2" },
    },
    hex: "3a00000058374d4501000000060000006576656e7473020000006b3102000000763118000000020000000100000061010000003101000000620100000032",
  },
  {
    name: "no key, no headers",
    envelope: { topic: "events", key: none, value: ascii("hello"), headers: {} },
    hex: "2700000058374d4501000000060000006576656e7473000000000500000068656c6c6f0400000000000000",
  },
  {
    name: "nothing at all",
    envelope: { topic: "", key: none, value: none, headers: {} },
    hex: `1c000000 58374d45 01000000
      00000000
      00000000
      00000000
      04000000 00000000`,
  },
  {
    name: "a topic that is not ASCII, bytes that are no text",
    envelope: {
      topic: "é",
      key: Uint8Array.of(0x00, 0xff),
      value: Uint8Array.of(0x80),
      headers: {},
    },
    hex: `21000000 58374d45 01000000
      02000000 c3a9
      02000000 00ff
      01000000 80
      04000000 00000000`,
  },
  {
    name: "an empty header value, and one of a surrogate pair",
    envelope: { topic: "t", key: none, value: none, headers: { b: "😀", a: "" } },
    hex: `33000000 58374d45 01000000
      01000000 74
      00000000
      00000000
      1a000000 02000000
      01000000 61 00000000
      01000000 62 04000000 f09f9880`,
  },
  {
    name: "names that look like integers: an object puts 2 before 10, bytes do not",
    envelope: { topic: "t", key: none, value: none, headers: { 2: "a", 10: "b", 1: "c" } },
    hex: `3c000000 58374d45 01000000
      01000000 74
      00000000
      00000000
      23000000 03000000
      01000000 31 01000000 63
      02000000 3130 01000000 62
      01000000 32 01000000 61`,
  },
  {
    name: "names that an object has by itself",
    envelope: {
      topic: "t",
      key: none,
      value: none,
      headers: own([
        ["constructor", "c"],
        ["__proto__", "p"],
      ]),
    },
    hex: `43000000 58374d45 01000000
      01000000 74
      00000000
      00000000
      2a000000 02000000
      09000000 5f5f70726f746f5f5f 01000000 70
      0b000000 636f6e7374727563746f72 01000000 63`,
  },
  {
    name: "names of control characters, capitals first, a prefix first",
    envelope: {
      topic: "t",
      key: none,
      value: none,
      headers: { aa: "", "\u007f": "", a: "", B: "", "\0": "" },
    },
    hex: `4b000000 58374d45 01000000
      01000000 74
      00000000
      00000000
      32000000 05000000
      01000000 00 00000000
      01000000 42 00000000
      01000000 61 00000000
      02000000 6161 00000000
      01000000 7f 00000000`,
  },
  {
    name: "a byte order mark and a replacement character, both kept",
    envelope: { topic: "t", key: none, value: none, headers: { a: "\ufeff", b: "\ufffd" } },
    hex: `35000000 58374d45 01000000
      01000000 74
      00000000
      00000000
      1c000000 02000000
      01000000 61 03000000 efbbbf
      01000000 62 03000000 efbfbd`,
  },
  {
    name: "values of 40, 41, 80, 81 and 300 characters",
    envelope: {
      topic: "t",
      key: none,
      value: none,
      headers: {
        a: "x".repeat(40),
        b: "x".repeat(41),
        c: "x".repeat(80),
        d: "x".repeat(81),
        e: "x".repeat(300),
      },
    },
    hex: `68020000 58374d45 01000000
      01000000 74
      00000000
      00000000
      4f020000 05000000
      01000000 61 28000000 ${"78".repeat(40)}
      01000000 62 29000000 ${"78".repeat(41)}
      01000000 63 50000000 ${"78".repeat(80)}
      01000000 64 51000000 ${"78".repeat(81)}
      01000000 65 2c010000 ${"78".repeat(300)}`,
  },
  {
    name: "a topic of 65 characters, a key of 48 bytes and a value of 49",
    envelope: {
      topic: "t".repeat(65),
      key: new Uint8Array(48).fill(1),
      value: new Uint8Array(49).fill(2),
      headers: {},
    },
    hex: `be000000 58374d45 01000000
      41000000 ${"74".repeat(65)}
      30000000 ${"01".repeat(48)}
      31000000 ${"02".repeat(49)}
      04000000 00000000`,
  },
  {
    name: "an empty header name",
    envelope: { topic: "t", key: none, value: none, headers: { "": "v" } },
    hex: `26000000 58374d45 01000000
      01000000 74
      00000000
      00000000
      0d000000 01000000
      00000000 01000000 76`,
    isReadOnly: true,
  },
];

export const envelopeVectors: readonly EnvelopeVector[] = vectors.map(({ hex, ...vector }) => ({
  ...vector,
  bytes: bytesOf(hex),
}));
