/**
 * Goal: a recording holds what the program saw, entry by entry, in the order in which it saw it.
 * Method: a scripted driver; the cassette is compared as lines.
 */
import { MsgError } from "@reprise/msg-core";
import { createMemoryStore, readSanitizer, recordingDriver } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { allLines, entryLines } from "./entry-lines.ts";
import { deferred, delivery, message, receiptAt, scriptedDriver } from "./scripted-driver.ts";
import { type Options, sessionOn } from "./sessions.ts";

function setUp(options: Options = {}) {
  const store = createMemoryStore();
  const session = sessionOn(store, { mode: "record", ...options });
  const script = scriptedDriver();
  return { store, session, script, driver: recordingDriver(script, session) };
}

test("the first entry says what the driver can, and comes with the first call", async () => {
  const { store, script, driver } = setUp();
  expect(store.load(1)).toBeUndefined();
  script.publishes.push([receiptAt("0")]);
  await driver.publish([message()]);
  expect(allLines(store)[0]).toBe(
    'rr e event {"detail":"{\\"countsAttempts\\":true,\\"durable\\":false,' +
      '\\"orderAfterRetry\\":false,\\"orderPerKey\\":true}","name":"driver.opened"}',
  );
});

test("publishes are kept with their receipts, deliveries with their batch, settlements with time", async () => {
  const { store, script, driver } = setUp();
  script.publishes.push([receiptAt("7"), receiptAt("8", 3)]);
  await driver.publish([message({ headers: { h: "1" } }), message({ key: "x" })]);
  const [one, other] = [delivery("7"), { ...delivery("8", { key: "x" }), attempt: 2 }];
  script.polls.push([one, { ...other, redelivered: true }], []);
  const polled = await driver.poll({ maxItems: 10 });
  expect(polled).toEqual([one, { ...other, redelivered: true }]);
  await driver.settle([
    { delivery: one, outcome: "ack", latencyTicks: 12 },
    { delivery: other, outcome: "reject", reason: "no such" },
  ]);
  expect(await driver.poll({ maxItems: 1, waitMs: 0 })).toEqual([]);
  expect(entryLines(store)).toEqual([
    'rr e publish t k=v {"h":"1"} -> 0/7',
    "rr e publish t x=v {} -> 3/8",
    "rr e poll t k=v {} 0/2 #1 0/7",
    "rr e poll t x=v {} 1/2 #2 again 0/8",
    'rr e settle t/0 7 #1 ack "" 12 us',
    'rr e settle t/0 8 #2 reject "no such"',
    'rr e event {"detail":"","name":"poll.empty"}',
  ]);
});

