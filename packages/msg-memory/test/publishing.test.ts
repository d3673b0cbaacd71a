/**
 * Goal: the broker's memory is bounded; a publisher waits for room, keeps its turn, and is told when
 * there can never be any.
 * Method: partitions of a few messages are filled and emptied one by one.
 */
import { isLive } from "@reprise/msg-core";
import { createMemoryBroker, type MemoryLimits, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { message, poll, settle, stateOf, take, typesOf, watch } from "./exchange.ts";

const openSmall = (limits: Partial<MemoryLimits>, partitions = 1) => {
  const broker = createMemoryBroker({ partitions, limits });
  const topics = ["orders", "invoices"];
  return { broker, driver: openMemoryDriver({ endpoint: "lab", topics, broker }) };
};

test("publish waits for room and takes it as it comes, in order", async () => {
  const { driver } = openSmall({ partitionMessagesMax: 2 });
  await driver.publish([message("0"), message("1")]);
  const events = watch(driver);
  const first = driver.publish([message("2"), message("3")]);
  const second = driver.publish([message("4")]);
  expect(await take(driver, 1)).toEqual(["0"]);
  // There is room for "4", but "2" was first.
  expect([await stateOf(first), await stateOf(second)]).toEqual(["waiting", "waiting"]);
  expect(await take(driver, 1)).toEqual(["1"]);
  expect([await stateOf(first), await stateOf(second)]).toEqual(["resolved", "waiting"]);
  expect(await take(driver)).toEqual(["2", "3"]);
  expect(await second).toEqual([{ partition: 0, position: "4" }]);
  expect(await take(driver)).toEqual(["4"]);
  expect(typesOf(events).filter((type) => type === "published")).toHaveLength(3);
});

test("a full topic does not hold up another", async () => {
  const { driver } = openSmall({ partitionMessagesMax: 1 });
  await driver.publish([message("0")]);
  const waiting = driver.publish([message("1")]);
  expect(await driver.publish([message("a", "", "invoices")])).toHaveLength(1);
  expect(await stateOf(waiting)).toBe("waiting");
});

test("a batch that waits holds its place in every partition that it touches", async () => {
  const { driver } = openSmall({ partitionMessagesMax: 1 });
  await driver.publish([message("0")]);
  const both = driver.publish([message("1"), message("a", "", "invoices")]);
  const behind = driver.publish([message("b", "", "invoices")]);
  expect([await stateOf(both), await stateOf(behind)]).toEqual(["waiting", "waiting"]);
  expect(await take(driver)).toEqual(["0"]);
  expect([await stateOf(both), await stateOf(behind)]).toEqual(["resolved", "waiting"]);
  expect([...(await take(driver))].sort()).toEqual(["1", "a"]);
  expect(await take(driver)).toEqual(["b"]);
});

test("bytes are a bound as well", async () => {
  // An envelope is 32 bytes, its topic, its key, its value: 48 here.
  const { driver } = openSmall({ partitionBytesMax: 96 });
  const ten = "x".repeat(10);
  await driver.publish([message(ten), message(ten)]);
  const waiting = driver.publish([message(ten)]);
  expect(await stateOf(waiting)).toBe("waiting");
  await take(driver, 1);
  expect(await stateOf(waiting)).toBe("resolved");
});

test("room comes only when every group is done", async () => {
  const { broker, driver } = openSmall({ partitionMessagesMax: 1 });
  const other = openMemoryDriver({ endpoint: "other", topics: ["orders"], broker });
  await driver.publish([message("0")]);
  const waiting = driver.publish([message("1")]);
  await take(driver);
  expect(await stateOf(waiting)).toBe("waiting");
  const [held] = await poll(other);
  await settle(other, "retry", held);
  expect(await stateOf(waiting)).toBe("waiting");
  await take(other);
  expect(await stateOf(waiting)).toBe("resolved");
});

test("acks out of order make room when the gap closes", async () => {
  const { driver } = openSmall({ partitionMessagesMax: 3 });
  await driver.publish([message("0"), message("1"), message("2")]);
  const [first, second, third] = await poll(driver);
  const waiting = driver.publish([message("3"), message("4"), message("5")]);
  await settle(driver, "ack", third, second);
  expect(await stateOf(waiting)).toBe("waiting");
  await settle(driver, "ack", first);
  expect(await stateOf(waiting)).toBe("resolved");
});

test.each([
  ["messages", { partitionMessagesMax: 2 }, 3, "x", 2, 3],
  ["bytes", { partitionBytesMax: 96 }, 1, "x".repeat(59), 96, 97],
  ["messages in one call", { batchSizeMax: 2 }, 3, "x", 2, 3],
])("a batch that can never fit: %s", async (_, limits, count, value, limit, actual) => {
  const { driver } = openSmall(limits);
  const events = watch(driver);
  const batch = Array.from({ length: count }, () => message(value));
  await expect(driver.publish(batch)).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
    details: { limit, actual },
  });
  expect(typesOf(events)).toEqual(batch.map(() => "refused"));
  expect(await take(driver)).toEqual([]);
  // And one that just fits does.
  const fitting = count === 1 ? [message("x".repeat(58))] : batch.slice(1);
  expect(await driver.publish(fitting)).toHaveLength(fitting.length);
});

