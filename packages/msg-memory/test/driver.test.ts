/**
 * Goal: the driver as a program meets it: the README's example, closing at any time, memory that is
 * given back.
 * Method: `consume` on it; the process is asked nothing, the broker's log is looked at.
 */
import { consume } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { message, poll, stateOf, text } from "./exchange.ts";

test("publish, consume, close", async () => {
  const driver = openMemoryDriver({ endpoint: "demo", topics: ["orders"], group: "billing" });
  await driver.publish([message("one", "k"), message("two", "k")]);
  const seen: string[] = [];
  const summary = await consume(
    driver,
    ({ envelope }) => {
      seen.push(text(envelope.value));
    },
    { stopWhenIdle: true },
  );
  await driver.close();
  expect(seen).toEqual(["one", "two"]);
  expect(summary).toEqual({
    delivered: 2,
    acked: 2,
    retried: 0,
    rejected: 0,
    duplicates: 0,
    ended: "idle",
  });
});

test("it says what it is", () => {
  const { kind, endpoint, capabilities } = openMemoryDriver({ endpoint: "demo" });
  expect([kind, endpoint]).toEqual(["memory", "demo"]);
  expect(capabilities).toEqual({
    orderPerKey: true,
    orderAfterRetry: true,
    countsAttempts: true,
    durable: false,
  });
});

test("drivers without a broker share nothing", async () => {
  const profile = { endpoint: "demo", topics: ["orders"] };
  const [left, right] = [openMemoryDriver(profile), openMemoryDriver(profile)];
  await left.publish([message("0")]);
  expect(await poll(right)).toEqual([]);
});

test("the group is the endpoint's where none is named", async () => {
  const broker = createMemoryBroker({ partitions: 1 });
  const first = openMemoryDriver({ endpoint: "billing", topics: ["orders"], broker });
  const second = openMemoryDriver({
    endpoint: "another",
    group: "billing",
    topics: ["orders"],
    broker,
  });
  await first.publish([message("0")]);
  expect(await poll(first)).toHaveLength(1);
  expect(await poll(second)).toEqual([]);
});

test("closing ends a poll that waits, and tells observers nothing more", async () => {
  const driver = openMemoryDriver({ endpoint: "demo", topics: ["orders"] });
  const waiting = driver.poll({ maxItems: 1 });
  await stateOf(waiting);
  let heard = 0;
  driver.observe(() => {
    heard += 1;
  });
  await driver.close();
  expect(await waiting).toEqual([]);
  await expect(driver.publish([message("0")])).rejects.toMatchObject({ code: "CLOSED" });
  await expect(driver.publish([])).rejects.toMatchObject({ code: "CLOSED" });
  await expect(driver.settle([])).rejects.toMatchObject({ code: "CLOSED" });
  expect(heard).toBe(0);
});

test("a hundred times what a partition holds goes through it", async () => {
  const broker = createMemoryBroker({ partitions: 2, limits: { partitionMessagesMax: 100 } });
  const driver = openMemoryDriver({ endpoint: "demo", topics: ["orders"], broker });
  const batch = Array.from({ length: 100 }, (_, index) => message(String(index)));
  const publishing = (async () => {
    for (let count = 0; count < 200; count++) await driver.publish(batch);
  })();
  const summary = await consume(driver, () => undefined, { limit: 20_000 });
  await publishing;
  expect(summary).toMatchObject({ acked: 20_000, ended: "limit" });
  expect(await poll(driver)).toEqual([]);
});
