/**
 * Goal: JSON text becomes the document it is, and a document the text it is, lexemes verbatim; what
 * either cannot say is DOCUMENT_INVALID.
 * Method: the vectors by hand that have a text, in both directions; then texts and documents that are
 * wrong in one way each.
 */
import { CanonicalJsonError } from "@reprise/canonical-json";
import { documentToJson, jsonToDocument } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { bytesOf, hexOf } from "../../../tools/testing/hex.ts";
import { documentVectors } from "./document-vectors.ts";
import { refusalOf } from "./refusal.ts";

const spoken = documentVectors.flatMap(({ name, json, hex }) =>
  json === undefined ? [] : [{ name, json, hex }],
);

test.each(spoken)("$name: text to document", ({ json, hex }) => {
  expect(hexOf(jsonToDocument(json))).toBe(hexOf(bytesOf(hex)));
});

test.each(spoken)("$name: document to text", ({ json, hex }) => {
  expect(documentToJson(bytesOf(hex))).toBe(json);
});

test.each([
  ['{"b":1,"a":2}', "01 05 02000000 01000000 61 02 01000000 32 01000000 62 02 01000000 31"],
  [' [ 1 , "\\u0061" ] ', "01 04 02000000 02 01000000 31 03 01000000 61"],
  ['"\\ud83d\\ude00"', "01 03 04000000 f09f9880"],
  // In UTF-16 the emoji comes before U+FFFD; in bytes it comes after.
  [
    '{"😀":0,"\ufffd":1}',
    "01 05 02000000 03000000 efbfbd 02 01000000 31 04000000 f09f9880 02 01000000 30",
  ],
  // An engine keeps such members in order of number; bytes say otherwise.
  ['{"10":0,"9":1}', "01 05 02000000 02000000 3130 02 01000000 30 01000000 39 02 01000000 31"],
  ['{"__proto__":null}', "01 05 01000000 09000000 5f5f70726f746f5f5f 00"],
])("%s is the document %s", (json, hex) => {
  expect(hexOf(jsonToDocument(json))).toBe(hexOf(bytesOf(hex)));
});

test.each([
  ["a key twice", '{"a":1,"a":1}'],
  ["a key twice after unescaping", '{"a":1,"\\u0061":1}'],
  ["a lone surrogate escape", '"\\ud800"'],
  ["a raw control character", '"\u0001"'],
  ["text behind the value", "1 2"],
  ["nothing", ""],
  ["a leading zero", "01"],
  ["a plus", "+1"],
  ["a fraction without digits", "1."],
  ["NaN", "NaN"],
  ["a comma too many", "[1,]"],
  ["a single quote", "'a'"],
])("refused as text: %s", (_, json) => {
  const refusal = refusalOf(() => jsonToDocument(json));
  expect(refusal.code).toBe("DOCUMENT_INVALID");
  expect(refusal.details.cause).toBeInstanceOf(CanonicalJsonError);
});

test("depth 64 is accepted and 65 is not", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
  // The innermost of 65 brackets is at depth 64.
  expect(documentToJson(jsonToDocument(nested(65)))).toBe(nested(65));
  expect(refusalOf(() => jsonToDocument(nested(66))).code).toBe("DOCUMENT_INVALID");
  expect(refusalOf(() => jsonToDocument(nested(10_000))).code).toBe("DOCUMENT_INVALID");
});

test.each([
  ["an error document", "00 d9070000 00000000"],
  ["a string that is not UTF-8", "01 03 01000000 ff"],
  ["a surrogate as UTF-8", "01 03 03000000 eda080"],
  ["a key that is not UTF-8", "01 05 01000000 01000000 80 00"],
  ["an empty number", "01 02 00000000"],
  ["a number with a plus", "01 02 02000000 2b31"],
  ["a number with a leading zero", "01 02 02000000 3031"],
  ["a number with a space", "01 02 02000000 2031"],
  ["a number with a line feed behind it", "01 02 02000000 310a"],
  ["a number without a digit behind the point", "01 02 02000000 312e"],
  ["Infinity", "01 02 08000000 496e66696e697479"],
  ["hexadecimal", "01 02 03000000 307831"],
  ["what is no document", "01 06"],
])("refused as document: %s", (_, hex) => {
  expect(refusalOf(() => documentToJson(bytesOf(hex))).code).toBe("DOCUMENT_INVALID");
});

test("what JSON must escape is escaped", () => {
  expect(documentToJson(bytesOf("01 03 04000000 225c0a1f"))).toBe('"\\"\\\\\\n\\u001f"');
});
