/**
 * Goal: what is no strict JSON is refused with its place, and nothing large or deep ends the process.
 * Method: bad files in memory, one thing wrong with each.
 */
import { expect, test } from "vitest";
import { documentBytesMax, readDocument } from "../src/documents/json-document.ts";
import { handFiles } from "./hand-repository.ts";

const read = (text: string) => readDocument(handFiles({ a: text }), "a");

const bad: readonly (readonly [string, string, RegExp, number, number])[] = [
  ["nothing at all", "", /end of the text/, 1, 1],
  ["no JSON", "{\n  a: 1\n}", /a key in quotes/, 2, 3],
  ["a trailing comma", "[1,\n]", /a value/, 2, 1],
  ["a comment", "// x\n{}", /a value/, 1, 1],
  ["a key twice", '{\n "a": 1,\n "a": 2 }', /each key once, got "a"/, 3, 2],
  ["a key twice, written otherwise", '{"a":1,"\\u0061":2}', /each key once/, 1, 8],
  ["a byte order mark", "\uFEFF{}", /U\+FEFF/, 1, 1],
  ["two values", "{}\n{}", /nothing after the value/, 2, 1],
  ["a number no double holds", "[1e400]", /a number a double can hold/, 1, 2],
  ["a lone surrogate", '["\\ud800"]', /surrogate/, 1, 3],
  ["deep nesting", "[".repeat(513), /at most 512 levels/, 1, 513],
  ["very deep nesting", "[".repeat(1_000_000), /at most 512 levels/, 1, 513],
];

test.each(bad)("%s is not JSON here", (_, text, message, line, col) => {
  const result = read(text);
  expect(result).toMatchObject({ kind: "not-json", at: { line, col } });
  expect(result.kind === "not-json" && result.message).toMatch(message);
});

test("512 levels, an emoji and a number of any length are fine", () => {
  expect(read("[".repeat(512) + "]".repeat(512)).kind).toBe("document");
  expect(read('["😀",0.1234567890123456789012345678901234567890]').kind).toBe("document");
});

test("a missing file is missing, an unreadable one says why", () => {
  const files = handFiles({ b: { kind: "unreadable", message: "it is no file" } });
  expect(readDocument(files, "a")).toEqual({ kind: "missing" });
  expect(readDocument(files, "b")).toMatchObject({ message: "it is no file", outside: false });
});

test("a file of more bytes than a contract needs is not read", () => {
  const text = `"${"x".repeat(documentBytesMax - 2)}"`;
  expect(read(text).kind).toBe("document");
  const message = `${documentBytesMax + 1} bytes, at most ${documentBytesMax}`;
  expect(read(`${text} `)).toEqual({ kind: "unreadable", message, outside: false });
});

test("numbers come as doubles to check and as written to hash", () => {
  const result = read('{"a":1.0}');
  if (result.kind !== "document") throw new Error(result.kind);
  expect(result.document.value).toEqual({ a: 1 });
  expect(result.document.lexical).toEqual({ a: { lexeme: "1.0" } });
  expect(result.document.spanOf("/a").start).toEqual({ line: 1, col: 6 });
});
