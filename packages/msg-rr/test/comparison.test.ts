/**
 * Goal: what is declared volatile is not compared, and everything else is.
 * Method: a table of pointers with pairs of messages that must, or must not, count as the same.
 */
import { type Envelope, encodeEnvelope } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { createComparable } from "../src/comparison.ts";

interface Draft {
  readonly key?: string;
  readonly value?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function message({ key = "k", value = "{}", headers = {} }: Draft): Envelope {
  return { topic: "t", key: utf8(key), value: utf8(value), headers };
}

const isSame = (volatile: readonly string[], left: Draft, right: Draft): boolean => {
  const comparable = createComparable(volatile);
  const [one, other] = [left, right].map((draft) => comparable(encodeEnvelope(message(draft))));
  return Buffer.compare(one as Uint8Array, other as Uint8Array) === 0;
};

const same: readonly [readonly string[], Draft, Draft][] = [
  [[], { value: "x" }, { value: "x" }],
  [["/key"], { key: "a" }, { key: "b" }],
  [["/headers/id"], { headers: { id: "1" } }, { headers: { id: "2" } }],
  [["/headers/id"], { headers: { id: "1" } }, {}],
  [["/headers/a~1b"], { headers: { "a/b": "1" } }, { headers: { "a/b": "2" } }],
  [["/headers/a~0b"], { headers: { "a~b": "1" } }, { headers: { "a~b": "2" } }],
  [["/value"], { value: "one" }, { value: "\u0000two" }],
  [["/value/at"], { value: '{"at":1,"b":2}' }, { value: '{"b":2,"at":9}' }],
  [["/value/at"], { value: '{"at":1,"b":2}' }, { value: '{"b":2}' }],
  [["/value/a/b"], { value: '{"a":{"b":1}}' }, { value: '{"a":{"b":[2]}}' }],
  [["/value/0"], { value: '["id",1]' }, { value: '["other",1]' }],
  [["/value/a/1/id"], { value: '{"a":[0,{"id":1}]}' }, { value: '{"a":[0,{"id":2}]}' }],
  [["/value/a~1b"], { value: '{"a/b":1}' }, { value: '{"a/b":2}' }],
  [["/value/"], { value: '{"":1}' }, { value: '{"":2}' }],
  [["/value/a", "/key"], { key: "1", value: '{"a":1}' }, { key: "2", value: '{"a":2}' }],
  [["/value/__proto__"], { value: '{"__proto__":1}' }, { value: '{"__proto__":2}' }],
];

test.each(same)("but for %j, %j is %j", (volatile, left, right) => {
  expect(isSame(volatile, left, right)).toBe(true);
  expect(isSame(volatile, right, left)).toBe(true);
});

const different: readonly [readonly string[], Draft, Draft][] = [
  [[], { value: '{"a":1}' }, { value: '{"a": 1}' }],
  [["/key"], { key: "a", value: "1" }, { key: "b", value: "2" }],
  [["/headers/id"], { headers: { id: "1", b: "1" } }, { headers: { id: "1", b: "2" } }],
  [["/headers/id"], { headers: { ID: "1" } }, { headers: { ID: "2" } }],
  [["/value/at"], { value: '{"at":1,"b":2}' }, { value: '{"at":1,"b":3}' }],
  [["/value/at"], { value: "text 1" }, { value: "text 2" }],
  [["/value/at"], { value: '{"in":{"at":1}}' }, { value: '{"in":{"at":2}}' }],
  [["/value/0"], { value: '["id",1]' }, { value: '["id",2]' }],
  [["/value/0"], { value: "[1]" }, { value: "[]" }],
  [["/value/1"], { value: "[1]" }, { value: "[2]" }],
  [["/value/"], { value: "[1]" }, { value: "[2]" }],
  [["/value/00"], { value: "[1]" }, { value: "[2]" }],
  [["/value/-"], { value: "[1]" }, { value: "[2]" }],
  [["/value/length"], { value: '"ab"' }, { value: '"abc"' }],
  [["/value/a"], { value: '{"a":1,"a":2}' }, { value: '{"a":1,"a":3}' }],
];

test.each(different)("but for %j, %j is not %j", (volatile, left, right) => {
  expect(isSame(volatile, left, right)).toBe(false);
});

test("with nothing volatile the bytes are compared as they are", () => {
  const bytes = encodeEnvelope(message({}));
  expect(createComparable([])(bytes)).toBe(bytes);
});
