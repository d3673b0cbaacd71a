/**
 * Goal: an envelope becomes fields that other languages read, and comes back the same, byte for byte;
 * what another producer wrote is read by the documented rules, or refused with the reason.
 * Method: tables by hand for both wires, a property on random envelopes (its seed is printed), and the
 * bad ones.
 */
import { type Envelope, encodeEnvelope, MsgError } from "@reprise/msg-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeEntry, encodeEntry, entrySize, type Field, rawLetter } from "../src/mapping.ts";

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);
const asBytes = (field: Field): Uint8Array => (typeof field === "string" ? bytes(field) : field);
const stamp = { messageId: "m-1", again: false };
const envelope: Envelope = {
  topic: "orders",
  key: bytes("customer-7"),
  value: Uint8Array.of(0, 255, 13, 10),
  headers: { "content-type": "application/json", héader: "ü" } as Record<string, string>,
};
const { héader: _, ...ascii } = envelope.headers;
const plain: Envelope = { ...envelope, headers: ascii };

test("native: key, value, a field for each header, the message id", () => {
  expect(encodeEntry(plain, "native", stamp)).toEqual([
    ...["key", plain.key, "value", plain.value],
    ...["h:content-type", "application/json"],
    ...["reprise-message-id", "m-1"],
  ]);
});

test("envelope: one field for all of it", () => {
  expect(encodeEntry(plain, "envelope", { messageId: "m-1", again: true })).toEqual([
    ...["envelope", encodeEnvelope(plain)],
    ...["reprise-message-id", "m-1"],
    ...["reprise-sent-again", "1"],
  ]);
});

test.each(["native", "envelope"] as const)("%s: the stamp is read and stripped", (wire) => {
  for (const again of [false, true]) {
    const fields = encodeEntry(plain, wire, { messageId: "m-2", again }).map(asBytes);
    expect(decodeEntry("orders", fields)).toEqual({ envelope: plain, messageId: "m-2", again });
  }
});

const name = fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 12 });
const text = fc.string({ unit: "binary", maxLength: 60 });
const hostile = fc.constantFrom(
  "__proto__",
  "constructor",
  "key",
  "value",
  "envelope",
  "h:",
  "h:h:",
);
const anyEnvelope = fc.record({
  topic: fc.constant("orders"),
  key: fc.uint8Array({ maxLength: 40 }),
  value: fc.uint8Array({ maxLength: 200 }),
  headers: fc
    .array(fc.tuple(fc.oneof(name, hostile, fc.constant("reprise-message-id")), text))
    .map((pairs) => Object.fromEntries(pairs)),
});

test.each(["native", "envelope"] as const)("%s: any envelope comes back, byte for byte", (wire) => {
  fc.assert(
    fc.property(anyEnvelope, fc.boolean(), (sent, again) => {
      const fields = encodeEntry(sent, wire, { messageId: "m", again }).map(asBytes);
      const read = decodeEntry("orders", fields);
      if (MsgError.is(read)) throw read;
      expect(encodeEnvelope(read.envelope)).toEqual(encodeEnvelope(sent));
      expect(read.again).toBe(again);
      const size = fields.reduce((sum, field) => sum + field.length, 0);
      expect(size).toBeLessThanOrEqual(entrySize(sent));
    }),
    { numRuns: 300 },
  );
});

const read = (...fields: readonly Field[]) => decodeEntry("orders", fields.map(asBytes));

test("another producer's entry: no key is an empty key, other names are headers", () => {
  expect(read("value", "v", "trace", "t-1", "h:kind", "k")).toEqual({
    envelope: {
      topic: "orders",
      key: new Uint8Array(0),
      value: bytes("v"),
      headers: { trace: "t-1", kind: "k" },
    },
    messageId: undefined,
    again: false,
  });
});

test("bytes are nobody's Buffer", () => {
  const fields = ["key", "k", "value", "v"].map((field) => Buffer.from(field));
  const message = decodeEntry("orders", fields);
  if (MsgError.is(message)) throw message;
  expect(Buffer.isBuffer(message.envelope.key)).toBe(false);
  expect(Buffer.isBuffer(message.envelope.value)).toBe(false);
});

const notUtf8 = Uint8Array.of(0xff);
const whole = encodeEnvelope(plain);
const unmappable: readonly [problem: string, fields: readonly Field[]][] = [
  ["no field value", []],
  ["no field value", ["key", "k"]],
  ["no field value", ["amount", "3"]],
  ["two fields value", ["value", "1", "value", "2"]],
  ["two fields key", ["key", "1", "key", "2", "value", "v"]],
  ["two fields envelope", ["envelope", whole, "envelope", whole]],
  ['two headers "a"', ["value", "v", "h:a", "1", "h:a", "2"]],
  ['two headers "a"', ["value", "v", "h:a", "1", "a", "2"]],
  ['the header "a" is not UTF-8', ["value", "v", "h:a", notUtf8]],
  ["header's name is empty", ["value", "v", "h:", "x"]],
  ["empty or not ASCII", ["value", "v", "", "x"]],
  ["empty or not ASCII", ["value", "v", "h:ключ", "x"]],
  ["empty or not ASCII", ["value", "v", notUtf8, "x"]],
  ["beside key or value", ["envelope", whole, "value", "v"]],
  ["beside key or value", ["key", "k", "envelope", whole]],
  ["ENVELOPE_FRAMING", ["envelope", whole.subarray(0, 40)]],
  ["ENVELOPE_FRAMING", ["envelope", ""]],
  ["not the stream it lies in", ["envelope", encodeEnvelope({ ...plain, topic: "other" })]],
];

test.each(unmappable)("unmappable: %s", (problem, fields) => {
  const error = read(...fields);
  expect(MsgError.is(error) && error.code).toBe("MESSAGE_UNMAPPABLE");
  expect(MsgError.is(error) && error.message).toContain(problem);
});

test("an entry that is no message is kept whole in its dead letter", () => {
  const fields = [bytes("amount"), notUtf8, bytes("k"), new Uint8Array(0)];
  const entry = { topic: "orders", position: "5-0", attempt: 2, fields };
  expect(rawLetter(entry, "because", "orders.dead-letter")).toEqual({
    topic: "orders.dead-letter",
    key: new Uint8Array(0),
    value: bytes('{"fields":[["616d6f756e74","ff"],["6b",""]]}'),
    headers: {
      "reprise-raw": "redis-entry-hex-json",
      "reprise-dead-letter-reason": "because",
      "reprise-dead-letter-topic": "orders",
      "reprise-dead-letter-partition": "0",
      "reprise-dead-letter-position": "5-0",
      "reprise-dead-letter-attempt": "2",
    },
  });
});
