/*
 * Goal: a patch changes what it names and nothing else, numbers and their spelling included; one that
 * does not fit changes nothing.
 * Method: small documents with what they should become, written by hand, and patches that must be
 * refused.
 */
import { expect, test } from "vitest";
import type { PatchOperation } from "../src/diagnostic.ts";
import { patchDocument } from "../src/patch-document.ts";

const text = '{"b": [1.0, 2e3, {"x": "y"}], "a": {"k/~": null}, "z": -0}';

test.each<[string, PatchOperation, string]>([
  [
    "add at the end of a list",
    { op: "add", path: "/b/-", value: 3 },
    '"b": [1.0, 2e3, {"x": "y"}, 3]',
  ],
  [
    "add into a list",
    { op: "add", path: "/b/0", value: "first" },
    '"b": ["first", 1.0, 2e3, {"x": "y"}]',
  ],
  ["add a member", { op: "add", path: "/a/new", value: [] }, '"a": {"k/~": null, "new": []}'],
  ["add a member that is there", { op: "add", path: "/z", value: true }, '"z": true'],
  ["replace deep down", { op: "replace", path: "/b/2/x", value: { n: 1 } }, '{"x": {"n": 1}}'],
  ["replace by an escaped key", { op: "replace", path: "/a/k~1~0", value: 1 }, '"a": {"k/~": 1}'],
  ["remove from a list", { op: "remove", path: "/b/1" }, '"b": [1.0, {"x": "y"}]'],
  ["remove a member", { op: "remove", path: "/a/k~1~0" }, '"a": {}'],
])("%s", (_, operation, part) => {
  const changed = patchDocument(text, [operation]);
  const bare = changed?.replace(/\s+/g, "");
  expect(bare).toContain(part.replace(/\s+/g, ""));
  expect(changed?.endsWith("}\n")).toBe(true);
  for (const kept of ['"b":[', '"a":{', '"z":']) expect(bare).toContain(kept);
});

test("numbers keep their spelling, members their order", () => {
  const changed = patchDocument(text, [{ op: "add", path: "/last", value: 1 }]);
  expect(changed).toBe(
    '{\n  "b": [\n    1.0,\n    2e3,\n    { "x": "y" }\n  ],\n  "a": { "k/~": null },\n  "z": -0,\n  "last": 1\n}\n',
  );
});

test("operations follow one another", () => {
  expect(
    patchDocument('{"l": []}', [
      { op: "add", path: "/l/-", value: "a" },
      { op: "add", path: "/l/-", value: "b" },
      { op: "remove", path: "/l/0" },
    ]),
  ).toBe('{ "l": ["b"] }\n');
});

test.each<[string, string, PatchOperation]>([
  ["not JSON", "{", { op: "add", path: "/a", value: 1 }],
  ["a member that is not there", text, { op: "replace", path: "/nope", value: 1 }],
  ["removing what is not there", text, { op: "remove", path: "/nope" }],
  ["removing everything", text, { op: "remove", path: "" }],
  ["through a member that is not there", text, { op: "add", path: "/nope/x", value: 1 }],
  ["beyond the end of a list", text, { op: "add", path: "/b/9", value: 1 }],
  ["replacing behind the end", text, { op: "replace", path: "/b/3", value: 1 }],
  ["no index", text, { op: "replace", path: "/b/01", value: 1 }],
  ["replacing the end", text, { op: "replace", path: "/b/-", value: 1 }],
  ["into a number", text, { op: "add", path: "/z/x", value: 1 }],
  ["into null", text, { op: "add", path: "/a/k~1~0/x", value: 1 }],
  ["a member of every object", text, { op: "replace", path: "/constructor", value: 1 }],
])("refused: %s", (_, document, operation) => {
  expect(patchDocument(document, [operation])).toBeUndefined();
});
