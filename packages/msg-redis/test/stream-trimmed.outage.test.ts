/**
 * Goal: R6. What was trimmed before it was done with is told; and our own trimming takes nothing that a
 * group has not acknowledged.
 * Method: a real Redis; streams trimmed by hand and by publishers.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import {
  brokerEvents,
  gather,
  numbered,
  type Stand,
  settle,
  shortTimes,
  startStand,
  take,
  topicOf,
} from "./stand.ts";

expectNoLeaks();

let stand: Stand;
beforeAll(async () => {
  stand = await startStand({ "stream-node-max-entries": "10" });
});
afterAll(() => stand.end());

test("R6: the raw client gets nil for what is pending and trimmed", async () => {
  const { raw } = stand;
  const topic = topicOf();
  await raw.xgroup("CREATE", topic, "g", "0", "MKSTREAM");
  await raw.xadd(topic, "1-0", "value", "0");
  await raw.xreadgroup("GROUP", "g", "c", "STREAMS", topic, ">");
  await raw.xtrim(topic, "MAXLEN", 0);
  const history = await raw.xreadgroup("GROUP", "g", "c", "STREAMS", topic, "0");
  expect(history).toEqual([[topic, [["1-0", null]]]]);
});

test("R6: pending messages that are trimmed are told, and can be acknowledged all the same", async () => {
  const topic = topicOf();
  const { driver, events, heard } = await stand.open([topic], { group: "g" });
  await driver.publish(numbered(topic, 0, 2));
  const held = await gather(driver, 2);
  await stand.raw.xtrim(topic, "MAXLEN", 0);
  const detail = await heard("trimmed");
  for (const { position } of held) expect(detail).toContain(position);
  await settle(driver, "ack", held);
  expect(events.filter(({ type }) => type === "settled")).toHaveLength(2);
  expect(brokerEvents(events, "delivery.taken")).toEqual([]);
});

test("R6: a retry of a trimmed message is stale, and told", async () => {
  const topic = topicOf();
  const times = { ...shortTimes, claimIdleMs: 60_000 };
  const { driver, events, heard } = await stand.open([topic], { group: "g", times });
  await driver.publish(numbered(topic, 0, 1));
  const held = await gather(driver, 1);
  await stand.raw.xtrim(topic, "MAXLEN", 0);
  await settle(driver, "retry", held);
  expect(events.filter(({ type }) => type === "stale")).toHaveLength(1);
  expect(await heard("trimmed")).toContain(held[0]?.position ?? "?");
});

test("R6: what a dead consumer held and was trimmed is told by who claims", async () => {
  const topic = topicOf();
  const { raw } = stand;
  await raw.xgroup("CREATE", topic, "g", "0", "MKSTREAM");
  const id = await raw.xadd(topic, "*", "value", "0");
  await raw.xreadgroup("GROUP", "g", "reprise-dead", "STREAMS", topic, ">");
  await raw.xtrim(topic, "MAXLEN", 0);
  const times = { ...shortTimes, claimIdleMs: 300 };
  const { driver, heard } = await stand.open([topic], { group: "g", times });
  const polling = driver.poll({ maxItems: 1 });
  expect(await heard("trimmed")).toContain(id ?? "?");
  await driver.close();
  expect(await polling).toEqual([]);
});

test("R6: messages that are trimmed unread are told", async () => {
  const topic = topicOf();
  const publisher = await stand.open([], {});
  const { driver, heard } = await stand.open([topic], { group: "g", limits: { inboxMax: 2 } });
  await publisher.driver.publish(numbered(topic, 0, 10));
  await take(driver, 1);
  await stand.raw.xtrim(topic, "MAXLEN", 3);
  expect(await heard("trimmed", /that the group had not read/)).toContain(topic);
});

test("R6: our trimming waits for the slowest group, says who that is, and then trims", async () => {
  const topic = topicOf();
  const trim = { length: 1_000 };
  const fast = await stand.open([topic], { group: "fast", trim });
  const slow = await stand.open([topic], { group: "slow", trim });
  for (let from = 0; from < 3_000; from += 500) {
    await fast.driver.publish(numbered(topic, from, 500));
    await take(fast.driver, 500);
  }
  expect(await fast.heard("trim.held")).toContain("group slow");
  expect(await stand.raw.xlen(topic)).toBe(3_000);
  expect(await take(slow.driver, 3_000)).toHaveLength(3_000);
  expect(brokerEvents(slow.events, "trimmed")).toEqual([]);
  // The look comes with one publish, the trimming with the next.
  for (let from = 0; from < 1_000; from += 100) {
    await fast.driver.publish(numbered(topic, from, 100));
  }
  expect(await stand.raw.xlen(topic)).toBeLessThan(2_000);
});

test("R6: where it is asked for, the oldest go, whoever needs them", async () => {
  const topic = topicOf();
  const trim = { length: 1_000, what: "oldest" } as const;
  const { driver } = await stand.open([], { trim });
  await driver.publish(numbered(topic, 0, 3_000));
  const length = await stand.raw.xlen(topic);
  expect(length).toBeGreaterThanOrEqual(1_000);
  expect(length).toBeLessThan(1_100);
});
