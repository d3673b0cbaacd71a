/*
 * Goal: the mark says which message it is, and is right about whether key, value and headers are those
 * that went: a checksum of short parts, made here, is that of long ones, which the runtime makes.
 * Method: marks taken apart by hand, with zlib's CRC-32 of the bytes as documented; each part changed.
 */
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import { createMarks, type MarkedParts } from "../src/message-mark.js";

const marks = createMarks(crc32);
const utf8 = new TextEncoder();

function partsOf(key: string, value: string, headers: readonly (readonly [string, string])[]) {
  let headersSum = 0;
  for (const [name, text] of headers) headersSum = marks.addHeader(headersSum, name, text);
  const parts: MarkedParts = {
    key: utf8.encode(key),
    value: utf8.encode(value),
    headerCount: headers.length,
    headersSum,
  };
  return parts;
}

const texts = [
  "",
  "a",
  "x".repeat(159),
  "x".repeat(160),
  "x".repeat(161),
  "é",
  "日本".repeat(60),
  "\0",
];

test.each(texts)("checksums are zlib's: %j", (text) => {
  for (const other of texts) {
    const written = marks.write("id", partsOf(text, other, [[text, other]]));
    const body = crc32(utf8.encode(text + other));
    const headers = crc32(utf8.encode(`${text}\0${other}\0`));
    expect(written).toBe(`id;${body};1;${headers}`);
    const bytes = marks.addHeader(0, text, utf8.encode(other));
    expect(bytes).toBe(headers);
  }
});

const whole = partsOf("key", "value", [
  ["a", "1"],
  ["b", "2"],
]);

test("what was written is read as intact", () => {
  expect(marks.read(marks.write("id", whole), whole)).toEqual({ id: "id", intact: true });
  const bare = partsOf("", "", []);
  expect(marks.write("id", bare)).toBe("id;0");
  expect(marks.read("id;0", bare)).toEqual({ id: "id", intact: true });
});

test("an id of somebody else's has nothing to be compared with", () => {
  expect(marks.read("of-another", whole)).toEqual({ id: "of-another", intact: true });
  expect(marks.read("", whole)).toEqual({ id: "", intact: true });
});

test.each([
  [
    "key",
    partsOf("kez", "value", [
      ["a", "1"],
      ["b", "2"],
    ]),
  ],
  [
    "value",
    partsOf("key", "valuf", [
      ["a", "1"],
      ["b", "2"],
    ]),
  ],
  [
    "a header's value",
    partsOf("key", "value", [
      ["a", "1"],
      ["b", "3"],
    ]),
  ],
  [
    "a header's name",
    partsOf("key", "value", [
      ["a", "1"],
      ["c", "2"],
    ]),
  ],
  [
    "a boundary between name and value",
    partsOf("key", "value", [
      ["a1", ""],
      ["b", "2"],
    ]),
  ],
  ["a header less", partsOf("key", "value", [["a", "1"]])],
  ["no header", partsOf("key", "value", [])],
] as const)("%s changed: not intact", (_, changed) => {
  expect(marks.read(marks.write("id", whole), changed)).toEqual({ id: "id", intact: false });
});

test("who passes it on may add headers", () => {
  const more = partsOf("key", "value", [
    ["a", "1"],
    ["b", "2"],
    ["c", "3"],
  ]);
  expect(marks.read(marks.write("id", whole), more)).toEqual({ id: "id", intact: true });
});

test.each([
  "id;",
  "id;x",
  "id;-1",
  "id;0x1",
  "id;1e3",
  "id;;2;0",
  "id;0;2;",
  "id;0;two;0",
  "id; 0",
])("a mark that is none of ours is not intact: %j", (mark) => {
  expect(marks.read(mark, whole)).toEqual({ id: "id", intact: false });
});
