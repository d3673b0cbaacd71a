/**
 * Goal: what an envelope says goes through a record and back to the byte, either way of travelling;
 * what a record says beyond an envelope is told, and kept whole for the dead letter.
 * Method: records written by hand; envelopes through `onWire`, which is what kafkajs does to a record
 * on the way; each byte of a record changed.
 */
import { crc32 } from "node:zlib";
import { type Envelope, encodeEnvelope } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { createMapping, type KafkaRecord, type Mapped, type Unmappable } from "../src/mapping.js";
import { onWire } from "./on-wire.ts";

const native = createMapping("native", crc32);
const whole = createMapping("envelope", crc32);
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hostile: Record<string, string> = JSON.parse(
  '{"__proto__":"a","constructor":"b","toString":"","hasOwnProperty":"c"}',
);

const envelopes: readonly (readonly [string, Omit<Envelope, "topic">])[] = [
  ["plain", { key: bytes("k"), value: bytes("v"), headers: { a: "1" } }],
  ["nothing", { key: bytes(""), value: bytes(""), headers: {} }],
  ["no key", { key: bytes(""), value: bytes("v"), headers: {} }],
  ["no value", { key: bytes("k"), value: bytes(""), headers: { a: "" } }],
  ["no text", { key: Uint8Array.of(0, 255), value: Uint8Array.of(0xc3, 0x28, 0), headers: {} }],
  ["names that objects have", { key: bytes("k"), value: bytes("v"), headers: hostile }],
  ["a tombstone", { key: bytes("k"), value: bytes(""), headers: { "reprise-tombstone": "true" } }],
  [
    "a tombstone with headers",
    { key: bytes("k"), value: bytes(""), headers: { "reprise-tombstone": "true", a: "é" } },
  ],
  [
    "no tombstone",
    { key: bytes("k"), value: bytes("v"), headers: { "reprise-tombstone": "true" } },
  ],
  ["no tombstone", { key: bytes("k"), value: bytes(""), headers: { "reprise-tombstone": "yes" } }],
  [
    "our own names",
    {
      key: bytes("k"),
      value: bytes("v"),
      headers: { "reprise-message-id": "theirs;1;2", "reprise-raw-headers": "x" },
    },
  ],
  ["any text", { key: bytes("k"), value: bytes("v"), headers: { "\u0000 =;": "\u2028🎈\r\n" } }],
  ["long text", { key: bytes("k"), value: bytes("v"), headers: { n: "x".repeat(300), "10": "y" } }],
];

describe.each([
  ["native", native],
  ["envelope", whole],
] as const)("wire %s", (_, mapping) => {
  test.each(envelopes)("%s comes back", (_name, parts) => {
    const envelope = { topic: "orders", ...parts };
    const read = mapped(mapping.readingOf(onWire(mapping.recordOf(envelope, "id.7")), "orders"));
    expect(read.intact).toBe(true);
    expect(read.messageId).toBe("id.7");
    expect(encodeEnvelope(read.envelope)).toEqual(encodeEnvelope(envelope));
  });

  test("a changed byte of key, value or headers is found, or the message is another one's", () => {
    const envelope = {
      topic: "orders",
      key: bytes("key"),
      value: bytes("value"),
      headers: { name: "text" },
    };
    const record = onWire(mapping.recordOf(envelope, "id.7"));
    for (const part of ["key", "value"] as const) {
      for (let at = 0; at < (record[part]?.length ?? 0); at++) {
        const changed = Uint8Array.from(record[part] ?? []);
        changed[at] = (changed[at] ?? 0) ^ 0x10;
        expectDamaged(mapping.readingOf({ ...record, [part]: changed }, "orders"));
      }
    }
    if (mapping === native) {
      expectDamaged(native.readingOf(withHeader(record, "name", bytes("tEXT")), "orders"));
      const { name: _, ...rest } = record.headers;
      expectDamaged(
        native.readingOf({ ...record, headers: { ...rest, nome: bytes("text") } }, "o"),
      );
      expectDamaged(native.readingOf({ ...record, headers: rest }, "orders"));
    }
  });
});

test("random envelopes come back", () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = seededRandom(seed);
    const some = (max: number) => Uint8Array.from({ length: random() % max }, () => random() & 255);
    const headers: Record<string, string> = {};
    for (let count = random() % 4; count > 0; count--) {
      headers[`h${random() % 9}`] = String.fromCodePoint(random() % 0xd800).repeat(random() % 90);
    }
    const envelope = { topic: "t", key: some(20), value: some(200), headers };
    for (const mapping of [native, whole]) {
      const read = mapping.readingOf(onWire(mapping.recordOf(envelope, "i")), "t");
      expect(encodeEnvelope(read.envelope), `seed ${seed}`).toEqual(encodeEnvelope(envelope));
    }
  }
});

test("a record is what other languages expect", () => {
  const envelope = { topic: "t", key: bytes(""), value: bytes("v"), headers: { a: "é" } };
  const { key, value, headers } = native.recordOf(envelope, "id");
  expect([key, value, headers.a]).toEqual([null, bytes("v"), "é"]);
  expect(Object.keys(headers)).toEqual(["a", "reprise-message-id"]);
  // By Python: zlib.crc32(b"v"), and zlib.crc32(b"a\0\xc3\xa9\0").
  expect(headers["reprise-message-id"]).toBe("id;1801730948;1;2388428377");
});