test("failures are kept with their codes: of a batch, of some of it, of a poll, of a settlement", async () => {
  const { store, script, driver } = setUp();
  const refused = new MsgError("QUEUE_FULL", "full");
  const outcomes = [receiptAt("1"), refused, new MsgError("VALUE_TOO_LONG", "long")];
  const incomplete = new MsgError("PUBLISH_INCOMPLETE", "some", { outcomes });
  script.publishes.push(incomplete, new MsgError("ABORTED", "stop"), new Error("socket"));
  const batch = [message({ key: "a" }), message({ key: "b" }), message({ key: "c" })];
  await expect(driver.publish(batch)).rejects.toBe(incomplete);
  await expect(driver.publish([message()])).rejects.toMatchObject({ code: "ABORTED" });
  await expect(driver.publish([message()])).rejects.toThrow("socket");
  script.polls.push(new MsgError("LIMIT_EXCEEDED", "0"));
  await expect(driver.poll({ maxItems: 0 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  script.settles.push(new MsgError("DELIVERY_UNKNOWN", "what"));
  const settlement = { delivery: delivery("5"), outcome: "ack" } as const;
  await expect(driver.settle([settlement])).rejects.toMatchObject({ code: "DELIVERY_UNKNOWN" });
  expect(entryLines(store)).toEqual([
    "rr e publish t a=v {} -> 0/1",
    "rr e publish t b=v {} tag 2 QUEUE_FULL (full) message err 1",
    "rr e publish t c=v {} tag 2 VALUE_TOO_LONG (long) message err 9502",
    "rr e publish t k=v {} tag 2 ABORTED (stop) batch err 1",
    "rr e publish t k=v {} tag 2 BROKER_REFUSED (socket) batch err 1",
    'rr e event {"detail":"{\\"code\\":\\"LIMIT_EXCEEDED\\",\\"message\\":\\"0\\",' +
      '\\"scope\\":\\"batch\\"}","name":"poll.failed"} err 1',
    'rr e settle t/0 5 #1 ack "" DELIVERY_UNKNOWN (what) batch err 1',
  ]);
});

test("broker events and settlements that came too late are kept where they happened", async () => {
  const { store, script, driver } = setUp();
  const one = delivery("1");
  script.polls.push([one, delivery("2")]);
  script.tell({ type: "broker", name: "rebalanced", detail: "2 partitions" });
  const [first, second] = await driver.poll({ maxItems: 2 });
  if (first === undefined || second === undefined) throw new Error("two were scripted");
  // The driver tells of a copy of its own.
  script.settles.push([{ ...one, envelope: { ...one.envelope } }]);
  await driver.settle([
    { delivery: first, outcome: "ack" },
    { delivery: second, outcome: "ack" },
  ]);
  script.tell({ type: "broker", name: "disconnected", detail: "reset" });
  expect(entryLines(store)).toEqual([
    'rr e event {"detail":"2 partitions","name":"rebalanced"}',
    "rr e poll t k=v {} 0/2 #1 0/1",
    "rr e poll t k=v {} 1/2 #1 0/2",
    'rr e settle t/0 1 #1 ack "" stale',
    'rr e settle t/0 2 #1 ack ""',
    'rr e event {"detail":"reset","name":"disconnected"}',
  ]);
});

test("a poll that its signal or the close ended is kept as such", async () => {
  const { store, script, driver } = setUp();
  const controller = new AbortController();
  const [aborted, closed] = [deferred<[]>(), deferred<[]>()];
  script.polls.push(aborted.promise, closed.promise);
  const first = driver.poll({ maxItems: 1, signal: controller.signal });
  controller.abort();
  aborted.resolve([]);
  await first;
  const second = driver.poll({ maxItems: 1 });
  const closing = driver.close();
  closed.resolve([]);
  expect(await second).toEqual([]);
  await closing;
  expect(entryLines(store)).toEqual([
    'rr e event {"detail":"","name":"poll.aborted"}',
    'rr e event {"detail":"","name":"poll.closed"}',
  ]);
});

test("calls on a closed driver, and calls for nothing, leave nothing", async () => {
  const { store, script, driver } = setUp();
  script.publishes.push([], new MsgError("CLOSED", "closed"));
  await driver.publish([]);
  await driver.settle([]);
  await driver.close();
  await expect(driver.publish([message()])).rejects.toMatchObject({ code: "CLOSED" });
  expect(store.load(1)).toBeUndefined();
});

test("calls that overlap say whose turn it was", async () => {
  const { store, script, driver } = setUp();
  const [slow, poll] = [deferred<[{ partition: 0; position: string }]>(), deferred<[]>()];
  script.publishes.push(slow.promise, [receiptAt("2")]);
  script.polls.push(poll.promise);
  const polling = driver.poll({ maxItems: 1, waitMs: 9 });
  const first = driver.publish([message({ value: "1" })]);
  await driver.publish([message({ value: "2" })]);
  poll.resolve([]);
  await polling;
  slow.resolve([{ partition: 0, position: "1" }]);
  await first;
  expect(entryLines(store)).toEqual([
    'rr e event {"detail":"{\\"during\\":0,\\"older\\":1,\\"size\\":1}","name":"publish.waited"}',
    "rr e publish t k=2 {} -> 0/2",
    'rr e event {"detail":"{\\"during\\":2,\\"older\\":0,\\"size\\":0}","name":"poll.waited"}',
    'rr e event {"detail":"","name":"poll.empty"}',
    'rr e event {"detail":"{\\"during\\":1,\\"older\\":0,\\"size\\":1}","name":"publish.waited"}',
    "rr e publish t k=1 {} -> 0/1",
  ]);
});

test.each([
  [1.6, 2],
  [-3, 0],
  [Number.NaN, undefined],
  [2 ** 40, 2 ** 32 - 1],
  [Number.POSITIVE_INFINITY, 2 ** 32 - 1],
])("latency ticks of %d are kept, and shown to observers, as %j", async (given, kept) => {
  const { store, script, driver } = setUp();
  await driver.settle([{ delivery: delivery("1"), outcome: "ack", latencyTicks: given }]);
  expect(script.settled[0]?.latencyTicks).toBe(kept);
  expect(entryLines(store)[0]).toBe(
    `rr e settle t/0 1 #1 ack ""${kept === undefined ? "" : ` ${kept} us`}`,
  );
});

const sanitizer = readSanitizer({
  schema_version: "x07.arch.rr.sanitize@0.1.0",
  id: "s",
  v: 1,
  redact_headers: ["authorization"],
  redact_token: "redacted",
});

test("what is redacted reaches the broker and the program, and not the cassette", async () => {
  const { store, script, driver } = setUp({ sanitizer });
  const headers = { authorization: "Bearer abc" };
  script.publishes.push([receiptAt("1")]);
  await driver.publish([message({ headers })]);
  script.polls.push([delivery("1", { headers })]);
  const [came] = await driver.poll({ maxItems: 1 });
  expect(came?.envelope.headers).toEqual(headers);
  expect(entryLines(store)).toEqual([
    'rr e publish t k=v {"authorization":"redacted"} -> 0/1',
    'rr e poll t k=v {"authorization":"redacted"} 0/1 #1 0/1',
  ]);
});
