/**
 * Goal: an envelope's bytes survive the way through an AMQP message, others find in it what they
 * expect, and what others send becomes an envelope by a stated rule or is refused.
 * Method: messages by hand, as the client hands them over; then a property over drawn envelopes.
 */
import { type Envelope, encodeEnvelope } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { type AmqpMessage, envelopeOf, messageOf, type Wire } from "../src/mapping.js";
import { refusal } from "./refusal.ts";

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const envelope = (parts: Partial<Envelope>): Envelope => ({
  topic: "orders",
  key: text(""),
  value: text("v"),
  headers: {},
  ...parts,
});
const received = (properties: object, body = text("v")): AmqpMessage => ({
  topic: "orders",
  properties,
  body,
});
/** A member of that name: written in a literal it would set the prototype. */
const hostile = JSON.parse('{"__proto__":"a header"}') as Record<string, string>;

const written: readonly (readonly [string, Partial<Envelope>, object])[] = [
  ["nothing", {}, { headers: {} }],
  ["a text key", { key: text("customer-7") }, { headers: { "reprise-key": "customer-7" } }],
  ["a key with a mark", { key: text("\ufeffk") }, { headers: { "reprise-key": "\ufeffk" } }],
  [
    "a key that is no text",
    { key: Uint8Array.of(0xff, 0) },
    { headers: { "reprise-key": Uint8Array.of(0xff, 0) } },
  ],
  ["a header", { headers: { "event-type": "placed" } }, { headers: { "event-type": "placed" } }],
  [
    "headers that are properties",
    {
      headers: {
        "content-type": "application/json",
        "content-encoding": "gzip",
        "amqp-correlation-id": "c",
        "amqp-reply-to": "answers",
        "amqp-type": "t",
        "amqp-app-id": "",
      },
    },
    {
      headers: {},
      contentType: "application/json",
      contentEncoding: "gzip",
      correlationId: "c",
      replyTo: "answers",
      type: "t",
      appId: "",
    },
  ],
  [
    "a content type that is too long for a property",
    { headers: { "content-type": "é".repeat(128) } },
    { headers: { "content-type": "é".repeat(128) } },
  ],
  [
    "a reply-to that RabbitMQ would act on",
    { headers: { "amqp-reply-to": "amq.rabbitmq.reply-to" } },
    { headers: { "amqp-reply-to": "amq.rabbitmq.reply-to" } },
  ],
  [
    "properties that RabbitMQ would act on",
    { headers: { "amqp-user-id": "u", "amqp-expiration": "1", "amqp-priority": "9" } },
    { headers: { "amqp-user-id": "u", "amqp-expiration": "1", "amqp-priority": "9" } },
  ],
  [
    "reserved names",
    { headers: { CC: "a", BCC: "b", "reprise-key": "c", "x-death": "d", cc: "e" } },
    {
      headers: {
        "reprise-escaped-CC": "a",
        "reprise-escaped-BCC": "b",
        "reprise-escaped-reprise-key": "c",
        "reprise-escaped-x-death": "d",
        cc: "e",
      },
    },
  ],
  [
    "a name that is escaped already",
    { headers: { "reprise-escaped-CC": "a" } },
    { headers: { "reprise-escaped-reprise-escaped-CC": "a" } },
  ],
  [
    "a name that the client's decoder loses",
    { headers: hostile },
    { headers: { "reprise-escaped-__proto__": "a header" } },
  ],
];

test.each(written)("written natively: %s", (_, parts, properties) => {
  const sent = envelope(parts);
  const message = messageOf(sent, "native", "id-1");
  expect(message.properties).toEqual({ deliveryMode: 2, messageId: "id-1", ...properties });
  expect(message.body).toBe(sent.value);
  expect(encodeEnvelope(envelopeOf(message, "native"))).toStrictEqual(encodeEnvelope(sent));
});

const whole: readonly (readonly [string, Wire, Partial<Envelope>])[] = [
  ["asked for", "envelope", { key: text("k"), headers: { a: "b" } }],
  ["a name over 255 bytes with its prefix", "native", { headers: { ["n".repeat(240)]: "v" } }],
  ["headers over 60,000 bytes", "native", { headers: { a: "x".repeat(60_000) } }],
  ["a key over 60,000 bytes", "native", { key: text("x".repeat(60_000)) }],
];

test.each(whole)("written as a whole envelope: %s", (_, wire, parts) => {
  const sent = envelope(parts);
  const message = messageOf(sent, wire, "id-1");
  expect(message).toStrictEqual({
    topic: "orders",
    body: encodeEnvelope(sent),
    properties: {
      contentType: "application/vnd.reprise.envelope-v1",
      deliveryMode: 2,
      messageId: "id-1",
      headers: { "reprise-wire": "envelope" },
    },
  });
  for (const read of ["native", "envelope"] as const) {
    expect(envelopeOf(message, read)).toStrictEqual(sent);
  }
});

test("a table just within the limits is written natively", () => {
  const headers = { ["n".repeat(239)]: "v", a: "é".repeat(28_000) };
  const message = messageOf(envelope({ headers }), "native", "id-1");
  expect(message.properties.headers).toStrictEqual(headers);
});