const foreign: readonly (readonly [string, KafkaRecord, Omit<Envelope, "topic">])[] = [
  [
    "no key",
    { key: null, value: bytes("v"), headers: {} },
    { key: bytes(""), value: bytes("v"), headers: {} },
  ],
  [
    "a tombstone",
    { key: bytes("k"), value: null, headers: {} },
    { key: bytes("k"), value: bytes(""), headers: { "reprise-tombstone": "true" } },
  ],
  [
    "a tombstone that says otherwise",
    { key: bytes("k"), value: null, headers: { "reprise-tombstone": bytes("no") } },
    { key: bytes("k"), value: bytes(""), headers: { "reprise-tombstone": "true" } },
  ],
  [
    "headers",
    { key: bytes("k"), value: bytes("v"), headers: { a: bytes("1"), b: bytes("") } },
    { key: bytes("k"), value: bytes("v"), headers: { a: "1", b: "" } },
  ],
];

test.each(foreign)("of others: %s", (_, record, expected) => {
  const read = mapped(native.readingOf(record, "t"));
  expect(read).toEqual({
    envelope: { topic: "t", ...expected },
    messageId: undefined,
    intact: true,
  });
});

test("of others: a message id without a checksum is taken", () => {
  const headers = { "reprise-message-id": bytes("their-id") };
  const read = mapped(native.readingOf({ key: null, value: bytes("v"), headers }, "t"));
  expect(read).toMatchObject({ messageId: "their-id", intact: true, envelope: { headers: {} } });
});

test("headers that were added on the way are handed out, and do no harm", () => {
  const envelope = { topic: "t", key: bytes("k"), value: bytes("v"), headers: { a: "1" } };
  const record = withHeader(onWire(native.recordOf(envelope, "id")), "added", bytes("x"));
  const read = mapped(native.readingOf(record, "t"));
  expect(read.intact).toBe(true);
  expect(read.envelope.headers).toEqual({ a: "1", added: "x" });
});

const unmappable: readonly (readonly [string, KafkaRecord["headers"], string])[] = [
  ["header a is there 2 times", { a: [bytes("1"), bytes("2")] }, '[["a","31"],["a","32"]]'],
  ["header a has no value", { a: null }, '[["a",null]]'],
  ["header a is not UTF-8", { a: Uint8Array.of(0xff) }, '[["a","ff"]]'],
  ["header a is not UTF-8", { a: new Uint8Array(70).fill(0xc3) }, `[["a","${"c3".repeat(70)}"]]`],
  ['header name "é" is not ASCII', { é: bytes("1") }, '[["é","31"]]'],
  ['header name "" is not ASCII', { "": bytes("1") }, '[["","31"]]'],
  [
    "header reprise-message-id is there 2 times",
    { "reprise-message-id": [bytes("1"), bytes("2"), bytes("i;0")] },
    '[["reprise-message-id","31"],["reprise-message-id","32"],["reprise-message-id","693b30"]]',
  ],
  [
    "header reprise-message-id is not UTF-8",
    { "reprise-message-id": Uint8Array.of(0xff) },
    '[["reprise-message-id","ff"]]',
  ],
];

test.each(unmappable)("no envelope can say: %s", (problem, headers, raw) => {
  const record = { key: bytes("k"), value: bytes("v"), headers: { fine: bytes("1"), ...headers } };
  const read = native.readingOf(record, "t");
  expect(read).toMatchObject({ problem });
  expect(read.envelope.headers.fine).toBe("1");
  expect(read.envelope.headers["reprise-raw-headers"]).toBe(`[["fine","31"],${raw.slice(1)}`);
  // What is put aside can be read again.
  const again = native.readingOf(onWire(native.recordOf(read.envelope, "i")), "t");
  expect(encodeEnvelope(again.envelope)).toEqual(encodeEnvelope(read.envelope));
});

test("a value that is no envelope", () => {
  for (const value of [bytes("text"), bytes(""), encodeEnvelope(envelopeOf("x")).slice(0, -1)]) {
    const read = whole.readingOf({ key: bytes("k"), value, headers: { a: bytes("1") } }, "t");
    expect("problem" in read && read.problem).toMatch(/^the value is no envelope: ENVELOPE_/);
    expect(read.envelope).toMatchObject({
      key: bytes("k"),
      value,
      topic: "t",
      headers: { a: "1" },
    });
  }
});

test("the topic is the one it was read from", () => {
  const record = onWire(whole.recordOf(envelopeOf("orders"), "id"));
  expect(whole.readingOf(record, "mirror.orders").envelope.topic).toBe("mirror.orders");
});

function envelopeOf(topic: string): Envelope {
  return { topic, key: bytes("k"), value: bytes("v"), headers: {} };
}

function withHeader(record: KafkaRecord, name: string, value: Uint8Array): KafkaRecord {
  return { ...record, headers: { ...record.headers, [name]: value } };
}

function mapped(read: Mapped | Unmappable): Mapped {
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

function expectDamaged(read: Mapped | Unmappable): void {
  expect("problem" in read || !read.intact).toBe(true);
}
