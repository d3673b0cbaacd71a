/**
 * Goal: who observes a recorded run and who observes its replay see the same events, every one, with
 * all that is in them; live events are for those who observe the broker's driver.
 * Method: one program with every kind of event, on the memory driver with a clock, recorded and
 * replayed; its observers' lists are compared as a whole.
 */
import { consume, type Driver, type DriverEvent, isLive, MsgError } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import {
  checkAllUsed,
  createMemoryStore,
  recordingDriver,
  replayDriver,
  sessionDriver,
} from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { message as written } from "./scripted-driver.ts";
import { recorded, sessionOn } from "./sessions.ts";

const kind = "memory";
const endpoints = ["left", "right"] as const;
const text = new TextDecoder();

const message = (value: string) => written({ key: value, value, topic: "orders" });

function watch(driver: Driver): DriverEvent[] {
  const events: DriverEvent[] = [];
  driver.observe((event) => {
    events.push(event);
  });
  return events;
}

const open = (endpoint: string, broker = createMemoryBroker({ partitions: 3, seed: 5 })) =>
  openMemoryDriver({
    ...{ endpoint, topics: ["orders"], group: "g", broker, now: () => 0 },
  });

/** Two drivers of a group: refusals, retries, a rebalance, late settlements, duplicates, a close. */
async function program(left: Driver, right: Driver): Promise<void> {
  await left.poll({ maxItems: 1, waitMs: 0 });
  await left.publish(["0", "1", "2", "3", "4", "5", "6", "7"].map(message));
  const signal = AbortSignal.abort();
  await expect(left.publish([message("x")], { signal })).rejects.toBeInstanceOf(MsgError);
  const held = await left.poll({ maxItems: 8, waitMs: 0 });
  const settle = async (index: number, outcome: "ack" | "retry" | "reject") => {
    const delivery = held[index];
    if (delivery === undefined) throw new Error("eight were published");
    await left.settle([{ delivery, outcome, reason: "why", latencyTicks: 3 }]);
  };
  await settle(0, "ack");
  await settle(1, "reject");
  await settle(2, "retry");
  await expect(settle(0, "ack")).rejects.toMatchObject({ code: "DELIVERY_UNKNOWN" });
  // Takes some of the partitions: what was held of them is late from now on.
  await right.poll({ maxItems: 1, waitMs: 0 });
  for (const index of [3, 4, 5, 6, 7]) {
    await settle(index, "ack").catch((error: unknown) => {
      expect(error).toMatchObject({ code: "DELIVERY_UNKNOWN" });
    });
  }
  for (const driver of [left, right]) {
    await driver.publish(["0", "1", "2", "3", "4", "5"].map(message));
    const idOf = ({ value }: { value: Uint8Array }) => text.decode(value);
    const deduplicate = { idOf };
    await consume(driver, () => undefined, { stopWhenIdle: true, deduplicate, waitMs: 0 });
    await driver.publish(["a", "b", "c", "d"].map(message));
    await driver.poll({ maxItems: 2, waitMs: 0 });
  }
  await left.close();
  await right.close();
}

/** As data: errors are made again, by code and message. */
const shown = (events: readonly DriverEvent[]): readonly unknown[] =>
  events.map((event) => {
    if (event.type !== "refused") return event;
    const { code, message: says } = event.error;
    return { ...event, error: { code, says } };
  });

async function recordedRun() {
  const broker = createMemoryBroker({ partitions: 3, seed: 5 });
  const real = endpoints.map((endpoint) => open(endpoint, broker));
  const direct = real.map(watch);
  const seen: DriverEvent[][] = [];
  const store = await recorded(async (session) => {
    const drivers = real.map((driver) => recordingDriver(driver, session));
    seen.push(...drivers.map(watch));
    await program(...(drivers as [Driver, Driver]));
  });
  return { store, direct, seen };
}

test.each(["lookup", "transcript"] as const)(
  "the replay's observers see what the recording's saw: %s",
  async (matchMode) => {
    const { store, seen } = await recordedRun();
    const session = sessionOn(store, { matchMode });
    const drivers = endpoints.map((endpoint) => replayDriver(session, { kind, endpoint }));
    const again = drivers.map(watch);
    await program(...(drivers as [Driver, Driver]));
    checkAllUsed(session);
    expect(again.map(shown)).toStrictEqual(seen.map(shown));
    const types = new Set(seen.flat().map(({ type }) => type));
    expect([...types].sort()).toEqual(
      ["broker", "delivered", "published", "refused", "settled", "stale"].sort(),
    );
    const duplicates = seen.flat().filter((one) => one.type === "settled" && one.duplicate);
    expect(duplicates.length).toBeGreaterThan(0);
  },
);

test("the broker's driver tells more, and the recording passes on all of it that is not live", async () => {
  const { direct, seen } = await recordedRun();
  const live = direct.flat().filter(isLive);
  expect([...new Set(live.map(({ type }) => type))].sort()).toEqual([
    "lag",
    "operation",
    "revoked",
  ]);
  expect(seen).toEqual(direct.map((events) => events.filter((event) => !isLive(event))));
});

test("what is made up for by the real driver is observed the same way, and live events are not", async () => {
  const store = createMemoryStore();
  const run = async () => {
    const session = sessionOn(store, { mode: "record-missing" });
    const driver = await sessionDriver(session, { kind, endpoint: "e", open: () => open("e") });
    const events = watch(driver);
    await driver.publish([message("0")]);
    const [one] = await driver.poll({ maxItems: 1, waitMs: 0 });
    if (one === undefined) throw new Error("one was published");
    await driver.settle([{ delivery: one, outcome: "ack", duplicate: true }]);
    await driver.close();
    session.close();
    return shown(events.filter(({ type }) => type !== "broker"));
  };
  const first = await run();
  expect(first.map((event) => (event as DriverEvent).type)).toEqual([
    "published",
    "delivered",
    "settled",
  ]);
  expect(await run()).toStrictEqual(first);
});
