/**
 * Goal: R1. A group that is flushed, evicted or destroyed is made again, and begins where nothing is
 * lost; the raw client says NOGROUP for ever.
 * Method: a real Redis; its keys are flushed and its groups destroyed while a driver reads.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import {
  brokerEvents,
  gather,
  message,
  numbered,
  type Stand,
  settle,
  startStand,
  take,
  textsOf,
  topicOf,
} from "./stand.ts";

expectNoLeaks();

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.end());

test("R1: after a flush the raw client's every read is NOGROUP", async () => {
  const { raw } = stand;
  const topic = topicOf();
  await raw.xgroup("CREATE", topic, "g", "0", "MKSTREAM");
  await raw.flushall();
  await raw.xadd(topic, "*", "value", "lost to the group");
  for (let read = 0; read < 3; read++) {
    const reading = raw.xreadgroup("GROUP", "g", "c", "COUNT", 1, "STREAMS", topic, ">");
    await expect(reading).rejects.toThrow(/^NOGROUP/);
  }
});

test("R1: after a flush the group is there again, and has all that came since", async () => {
  const topic = topicOf();
  const { driver, events, heard } = await stand.open([topic]);
  await driver.publish(numbered(topic, 0, 3));
  expect(textsOf(await take(driver, 3))).toEqual(["0", "1", "2"]);
  await stand.raw.flushall();
  await driver.publish(numbered(topic, 3, 3));
  expect(textsOf(await take(driver, 3))).toEqual(["3", "4", "5"]);
  expect(await heard("group.created")).toContain(topic);
  const again = await driver.poll({ maxItems: 10, waitMs: 200 });
  expect(textsOf(again)).toEqual([]);
  expect(brokerEvents(events, "order.broken")).toEqual([]);
});

test("R1: a handler that was at work during the flush ends well", async () => {
  const topic = topicOf();
  const { driver } = await stand.open([topic]);
  await driver.publish([message(topic, "held")]);
  const held = await gather(driver, 1);
  await stand.raw.flushall();
  await settle(driver, "ack", held);
  await driver.publish([message(topic, "next")]);
  expect(textsOf(await take(driver, 1))).toEqual(["next"]);
});

test("R1: a group that was destroyed begins with what was not acknowledged", async () => {
  const topic = topicOf();
  const { driver, heard } = await stand.open([topic]);
  await driver.publish(numbered(topic, 0, 4));
  const [first, ...held] = await gather(driver, 4);
  await settle(
    driver,
    "ack",
    [first].filter((one) => one !== undefined),
  );
  await stand.raw.xgroup("DESTROY", topic, "test_redis_v1");
  await heard("group.created");
  const again = await gather(driver, 3);
  expect(textsOf(again)).toEqual(["1", "2", "3"]);
  expect(again.every(({ redelivered }) => redelivered)).toBe(true);
  expect(held).toHaveLength(3);
  await settle(driver, "ack", again);
  const more = await driver.poll({ maxItems: 10, waitMs: 200 });
  expect(textsOf(more)).toEqual([]);
});

test("R1: a group of a driver that never polled is made again from the last id it saw", async () => {
  const topic = topicOf();
  const other = await stand.open([topic], { group: "other" });
  await other.driver.publish(numbered(topic, 0, 2));
  const late = await stand.open([topic], { group: "late", start: "end" });
  await stand.raw.xgroup("DESTROY", topic, "late");
  await other.driver.publish([message(topic, "2")]);
  expect(textsOf(await take(late.driver, 1))).toEqual(["2"]);
  const more = await late.driver.poll({ maxItems: 10, waitMs: 200 });
  expect(textsOf(more)).toEqual([]);
});
