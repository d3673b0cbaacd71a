/**
 * Goal: the first difference of two messages is named by field, byte and both values, as a person
 * would want it.
 * Method: a table of pairs with the exact result; every single-byte change of a message is found.
 */
import type { Envelope } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import { type Difference, differenceOf } from "../src/difference.ts";

type Draft = Partial<Omit<Envelope, "key" | "value">> & {
  readonly key?: string | Uint8Array;
  readonly value?: string | Uint8Array;
};

const bytesOf = (content: string | Uint8Array): Uint8Array =>
  typeof content === "string" ? new TextEncoder().encode(content) : content;

function message({ topic = "orders", key = "k", value = "v", headers = {} }: Draft): Envelope {
  return { topic, key: bytesOf(key), value: bytesOf(value), headers };
}

const long = (middle: string): string => `${"a".repeat(100)}${middle}${"z".repeat(100)}`;
const hostile = (text: string): Record<string, string> => JSON.parse(text);

const table: readonly [string, Draft, Draft, Difference | undefined][] = [
  ["nothing", {}, {}, undefined],
  ["topic", { topic: "a" }, { topic: "b" }, d("topic", 0, '"a"', '"b"')],
  [
    "topic before key",
    { topic: "ab", key: "1" },
    { topic: "ac", key: "2" },
    d("topic", 1, '"ab"', '"ac"'),
  ],
  ["key", { key: "ada" }, { key: "adb" }, d("key", 2, '"ada"', '"adb"')],
  ["key, not ASCII", { key: "é1" }, { key: "é2" }, d("key", 2, '"é1"', '"é2"')],
  ["key, none", { key: "" }, { key: "x" }, d("key", 0, "(empty)", '"x"')],
  [
    "key, binary",
    { key: Uint8Array.of(1, 0xff) },
    { key: Uint8Array.of(1, 0xfe, 3) },
    d("key", 1, "...hex ff", "...hex fe03"),
  ],
  [
    "key, binary on one side",
    { key: "text" },
    { key: Uint8Array.of(0xff) },
    d("key", 0, "hex 74657874", "hex ff"),
  ],
  [
    "value, binary and longer",
    { value: Uint8Array.of(0xff) },
    { value: Uint8Array.of(0xff, 7) },
    d("value", 1, "(ends after 1 bytes)", "...hex 07"),
  ],
  [
    "header",
    { headers: { a: "1", b: "2" } },
    { headers: { b: "3", a: "1" } },
    d("header b", 0, '"2"', '"3"'),
  ],
  [
    "header missing now",
    { headers: { trace: "x" } },
    {},
    d("header trace", undefined, '"x"', "(none)"),
  ],
  ["header new", {}, { headers: { trace: "" } }, d("header trace", undefined, "(none)", "(empty)")],
  [
    "header with an inherited name",
    { headers: { constructor: "x" } as unknown as Record<string, string> },
    {},
    d("header constructor", undefined, '"x"', "(none)"),
  ],
  [
    "header __proto__",
    { headers: hostile('{"__proto__":"x"}') },
    { headers: {} },
    d("header __proto__", undefined, '"x"', "(none)"),
  ],
  [
    "header, far in",
    { headers: { h: long("1") } },
    { headers: { h: long("2") } },
    d(
      "header h",
      100,
      `..."${"a".repeat(24)}1${"z".repeat(47)}"...`,
      `..."${"a".repeat(24)}2${"z".repeat(47)}"...`,
    ),
  ],
  ["value, text", { value: "one\n" }, { value: "two\n" }, d("value", 0, '"one\\n"', '"two\\n"')],
  [
    "value, JSON member",
    { value: '{"a":1,"b":{"c":[1,2]}}' },
    { value: '{"a":1,"b":{"c":[1,3]}}' },
    d("value /b/c/1", 19, "2", "3"),
  ],
  [
    "value, JSON member missing",
    { value: '{"a":1,"b":2}' },
    { value: '{"a":1}' },
    d("value /b", 6, "2", "(none)"),
  ],
  [
    "value, a longer list",
    { value: "[1]" },
    { value: '[1,"x"]' },
    d("value /1", 2, "(none)", '"x"'),
  ],
  [
    "value, other kinds",
    { value: '{"a":[]}' },
    { value: '{"a":{}}' },
    d("value /a", 5, "[]", "{}"),
  ],
  ["value, a scalar", { value: "1" }, { value: "2" }, d("value", 0, "1", "2")],
  [
    "value, names escaped in the pointer",
    { value: '{"a/b":{"~":1}}' },
    { value: '{"a/b":{"~":2}}' },
    d("value /a~1b/~0", 12, "1", "2"),
  ],
  ["value, an empty name", { value: '{"":1}' }, { value: '{"":2}' }, d("value /", 4, "1", "2")],
  [
    "value, members inherited",
    { value: '{"constructor":1}' },
    { value: "{}" },
    d("value /constructor", 1, "1", "(none)"),
  ],
  [
    "value, the same JSON written otherwise",
    { value: '{"a": 1}' },
    { value: '{"a":1}' },
    d("value", 5, '"{\\"a\\": 1}"', '"{\\"a\\":1}"'),
  ],
  [
    "value, a long text in JSON",
    { value: JSON.stringify({ note: long("1") }) },
    { value: JSON.stringify({ note: long("2") }) },
    d(
      "value /note",
      109,
      `...${"a".repeat(24)}1${"z".repeat(47)}...`,
      `...${"a".repeat(24)}2${"z".repeat(47)}...`,
    ),
  ],
  [
    "value, what a terminal would obey",
    { value: '{"a":"x"}' },
    { value: '{"a":"\u202e"}' },
    d("value /a", 6, '"x"', '"\\u202e"'),
  ],
];

function d(field: string, byte: number | undefined, recorded: string, got: string): Difference {
  return { field, byte, recorded, got };
}

test.each(table)("%s", (_, recorded, got, difference) => {
  expect(differenceOf(message(recorded), message(got))).toEqual(difference);
});

describe("every byte changed", () => {
  const original = message({
    topic: "orders",
    key: "ada-12",
    value: '{"total":1200}',
    headers: { "event-id": "7f" },
  });
  const parts: readonly [string, (edit: (bytes: Uint8Array) => Uint8Array) => Envelope][] = [
    ["key", (edit) => ({ ...original, key: edit(original.key) })],
    ["value", (edit) => ({ ...original, value: edit(original.value) })],
  ];
  test.each(parts)("%s", (field, change) => {
    const length = field === "key" ? original.key.length : original.value.length;
    for (let at = 0; at < length; at++) {
      for (const bit of [1, 0x80]) {
        const changed = change((bytes) => {
          const copy = bytes.slice();
          copy[at] = (copy[at] ?? 0) ^ bit;
          return copy;
        });
        const found = differenceOf(original, changed);
        expect(found?.field.split(" ")[0], `byte ${at}`).toBe(field);
        expect(found?.byte).toBe(at);
        expect(found?.recorded).not.toBe(found?.got);
      }
    }
  });
});