test("values are bounded on their own", async () => {
  const { driver } = openSmall({ valueSizeMax: 3 });
  await driver.publish([message("abc")]);
  await expect(driver.publish([message("abcd")])).rejects.toMatchObject({
    code: "VALUE_TOO_LONG",
    details: { limit: 3, actual: 4 },
  });
});

test("one that gives up lets those behind it pass", async () => {
  const { driver } = openSmall({ partitionMessagesMax: 2 });
  await driver.publish([message("0")]);
  const controller = new AbortController();
  const large = driver.publish([message("1"), message("2")], { signal: controller.signal });
  const small = driver.publish([message("3")]);
  expect(await stateOf(small)).toBe("waiting");
  controller.abort();
  expect([await stateOf(large), await stateOf(small)]).toEqual(["ABORTED", "resolved"]);
  expect(await take(driver)).toEqual(["0", "3"]);
  controller.abort();
});

test("close ends the publishes of its driver, and of no other", async () => {
  const { broker, driver } = openSmall({ partitionMessagesMax: 1 });
  const other = openMemoryDriver({ endpoint: "other", broker });
  await driver.publish([message("0")]);
  const mine = driver.publish([message("1")]);
  const theirs = other.publish([message("2")]);
  const events = watch(driver);
  await driver.close();
  expect([await stateOf(mine), await stateOf(theirs)]).toEqual(["CLOSED", "waiting"]);
  expect(typesOf(events)).toEqual(["refused"]);
  const heir = openMemoryDriver({ endpoint: "lab", topics: ["orders"], broker });
  expect(await take(heir)).toEqual(["0"]);
  expect(await stateOf(theirs)).toBe("resolved");
});

test("there is an end to those who wait: QUEUE_FULL", async () => {
  const { driver } = openSmall({ partitionMessagesMax: 1 });
  await driver.publish([message("0")]);
  const waiting = Array.from({ length: 1000 }, () => driver.publish([message("w")]));
  await expect(driver.publish([message("x")])).rejects.toMatchObject({
    code: "QUEUE_FULL",
    retryable: true,
  });
  const ends = Promise.allSettled(waiting);
  await driver.close();
  expect((await ends).every(({ status }) => status === "rejected")).toBe(true);
});

test("a publish is in the log before anybody hears of it", async () => {
  const { driver } = openSmall({});
  const heard: string[] = [];
  driver.observe((event) => {
    if (!isLive(event)) heard.push(event.type);
  });
  const waiting = driver.poll({ maxItems: 10 });
  await driver.publish([message("0"), message("1")]);
  expect((await waiting).length).toBe(2);
  expect(heard).toEqual(["broker", "published", "published", "delivered", "delivered"]);
});
