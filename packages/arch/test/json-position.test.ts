/**
 * Goal: a JSON Pointer leads to the line and column of its value.
 * Method: a small text whose places are counted by hand; then any value, where the text from the
 * place on has to begin with the value.
 */
import type { JsonValue } from "@reprise/canonical-json";
import fc from "fast-check";
import { expect, test } from "vitest";
import { pointerTo, positionAt, spanOf } from "../src/documents/json-position.ts";

const text = `{
  "a": 12,
  "b/c": [ "x\\"y", { "~d": null } , -1.5e3 ],\r
\t"e": { }, "f": "ab" }
`;

const places: readonly (readonly [string, number, number, number])[] = [
  ["", 1, 1, 1],
  ["/a", 2, 8, 2],
  ["/b~1c", 3, 10, 1],
  ["/b~1c/0", 3, 12, 6],
  ["/b~1c/1", 3, 20, 1],
  ["/b~1c/1/~0d", 3, 28, 4],
  ["/b~1c/2", 3, 37, 6],
  ["/e", 4, 7, 1],
];

test.each(places)("%j is on line %i, column %i, %i wide", (pointer, line, col, width) => {
  const start = { line, col };
  expect(spanOf(text, pointer)).toEqual({ start, end: { line, col: col + width } });
});

test.each([
  ["/z", 1, 1],
  ["/a/b", 2, 8],
  ["/b~1c/7", 3, 10],
  ["/e/x/y", 4, 7],
])("%j leads nowhere: the last value on the way is on line %i, column %i", (pointer, line, col) => {
  expect(spanOf(text, pointer).start).toEqual({ line, col });
});

test("a line ends at LF, CR or CR LF", () => {
  expect([0, 2, 3, 5, 6].map((offset) => positionAt("a\r\nb\rc\nd", offset))).toEqual([
    { line: 1, col: 1 },
    { line: 1, col: 3 },
    { line: 2, col: 1 },
    { line: 3, col: 1 },
    { line: 3, col: 2 },
  ]);
});

test("every value of any document is found", () => {
  const depths = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(depths, fc.constantFrom(0, 1, 3), (value, indent) => {
      // What fast-check calls a JSON value is one.
      const document = JSON.parse(JSON.stringify(value)) as JsonValue;
      const json = JSON.stringify(document, null, indent);
      for (const [pointer, member] of pointersOf(document)) {
        const { start } = spanOf(json, pointer);
        const lines = json.split("\n");
        const offset = lines.slice(0, start.line - 1).join("\n").length + (start.line > 1 ? 1 : 0);
        const head = JSON.stringify(member, null, indent).slice(0, 1);
        expect(json[offset + start.col - 1]).toBe(head);
      }
    }),
  );
});

function pointersOf(value: JsonValue, pointer = ""): readonly (readonly [string, JsonValue])[] {
  if (typeof value !== "object" || value === null) return [[pointer, value]];
  const members = Object.entries(value) as readonly (readonly [string, JsonValue])[];
  return [
    [pointer, value],
    ...members.flatMap(([key, member]) => pointersOf(member, pointer + pointerTo(key))),
  ];
}