const read: readonly (readonly [string, object, Partial<Envelope>])[] = [
  ["no properties at all", {}, {}],
  ["absent ones", { headers: undefined, contentType: undefined, priority: undefined }, {}],
  [
    "typed values",
    { headers: { n: 7, d: -2.5, yes: true, no: false, nothing: null, big: 2 ** 70, s: "" } },
    {
      headers: {
        n: "7",
        d: "-2.5",
        yes: "true",
        no: "false",
        nothing: "",
        big: "1.1805916207174113e+21",
        s: "",
      },
    },
  ],
  [
    "typed values of two parts",
    {
      headers: {
        at: { "!": "timestamp", value: 1_700_000_000 },
        price: { "!": "decimal", value: { places: 2, digits: 5 } },
        whole: { "!": "decimal", value: { places: 0, digits: 12 } },
      },
    },
    { headers: { at: "1700000000", price: "0.05", whole: "12" } },
  ],
  [
    "bytes, arrays and tables",
    { headers: { bytes: Uint8Array.of(0, 255), list: ["a", 1, null], table: { b: 1, a: true } } },
    { headers: { bytes: "00ff", list: '["a",1,null]', table: '{"a":true,"b":1}' } },
  ],
  [
    "every other property",
    {
      priority: 4,
      expiration: "60000",
      timestamp: 1_700_000_000,
      userId: "guest",
      clusterId: "c",
      deliveryMode: 1,
      messageId: "theirs",
    },
    {
      headers: {
        "amqp-priority": "4",
        "amqp-expiration": "60000",
        "amqp-timestamp": "1700000000",
        "amqp-user-id": "guest",
        "amqp-cluster-id": "c",
      },
    },
  ],
  ["what RabbitMQ counts in", { headers: { "x-delivery-count": 3, "x-acquired-count": 4 } }, {}],
  [
    "the marker of a native message",
    { headers: { "reprise-wire": "native", a: "b" } },
    { headers: { a: "b" } },
  ],
  [
    "an inexact number in the record of a dead letter",
    { headers: { "reprise-dead-letter-headers": { n: 2 ** 60 } } },
    { headers: { "reprise-dead-letter-headers": '{"n":1152921504606847000}' } },
  ],
];

test.each(read)("read natively: %s", (_, properties, parts) => {
  expect(envelopeOf(received(properties), "native")).toStrictEqual(envelope(parts));
});

const refused: readonly (readonly [string, Wire, object, RegExp])[] = [
  ["an integer beyond 2^53", "native", { headers: { n: 2 ** 53 } }, /beyond 2\^53/],
  ["one inside an array", "native", { headers: { n: [[-(2 ** 60)]] } }, /beyond 2\^53/],
  ["a name that is not ASCII", "native", { headers: { ключ: "v" } }, /ключ/],
  ["an empty name", "native", { headers: { "": "v" } }, /empty/],
  ["an escaped empty name", "native", { headers: { "reprise-escaped-": "v" } }, /empty/],
  ["a key that is a number", "native", { headers: { "reprise-key": 7 } }, /neither/],
  ["a key that is void", "native", { headers: { "reprise-key": null } }, /neither/],
  ["a marker of no sense", "native", { headers: { "reprise-wire": "json" } }, /is json/],
  ["a marker that is a number", "envelope", { headers: { "reprise-wire": 1 } }, /is 1/],
  [
    "a header and a property of one name",
    "native",
    { contentType: "a", headers: { "content-type": "b" } },
    /there twice/,
  ],
  [
    "a name twice, once escaped",
    "native",
    { headers: { a: "", "reprise-escaped-a": "" } },
    /twice/,
  ],
  [
    "a body that is said to be an envelope",
    "native",
    { headers: { "reprise-wire": "envelope" } },
    /no envelope/,
  ],
  ["a body that has to be one", "envelope", {}, /no envelope/],
];

test.each(refused)("refused: %s", (_, wire, properties, problem) => {
  const error = refusal(() => envelopeOf(received(properties), wire));
  expect(error.code).toBe("MESSAGE_UNMAPPABLE");
  expect(error.message).toMatch(problem);
});

test("an envelope of somebody who sets no marker is read where envelopes are asked for", () => {
  const sent = envelope({ topic: "elsewhere", key: text("k") });
  expect(envelopeOf(received({}, encodeEnvelope(sent)), "envelope")).toStrictEqual(sent);
});

const names = [
  "a",
  "CC",
  "x-death",
  "reprise-key",
  "content-type",
  "amqp-type",
  "__proto__",
  "~ \n",
];
const values = ["", "plain", "naïve 🎈\u0000\r\n", "amq.x", "x".repeat(300), "\u2028\uffff"];

test("any envelope comes back, whichever way it is written", () => {
  const seed = 20261120;
  const random = seededRandom(seed);
  const below = (end: number): number => random() % end;
  const bytes = (): Uint8Array => Uint8Array.from({ length: below(12) }, () => below(256));
  for (let round = 0; round < 2000; round++) {
    const headers: Record<string, string> = {};
    for (let count = below(5); count > 0; count--) {
      const name = "reprise-escaped-".repeat(below(3)) + names[below(names.length)];
      const value = values[below(values.length)] ?? "";
      Object.defineProperty(headers, name, { value, enumerable: true, configurable: true });
    }
    const sent = { topic: "t", key: bytes(), value: bytes(), headers };
    for (const wire of ["native", "envelope"] as const) {
      const message = messageOf(sent, wire, "id");
      const came = encodeEnvelope(envelopeOf(message, wire));
      expect(came, `seed ${seed} round ${round}`).toStrictEqual(encodeEnvelope(sent));
    }
  }
});
