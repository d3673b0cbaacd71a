/**
 * Goal: a catalogue is read only where the document is what the schema says, and what is wrong is
 * pointed at; a codec bound to it lets through its topics and their sizes only.
 * Method: one good document; changes to it, each with the JSON Pointer written by hand.
 */

import {
  decodeEnvelope,
  type Envelope,
  encodeEnvelope,
  readTopicCatalogue,
} from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

type Members = Readonly<Record<string, string | number | boolean | null>>;

const orders: Members = {
  id: "orders.created",
  key_brand: "customer_id_v1",
  value_brand: "order_v1",
  max_value_bytes: 4,
};
const events: Members = { id: "events", key_brand: "", value_brand: "v", max_value_bytes: 2 ** 30 };
const index = {
  schema_version: "x07.arch.msg.index@0.1.0",
  topics: [orders, events],
  rr_policy_id: "msg_rr_v1",
};

const catalogue = readTopicCatalogue(index);
const none = new Uint8Array(0);
const envelope: Envelope = { topic: "orders.created", key: none, value: none, headers: {} };

test("holds what the document says", () => {
  expect([...catalogue.topics.keys()]).toEqual(["orders.created", "events"]);
  expect(catalogue.topics.get("orders.created")).toEqual({
    id: "orders.created",
    keyBrand: "customer_id_v1",
    valueBrand: "order_v1",
    maxValueBytes: 4,
  });
  expect(catalogue.rrPolicyId).toBe("msg_rr_v1");
});

describe("a document is refused", () => {
  const without = (members: object, name: string) =>
    Object.fromEntries(Object.entries(members).filter(([key]) => key !== name));
  const withOrders = (members: object) => ({
    ...index,
    topics: [events, { ...orders, ...members }],
  });
  // The schemas take any JSON; what does not compile is the point.
  const read = (document: unknown) =>
    refusalOf(() => readTopicCatalogue(document as Parameters<typeof readTopicCatalogue>[0]));

  test.each<[name: string, document: unknown, pointer: string]>([
    ["that is null", null, ""],
    ["that is a list", [index], "/schema_version"],
    ["that is text", "x07.arch.msg.index@0.1.0", ""],
    ["without a version", without(index, "schema_version"), "/schema_version"],
    [
      "of another version",
      { ...index, schema_version: "x07.arch.msg.index@0.2.0" },
      "/schema_version",
    ],
    ["with a member more", { ...index, extra: 1 }, "/extra"],
    ["with a member whose name a pointer escapes", { ...index, "a/b~c": 1 }, "/a~1b~0c"],
    ["without topics", without(index, "topics"), "/topics"],
    ["whose topics are an object", { ...index, topics: {} }, "/topics"],
    ["with no topic", { ...index, topics: [] }, "/topics"],
    ["with a topic that is null", { ...index, topics: [orders, null] }, "/topics/1"],
    ["with a topic that has a member more", withOrders({ partitions: 3 }), "/topics/1/partitions"],
    ["with a topic without an id", { ...index, topics: [without(orders, "id")] }, "/topics/0/id"],
    ["with an empty id", withOrders({ id: "" }), "/topics/1/id"],
    ["with an id that is a number", withOrders({ id: 1 }), "/topics/1/id"],
    ["with an id of 257 characters", withOrders({ id: "x".repeat(257) }), "/topics/1/id"],
    ["with an id of 257 emoji", withOrders({ id: "😀".repeat(257) }), "/topics/1/id"],
    ["with an id twice", { ...index, topics: [orders, events, events] }, "/topics/2/id"],
    ["with a key brand that is null", withOrders({ key_brand: null }), "/topics/1/key_brand"],
    ["with a long key brand", withOrders({ key_brand: "x".repeat(257) }), "/topics/1/key_brand"],
    ["with an empty value brand", withOrders({ value_brand: "" }), "/topics/1/value_brand"],
    ["with a limit of 0", withOrders({ max_value_bytes: 0 }), "/topics/1/max_value_bytes"],
    ["with a limit below 0", withOrders({ max_value_bytes: -1 }), "/topics/1/max_value_bytes"],
    [
      "with a limit of 2^30 + 1",
      withOrders({ max_value_bytes: 2 ** 30 + 1 }),
      "/topics/1/max_value_bytes",
    ],
    ["with half a byte", withOrders({ max_value_bytes: 1.5 }), "/topics/1/max_value_bytes"],
    ["with a limit as text", withOrders({ max_value_bytes: "4" }), "/topics/1/max_value_bytes"],
    ["without a policy", without(index, "rr_policy_id"), "/rr_policy_id"],
    ["with an empty policy", { ...index, rr_policy_id: "" }, "/rr_policy_id"],
    ["with a long policy", { ...index, rr_policy_id: "x".repeat(129) }, "/rr_policy_id"],
  ])("%s", (_name, document, pointer) => {
    const refusal = read(document);
    expect([refusal.code, refusal.details.pointer]).toEqual(["CONTRACT_INVALID", pointer]);
    expect(refusal.message).toMatch(/^message index: /);
  });
});

test("lengths at their limits, counted in characters", () => {
  const id = "😀".repeat(256);
  const topic = {
    id,
    key_brand: "x".repeat(256),
    value_brand: "x".repeat(256),
    max_value_bytes: 1,
  };
  const read = readTopicCatalogue({ ...index, topics: [topic], rr_policy_id: "x".repeat(128) });
  expect(read.topics.has(id)).toBe(true);
});

describe("a message", () => {
  test("of the catalogue is encoded as without one", () => {
    const full = { ...envelope, value: Uint8Array.of(1, 2, 3, 4) };
    expect(catalogue.encode(full)).toEqual(encodeEnvelope(full));
    expect(decodeEnvelope(catalogue.encode(full))).toEqual(full);
  });
  test.each<[name: string, parts: Record<string, unknown>, x07: number]>([
    ["of an unknown topic", { topic: "orders" }, 9501],
    ["of a topic in capitals", { topic: "EVENTS" }, 9501],
    ["of no topic", { topic: undefined }, 9501],
    ["of a topic that every object has", { topic: "constructor" }, 9501],
    ["a byte too long", { value: new Uint8Array(5) }, 9502],
    ["whose value is text", { value: "1234" }, 9503],
    ["whose value is null", { value: null }, 9503],
    ["of an unknown topic, and too long", { topic: "x", value: new Uint8Array(5) }, 9501],
    ["too long, with bad headers", { value: new Uint8Array(5), headers: null }, 9502],
  ])("%s is refused", (_name, parts, x07) => {
    const bad = { ...envelope, ...parts } as Envelope;
    expect(refusalOf(() => catalogue.check(bad)).x07).toBe(x07);
    expect(refusalOf(() => catalogue.encode(bad)).x07).toBe(x07);
  });
  test("too long says how long, and how long it may be", () => {
    const refusal = refusalOf(() => catalogue.check({ ...envelope, value: new Uint8Array(7) }));
    expect(refusal.details).toEqual({ limit: 4, actual: 7 });
    expect(refusal.message).toBe("value is 7 bytes, at most 4 on orders.created");
  });
  test("that is none is refused", () => {
    expect(refusalOf(() => catalogue.check(null as unknown as Envelope)).x07).toBe(9501);
  });
  test("with bad headers passes `check`, which looks at topic and value, and not `encode`", () => {
    const bad = { ...envelope, headers: { é: "1" } };
    expect(() => catalogue.check(bad)).not.toThrow();
    expect(refusalOf(() => catalogue.encode(bad)).x07).toBe(9504);
  });
});
