/**
 * Goal: a delivery is in one state at a time, and a settlement of any other is told apart: held,
 * taken back (stale), unknown.
 * Method: by hand, names that differ in one part.
 */
import { expect, test } from "vitest";
import type { Incoming } from "../src/broker-driver/broker-link.js";
import { createLedger } from "../src/broker-driver/ledger.js";

const nothing = new Uint8Array(0);
const incoming = (position: string, change: Partial<Incoming<string>> = {}): Incoming<string> => ({
  envelope: { topic: "orders", key: nothing, value: nothing, headers: {} },
  partition: 0,
  position,
  attempt: 1,
  redelivered: false,
  handle: position,
  messageId: undefined,
  ...change,
});
const unknown = expect.objectContaining({ code: "DELIVERY_UNKNOWN" });

test("what is held can be claimed once; finished, it is unknown", () => {
  const ledger = createLedger<string>();
  const one = ledger.add(incoming("1"), 0);
  expect(ledger.claim([one])).toEqual([one]);
  expect(() => ledger.claim([one])).toThrow(unknown);
  ledger.finish([one]);
  expect(() => ledger.claim([one])).toThrow(unknown);
  expect(ledger.all()).toEqual([]);
});

test.each([
  ["position", incoming("2")],
  ["partition", incoming("1", { partition: 1 })],
  ["attempt", incoming("1", { attempt: 2 })],
  ["topic", incoming("1", { envelope: { ...incoming("1").envelope, topic: "order" } })],
  ["a position that runs into the topic", incoming("1 orders")],
])("another %s is another delivery", (_, other) => {
  const ledger = createLedger<string>();
  ledger.add(incoming("1"), 0);
  expect(() => ledger.claim([other])).toThrow(unknown);
});

test("one unknown among many: none is claimed", () => {
  const ledger = createLedger<string>();
  const one = ledger.add(incoming("1"), 0);
  expect(() => ledger.claim([one, incoming("2")])).toThrow(unknown);
  expect(() => ledger.claim([one, one])).toThrow(unknown);
  expect(ledger.claim([one])).toEqual([one]);
});

test("what was taken back is stale; delivered again and finished, it is unknown", () => {
  const ledger = createLedger<string>();
  const one = ledger.add(incoming("1"), 0);
  ledger.revoke(() => true);
  expect(ledger.claim([one])).toEqual([undefined]);
  const again = ledger.add(incoming("1"), 0);
  expect(ledger.claim([again])).toEqual([again]);
  ledger.finish([again]);
  expect(() => ledger.claim([one])).toThrow(unknown);
});

test("a claim that failed: forfeit, it is stale; unclaimed, it is held", () => {
  const ledger = createLedger<string>();
  const [one, two] = [ledger.add(incoming("1"), 0), ledger.add(incoming("2"), 0)];
  ledger.claim([one, two]);
  ledger.forfeit([one]);
  ledger.unclaim([two]);
  expect(ledger.claim([one, two])).toEqual([undefined, two]);
});

test("a second delivery of a name that is held gets a higher attempt, and says so", () => {
  const ledger = createLedger<string>();
  const first = ledger.add(incoming("1"), 0);
  const second = ledger.add(incoming("1"), 0);
  expect(second).toMatchObject({ attempt: 2, redelivered: true });
  ledger.claim([second]);
  expect(ledger.add(incoming("1"), 0).attempt).toBe(3);
  expect(ledger.claim([first])).toEqual([first]);
});

test("the oldest is the one held longest; what is settling is not held up by a handler", () => {
  const ledger = createLedger<string>();
  expect(ledger.oldest()).toBeUndefined();
  const one = ledger.add(incoming("1"), 10);
  ledger.add(incoming("2"), 20);
  expect(ledger.oldest()?.since).toBe(10);
  ledger.claim([one]);
  expect(ledger.oldest()?.since).toBe(20);
});

test("deliveries of one position, in many partitions and topics, are kept apart", () => {
  const ledger = createLedger<string>();
  const elsewhere = { ...incoming("7").envelope, topic: "refunds" };
  const all = [
    incoming("7"),
    incoming("7", { partition: 1 }),
    incoming("7", { partition: 2 }),
    incoming("7", { envelope: elsewhere }),
  ].map((one) => ledger.add(one, 0));
  const [first, second, third, fourth] = all;
  if (!first || !second || !third || !fourth) throw new Error("four were added");
  expect([...ledger.all()].sort(byPlace)).toEqual([...all].sort(byPlace));
  for (const [one, left] of [
    [second, 3],
    [fourth, 2],
    [first, 1],
    [third, 0],
  ] as const) {
    expect(ledger.claim([one])).toEqual([one]);
    ledger.finish([one]);
    expect(ledger.all()).toHaveLength(left);
    expect(() => ledger.claim([one])).toThrow(unknown);
  }
});

const byPlace = (a: Incoming<string>, b: Incoming<string>): number =>
  a.partition - b.partition || a.envelope.topic.localeCompare(b.envelope.topic);
