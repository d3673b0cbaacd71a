/**
 * Goal: observers of the memory driver hear of calls (where it has a clock), of lag, and of each
 * delivery that is taken back, when all is in its place; a call ends in the same turn whether anybody
 * observes or not.
 * Method: short conversations of one or two drivers, with a clock that is set by hand.
 */
import { type Driver, isLive } from "@reprise/msg-core";
import { createMemoryBroker, type MemoryProfile, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { message, poll, settle, text, values, watch } from "./exchange.ts";

function clock() {
  let time = 0;
  let reads = 0;
  return {
    now: () => {
      reads += 1;
      return time;
    },
    pass: (ms: number) => {
      time += ms;
    },
    reads: () => reads,
  };
}

const open = (profile: Partial<MemoryProfile> = {}): Driver =>
  openMemoryDriver({ endpoint: "lab", topics: ["orders"], ...profile });

/** The live events of these types, as text. */
function told(events: ReturnType<typeof watch>, ...types: readonly string[]): readonly string[] {
  return events.flatMap((event) => {
    if (!isLive(event) || !types.includes(event.type)) return [];
    if (event.type === "revoked") {
      const { position, attempt, envelope } = event.delivery;
      return [`${text(envelope.value)} at ${position}, attempt ${attempt}`];
    }
    if (event.type !== "operation") return [event.type];
    const { name, count, durationTicks, blockedTicks, error } = event;
    const blocked = blockedTicks === undefined ? "" : ` blocked ${blockedTicks}`;
    return [`${name} ${count} ${durationTicks}${blocked}${error ? ` ${error.code}` : ""}`];
  });
}

test("a call is told once, with what it took; one of a closed driver is not", async () => {
  const { now, pass } = clock();
  const driver = open({ now });
  const events = watch(driver);
  const waiting = driver.poll({ maxItems: 5 });
  pass(1.5);
  await driver.publish([message("0", "k"), message("1", "k")]);
  const [first] = await waiting;
  await settle(driver, "ack", first);
  await expect(settle(driver, "ack", first)).rejects.toMatchObject({ code: "DELIVERY_UNKNOWN" });
  await expect(poll(driver, 0)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  expect(told(events, "operation")).toEqual([
    "publish 2 0",
    "poll 2 1500",
    "settle 1 0",
    "settle 1 0 DELIVERY_UNKNOWN",
    "poll 0 0 LIMIT_EXCEEDED",
  ]);
  await driver.close();
  const before = events.length;
  await expect(driver.publish([])).rejects.toMatchObject({ code: "CLOSED" });
  expect(events.length).toBe(before);
});

test("a publish that waits says for how long, however it ends", async () => {
  const { now, pass } = clock();
  const broker = createMemoryBroker({ partitions: 1, limits: { partitionMessagesMax: 1 } });
  const driver = open({ now, broker });
  const events = watch(driver);
  await driver.publish([message("0")]);
  const second = driver.publish([message("1")]);
  const third = driver.publish([message("2")]);
  pass(3);
  await settle(driver, "ack", ...(await poll(driver)));
  await second;
  pass(4);
  await driver.close();
  await expect(third).rejects.toMatchObject({ code: "CLOSED" });
  expect(told(events, "operation").filter((one) => one.startsWith("publish"))).toEqual([
    "publish 1 0",
    "publish 1 3000 blocked 3000",
    "publish 1 7000 blocked 7000 CLOSED",
  ]);
});

test("without a clock there are no calls to hear of; without observers no clock is read", async () => {
  const { now, reads } = clock();
  const plain = open();
  const events = watch(plain);
  for (const driver of [plain, open({ now })]) {
    await driver.publish([message("0")]);
    await settle(driver, "ack", ...(await poll(driver)));
  }
  expect(reads()).toBe(0);
  expect(told(events, "operation")).toEqual([]);
});

test("lag: of each partition where it has changed, once for each poll that brings something", async () => {
  const driver = open({ broker: createMemoryBroker({ partitions: 3, seed: 3 }) });
  const events = watch(driver);
  const lags = (): readonly string[] =>
    events
      .splice(0)
      .flatMap((event) => (event.type === "lag" ? [`${event.partition}: ${event.messages}`] : []));
  await poll(driver);
  // Without keys they go to 0, 1, 2, 0, 1.
  await driver.publish(["0", "1", "2", "3", "4"].map((value) => message(value)));
  const [first] = await poll(driver, 1);
  const left = [2, 2, 1];
  left[first?.partition ?? 0] = (left[first?.partition ?? 0] ?? 0) - 1;
  expect(lags()).toEqual(left.map((messages, partition) => `${partition}: ${messages}`));
  await poll(driver);
  expect(lags()).toEqual(["0: 0", "1: 0", "2: 0"].filter((_, index) => left[index] !== 0));
  await driver.publish([message("5")]);
  await poll(driver, 1);
  // It had grown, and is as it was.
  expect(lags()).toEqual([]);
  await driver.publish(["6", "7"].map((value) => message(value)));
  const [next] = await poll(driver, 1);
  expect(lags()).toEqual([`${next?.partition === 0 ? 1 : 0}: 1`]);
  await poll(driver);
  await poll(driver);
  expect(lags().length).toBe(1);
});

test("lag: a topic that nobody has published to is not told of, one that is new is", async () => {
  const driver = open({ broker: createMemoryBroker({ partitions: 2 }) });
  const events = watch(driver);
  await poll(driver);
  await driver.publish([message("0")]);
  await poll(driver);
  const lag = { type: "lag", topic: "orders", partition: 0, messages: 0 };
  expect(events.filter(({ type }) => type === "lag")).toEqual([lag]);
});

test("revoked: what is behind a retry, before the stale of it; not what is retried or done", async () => {
  const driver = open();
  const events = watch(driver);
  await driver.publish(["0", "1", "2", "3"].map((value) => message(value, "k")));
  const [zero, one, two, three] = await poll(driver);
  if (zero === undefined || one === undefined) throw new Error("four were published");
  await settle(driver, "ack", two);
  await driver.settle([
    { delivery: zero, outcome: "retry" },
    { delivery: one, outcome: "ack" },
  ]);
  const types = events.slice(-4).map(({ type }) => type);
  expect(types).toEqual(["revoked", "revoked", "settled", "stale"]);
  const revoked = events.flatMap((event) => (event.type === "revoked" ? [event.delivery] : []));
  expect(revoked).toEqual([one, three]);
});

test("revoked: what moves when another joins, and what is in hand at the close", async () => {
  const broker = createMemoryBroker({ partitions: 2 });
  const [left, right] = [open({ broker }), open({ broker })];
  const [events, others] = [watch(left), watch(right)];
  await poll(left);
  await left.publish(["0", "1", "2", "3"].map((value) => message(value)));
  const held = await poll(left);
  expect(values(await poll(right))).toEqual(["1", "3"]);
  const moved = ["1 at 0, attempt 1", "3 at 1, attempt 1"];
  expect(told(events, "revoked")).toEqual(moved);
  // What it has lost is told before what it has.
  const types = events.map(({ type }) => type);
  expect(types.lastIndexOf("revoked")).toBeLessThan(types.lastIndexOf("broker"));
  await settle(
    left,
    "ack",
    held.find((one) => one.partition === 0 && one.position === "0"),
  );
  await left.close();
  expect(told(events, "revoked")).toEqual([...moved, "2 at 1, attempt 1"]);
  await right.close();
  expect(told(others, "revoked")).toEqual(["1 at 0, attempt 2", "3 at 1, attempt 2"]);
});

test("revoked: another driver may have settled the message before it is told", async () => {
  const broker = createMemoryBroker({ partitions: 1 });
  const [left, right] = [open({ broker }), open({ broker })];
  await left.publish([message("0")]);
  await poll(left);
  const waiting = right.poll({ maxItems: 1 });
  const events = watch(left);
  right.observe((event) => {
    if (event.type === "delivered") void settle(right, "ack", event.delivery);
  });
  await left.close();
  expect(values(await waiting)).toEqual(["0"]);
  expect(told(events, "revoked")).toEqual(["0 at 0, attempt 1"]);
});

/** Turns of the queue of microtasks until each call has ended. */
async function turns(driver: Driver): Promise<readonly number[]> {
  const counts: number[] = [];
  const count = async (call: Promise<unknown>): Promise<void> => {
    let ended = false;
    void call.then(() => {
      ended = true;
    });
    let turn = 0;
    for (; !ended; turn++) await Promise.resolve();
    counts.push(turn);
  };
  await count(driver.publish([message("0", "k")]));
  await count(driver.poll({ maxItems: 1, waitMs: 0 }));
  await count(driver.settle([]));
  const waiting = driver.poll({ maxItems: 1 });
  void driver.publish([message("1", "k")]);
  await count(waiting);
  return counts;
}

test("a call ends in the same turn, observed or not", async () => {
  const { now } = clock();
  const observed = open({ now });
  watch(observed);
  const expected = await turns(open());
  expect(await turns(open({ now }))).toEqual(expected);
  expect(await turns(observed)).toEqual(expected);
});
