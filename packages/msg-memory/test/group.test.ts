/**
 * Goal: the drivers of a group share its partitions; joining and leaving move them and lose nothing.
 * Method: partitions are filled by hand (keyless messages take turns), and each driver's deliveries
 * and events are compared with what range assignment says.
 */
import type { Driver } from "@reprise/msg-core";
import { createMemoryBroker, type MemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { message, poll, settle, take, typesOf, values, watch } from "./exchange.ts";

const open = (broker: MemoryBroker, endpoint: string, topics = ["orders"]): Driver =>
  openMemoryDriver({ endpoint, topics, group: "billing", broker });

/** "0" goes to partition 0, "1" to 1, ... */
const publishNumbers = async (broker: MemoryBroker, count: number): Promise<void> => {
  const writer = openMemoryDriver({ endpoint: "writer", broker });
  await writer.publish(Array.from({ length: count }, (_, index) => message(String(index))));
};

test.each([
  [5, 1, [["0", "1", "2", "3", "4"]]],
  [
    5,
    2,
    [
      ["0", "1", "2"],
      ["3", "4"],
    ],
  ],
  [5, 3, [["0", "1"], ["2", "3"], ["4"]]],
  [2, 3, [["0"], ["1"], []]],
])("%i partitions among %i drivers", async (partitions, members, shares) => {
  const broker = createMemoryBroker({ partitions });
  const drivers = Array.from({ length: members }, (_, index) => open(broker, `d${index}`));
  for (const driver of drivers) await poll(driver);
  await publishNumbers(broker, partitions);
  for (const [index, driver] of drivers.entries()) {
    expect([...(await take(driver))].sort()).toEqual(shares[index]);
  }
});

test("a driver takes partitions at its first poll, and not before", async () => {
  const broker = createMemoryBroker({ partitions: 2 });
  const [reader, writer] = [open(broker, "reader"), open(broker, "writer")];
  await writer.publish([message("0"), message("1")]);
  expect([...(await take(reader))].sort()).toEqual(["0", "1"]);
});

test("what moves comes again, one attempt higher; what stays is not disturbed", async () => {
  const broker = createMemoryBroker({ partitions: 2 });
  const first = open(broker, "first");
  await publishNumbers(broker, 4);
  const held = await poll(first);
  const [zero, one] = ["0", "1"].map((value) => held.find((_, at) => values(held)[at] === value));
  await settle(first, "ack", zero, one);

  const second = open(broker, "second");
  const events = watch(first);
  const moved = await poll(second);
  expect(values(moved)).toEqual(["3"]);
  expect(moved[0]).toMatchObject({ partition: 1, position: "1", attempt: 2, redelivered: true });
  expect(typesOf(events)).toEqual(["generation 2: 1 partitions"]);

  // "2" stayed with the first driver, "3" did not.
  const stayed = held.filter((_, at) => values(held)[at] === "2");
  const gone = held.filter((_, at) => values(held)[at] === "3");
  await settle(first, "ack", ...stayed, ...gone);
  expect(typesOf(events).slice(1)).toEqual(["settled", "stale"]);
  await settle(second, "ack", ...moved);
  expect(await take(first)).toEqual([]);
  expect(await take(second)).toEqual([]);
});

test("a delivery of a partition that went away and came back is stale", async () => {
  const broker = createMemoryBroker({ partitions: 1 });
  const driver = open(broker, "a");
  await publishNumbers(broker, 1);
  const before = await poll(driver);
  await driver.close();
  const heir = open(broker, "b");
  const [again] = await poll(heir);
  expect(again?.attempt).toBe(2);
  // The heir never had the first delivery.
  await expect(settle(heir, "ack", ...before)).rejects.toMatchObject({ code: "DELIVERY_UNKNOWN" });

  const two = createMemoryBroker({ partitions: 2 });
  const [left, right] = [open(two, "left"), open(two, "right")];
  await publishNumbers(two, 2);
  const held = await poll(left);
  await poll(right);
  await right.close();
  const events = watch(left);
  const back = await poll(left);
  expect(back.map(({ attempt }) => attempt)).toEqual([3]);
  await settle(left, "ack", ...held);
  expect(typesOf(events)).toEqual(["delivered", "settled", "stale"]);
  await settle(left, "ack", ...back);
});

test("leaving gives the partitions to those who stay, and wakes them", async () => {
  const broker = createMemoryBroker({ partitions: 2 });
  const [first, second] = [open(broker, "first"), open(broker, "second")];
  await poll(first);
  await poll(second);
  await publishNumbers(broker, 2);
  expect(values(await poll(second))).toEqual(["1"]);
  expect(await take(first)).toEqual(["0"]);
  const waiting = first.poll({ maxItems: 10 });
  await second.close();
  expect(values(await waiting)).toEqual(["1"]);
});

test("drivers of a group may read different topics", async () => {
  const broker = createMemoryBroker({ partitions: 2 });
  const orders = open(broker, "orders");
  const both = open(broker, "both", ["orders", "invoices"]);
  await poll(orders);
  await poll(both);
  const topics = ["orders", "orders", "invoices", "invoices"];
  await orders.publish(topics.map((topic, index) => message(`${topic}${index}`, "", topic)));
  expect(await take(orders)).toEqual(["orders0"]);
  expect([...(await take(both))].sort()).toEqual(["invoices2", "invoices3", "orders1"]);
});

test("a new group starts at the oldest message that is kept", async () => {
  const broker = createMemoryBroker({ partitions: 1 });
  const early = open(broker, "early");
  await publishNumbers(broker, 5);
  expect(await take(early, 3)).toEqual(["0", "1", "2"]);
  const late = openMemoryDriver({ endpoint: "late", topics: ["orders"], broker });
  expect(await take(late)).toEqual(["3", "4"]);
});

test("a group has been there from the time its driver was opened", async () => {
  const broker = createMemoryBroker({ partitions: 1 });
  const early = open(broker, "early");
  const idle = openMemoryDriver({ endpoint: "idle", topics: ["orders"], broker });
  await publishNumbers(broker, 2);
  expect(await take(early)).toEqual(["0", "1"]);
  expect(await take(idle)).toEqual(["0", "1"]);
});

test("there is an end to groups, and to the drivers of one", async () => {
  const broker = createMemoryBroker({ partitions: 1 });
  for (let index = 0; index < 1000; index++) {
    const driver = openMemoryDriver({ endpoint: "lab", topics: ["orders"], group: "g0", broker });
    await poll(driver);
    openMemoryDriver({ endpoint: "lab", group: `g${index}`, broker });
  }
  const full = openMemoryDriver({ endpoint: "lab", topics: ["orders"], group: "g0", broker });
  for (let time = 0; time < 2; time++) {
    await expect(poll(full)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  }
  expect(() => openMemoryDriver({ endpoint: "lab", group: "g1000", broker })).toThrow(
    "broker has 1000 groups",
  );
});
