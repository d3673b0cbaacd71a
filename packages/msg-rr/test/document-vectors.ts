/**
 * Documents by hand: the JSON text, the bytes as hexadecimal spaced as the fields are, and the value.
 * Those without a text are documents that JSON cannot say.
 */
import type { DocumentValue } from "@reprise/msg-rr";

export interface DocumentVector {
  readonly name: string;
  /** Absent: no JSON. */
  readonly json?: string;
  readonly hex: string;
  readonly value: DocumentValue;
}

const text = new TextEncoder();
const number = (lexeme: string): DocumentValue => ({ lexeme });
const string = (value: string): Uint8Array => text.encode(value);
const map = (...entries: readonly [string, DocumentValue][]): DocumentValue => ({
  entries: entries.map(([key, value]) => [string(key), value] as const),
});

export const documentVectors: readonly DocumentVector[] = [
  { name: "null", json: "null", hex: "01 00", value: null },
  { name: "true", json: "true", hex: "01 0101", value: true },
  { name: "false", json: "false", hex: "01 0100", value: false },
  { name: "zero", json: "0", hex: "01 02 01000000 30", value: number("0") },
  { name: "minus zero", json: "-0", hex: "01 02 02000000 2d30", value: number("-0") },
  { name: "a fraction", json: "1.0", hex: "01 02 03000000 312e30", value: number("1.0") },
  { name: "an exponent", json: "1e+2", hex: "01 02 04000000 31652b32", value: number("1e+2") },
  {
    name: "more digits than a double has",
    json: "12345678901234567890",
    hex: "01 02 14000000 3132333435363738393031323334353637383930",
    value: number("12345678901234567890"),
  },
  {
    name: "beyond the doubles",
    json: "1E400",
    hex: "01 02 05000000 3145343030",
    value: number("1E400"),
  },
  { name: "an empty string", json: '""', hex: "01 03 00000000", value: string("") },
  { name: "a letter", json: '"x"', hex: "01 03 01000000 78", value: string("x") },
  { name: "NUL", json: '"\\u0000"', hex: "01 03 01000000 00", value: string("\u0000") },
  { name: "beyond the BMP", json: '"😀"', hex: "01 03 04000000 f09f9880", value: string("😀") },
  { name: "an empty seq", json: "[]", hex: "01 04 00000000", value: [] },
  { name: "an empty map", json: "{}", hex: "01 05 00000000", value: map() },
  {
    name: "a seq of four",
    json: '[1,"a",null,true]',
    hex: "01 04 04000000 02 01000000 31 03 01000000 61 00 0101",
    value: [number("1"), string("a"), null, true],
  },
  {
    name: "a map of two numbers",
    json: '{"a":2,"b":1}',
    hex: "01 05 02000000 01000000 61 02 01000000 32 01000000 62 02 01000000 31",
    value: map(["a", number("2")], ["b", number("1")]),
  },
  {
    name: "a map of a string and a number",
    json: '{"k":"v","n":1}',
    hex: "01 05 02000000 01000000 6b 03 01000000 76 01000000 6e 02 01000000 31",
    value: map(["k", string("v")], ["n", number("1")]),
  },
  {
    name: "keys of which one begins the other",
    json: '{"":0,"a":0,"aa":0,"b":0}',
    hex:
      "01 05 04000000 00000000 02 01000000 30 01000000 61 02 01000000 30" +
      "02000000 6161 02 01000000 30 01000000 62 02 01000000 30",
    value: map(["", number("0")], ["a", number("0")], ["aa", number("0")], ["b", number("0")]),
  },
  {
    name: "a seq in a map in a seq",
    json: '[{"a":[]}]',
    hex: "01 04 01000000 05 01000000 01000000 61 04 00000000",
    value: [map(["a", []])],
  },
  { name: "bytes that are no text", hex: "01 03 02000000 ff00", value: Uint8Array.of(0xff, 0) },
  { name: "a number that is none", hex: "01 02 02000000 2b78", value: number("+x") },
  { name: "an empty number", hex: "01 02 00000000", value: number("") },
  { name: "a number that is not ASCII", hex: "01 02 02000000 80ff", value: number("\u0080\u00ff") },
  {
    name: "a key that is no text",
    hex: "01 05 02000000 01000000 7f 00 01000000 80 00",
    value: {
      entries: [
        [Uint8Array.of(0x7f), null],
        [Uint8Array.of(0x80), null],
      ],
    },
  },
];
