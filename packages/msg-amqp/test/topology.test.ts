/**
 * Goal: a topology that RabbitMQ would refuse, or that says something twice, is refused before.
 * Method: one sound document, then one change at a time.
 */
import { readFileSync } from "node:fs";
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import { readAmqpTopology } from "@reprise/msg-amqp";
import { expect, test } from "vitest";
import { checkedTopology } from "../src/topology.js";
import { refusal } from "./refusal.ts";

const exchange = { name: "e", type: "topic" };
const queue = { name: "q", durable: false };
const binding = { exchange: "e", queue: "q", routing_key: "" };
const sound: Record<string, JsonValue> = {
  schema_version: "x07.arch.msg.amqp.topology@0.1.0",
  id: "t",
  v: 1,
  exchanges: [exchange],
  queues: [queue],
  bindings: [binding],
};

test("the lab's topology", () => {
  const file = new URL("../../../arch/msg/amqp/topologies/lab_v1.topology.json", import.meta.url);
  const { id, queues } = readAmqpTopology(parseJson(readFileSync(file, "utf8")));
  expect(id).toBe("lab_v1");
  expect(queues.map(({ name }) => name)).toEqual(["lab.orders", "lab.orders.dead-letter"]);
});

test("a sound one, as a document and as an object", () => {
  const { schema_version: _, ...topology } = sound;
  const read = readAmqpTopology(sound);
  expect(read).toStrictEqual(topology);
  expect(checkedTopology(read)).toStrictEqual(topology);
});

const bad: readonly (readonly [string, Record<string, JsonValue>])[] = [
  ["/schema_version", { schema_version: "x07.arch.msg.amqp.profile@0.1.0" }],
  ["/id", { id: "a b" }],
  ["/exchanges/0/name", { exchanges: [{ ...exchange, name: "" }] }],
  ["/exchanges/0/name", { exchanges: [{ ...exchange, name: "é".repeat(128) }] }],
  ["/exchanges/0/type", { exchanges: [{ ...exchange, type: "x-delayed-message" }] }],
  ["/exchanges/0/internal", { exchanges: [{ ...exchange, internal: true }] }],
  ["/exchanges/1/name", { exchanges: [exchange, { ...exchange, type: "direct" }] }],
  ["/queues/0/durable", { queues: [{ name: "q", durable: "yes" }] }],
  ["/queues/1/name", { queues: [queue, queue] }],
  ["/bindings/0/routing_key", { bindings: [{ ...binding, routing_key: "x".repeat(256) }] }],
  ["/bindings/0/exchange", { bindings: [{ ...binding, exchange: "other" }] }],
  ["/bindings/0/queue", { bindings: [{ ...binding, queue: "other" }] }],
  ["/bindings/1", { bindings: [binding, binding] }],
  ["/policies", { policies: [] }],
];

test.each(bad)("wrong at %s: %o", (pointer, change) => {
  const error = refusal(() => readAmqpTopology({ ...sound, ...change }));
  expect(error.code).toBe("CONTRACT_INVALID");
  expect(error.details.pointer).toBe(pointer);
});
