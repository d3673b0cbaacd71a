/**
 * Goal: the aggregate adds up, and its hash tells any two runs apart.
 * Method: a handful of messages with sums done by hand; one changed byte and one changed order.
 */
import { createHash } from "node:crypto";
import { type Envelope, encodeEnvelope } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { createAggregate } from "../src/aggregate.js";

const text = new TextEncoder();

function message(key: string, type: string, value: string): Envelope {
  const headers = { "event-type": type };
  return { topic: "t", key: text.encode(key), value: text.encode(value), headers };
}

const messages = [
  message("ada", "order.placed", '{"amount":10}'),
  message("bob", "order.placed", '{"amount":5}'),
  message("ada", "order.paid", '{"amount":7}'),
  message("ada", "ping", "{}"),
];

function aggregateOf(
  envelopes: readonly Envelope[],
): ReturnType<ReturnType<typeof createAggregate>["result"]> {
  const aggregate = createAggregate();
  for (const envelope of envelopes) aggregate.fold(envelope);
  return aggregate.result();
}

test("counts, sums, least and greatest, by key and by type", () => {
  expect(aggregateOf(messages)).toMatchObject({
    total: { count: 4, amount_sum: 22, amount_min: 5, amount_max: 10, value_bytes: 39 },
    by_key: {
      ada: { count: 3, amount_sum: 17, amount_min: 7, amount_max: 10, value_bytes: 27 },
      bob: { count: 1, amount_sum: 5 },
    },
    by_type: {
      "order.placed": { count: 2, amount_sum: 15 },
      ping: { count: 1, amount_sum: 0, value_bytes: 2 },
    },
  });
});

test("the chain is SHA-256 over the one before and the envelope", () => {
  let chain = Buffer.alloc(32);
  for (const envelope of messages) {
    chain = createHash("sha256").update(chain).update(encodeEnvelope(envelope)).digest();
  }
  expect(aggregateOf(messages)).toMatchObject({ chain_sha256: chain.toString("hex") });
});

test("another order is another aggregate, and so is another byte", () => {
  const [first, second, ...rest] = messages as [Envelope, Envelope, ...Envelope[]];
  const whole = JSON.stringify(aggregateOf(messages));
  expect(JSON.stringify(aggregateOf([second, first, ...rest]))).not.toBe(whole);
  const changed = { ...first, key: text.encode("adb") };
  expect(JSON.stringify(aggregateOf([changed, second, ...rest]))).not.toBe(whole);
});

test.each(["", "[]", "1", '{"amount":"1"}', '{"amount":1.5}', '{"amount":1'])(
  "the value %j is refused and leaves nothing behind",
  (value) => {
    const aggregate = createAggregate();
    expect(() => aggregate.fold(message("k", "order.paid", value))).toThrow();
    expect(aggregate.result()).toMatchObject({ total: { count: 0 }, by_key: {} });
  },
);
