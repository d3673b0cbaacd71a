/**
 * Goal: which topics there are, and where in them a message goes.
 * Method: a broker with declared topics and one without; receipts tell the place.
 */
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { message, take } from "./exchange.ts";

test("messages without a key go to each partition in turn, from 0", async () => {
  const broker = createMemoryBroker({ partitions: 3 });
  const driver = openMemoryDriver({ endpoint: "lab", broker });
  const receipts = await driver.publish(["a", "b", "c", "d"].map((value) => message(value)));
  expect(receipts).toEqual([
    { partition: 0, position: "0" },
    { partition: 1, position: "0" },
    { partition: 2, position: "0" },
    { partition: 0, position: "1" },
  ]);
  const [next] = await driver.publish([message("e")]);
  expect(next).toEqual({ partition: 1, position: "1" });
  const [elsewhere] = await driver.publish([message("f", "", "invoices")]);
  expect(elsewhere).toEqual({ partition: 0, position: "0" });
});

test("messages with a key go where its hash says", async () => {
  const broker = createMemoryBroker({ topics: [{ name: "orders", partitions: 7 }] });
  const driver = openMemoryDriver({ endpoint: "lab", broker });
  const receipts = await driver.publish([message("a", "21"), message("b", "abc")]);
  // Kafka's vectors: 1173551340 % 7 and 479470107 % 7.
  expect(receipts.map(({ partition }) => partition)).toEqual([3, 4]);
});

test("without declared topics, any is there from its first use", async () => {
  const broker = createMemoryBroker();
  const reader = openMemoryDriver({ endpoint: "reader", topics: ["later"], broker });
  const writer = openMemoryDriver({ endpoint: "writer", broker });
  await writer.publish([message("a", "", "later"), message("b", "", "never heard of")]);
  expect(await take(reader)).toEqual(["a"]);
});

test("with declared topics, no other is there but their dead letters", async () => {
  const broker = createMemoryBroker({ topics: ["orders"], deadLetterSuffix: "!" });
  const driver = openMemoryDriver({ endpoint: "lab", broker });
  for (const topic of ["orders", "orders!", "orders!!"]) {
    expect(await driver.publish([message("a", "", topic)])).toHaveLength(1);
  }
  for (const topic of ["order", "!", "orders!?", "ORDERS", "orders\ud83c"]) {
    await expect(driver.publish([message("a", "", topic)])).rejects.toMatchObject({
      code: "TOPIC_UNKNOWN",
    });
  }
});

test("a topic name has 1 to 256 characters", async () => {
  const driver = openMemoryDriver({ endpoint: "lab" });
  await driver.publish([message("a", "", "x".repeat(256))]);
  for (const topic of ["", "x".repeat(257)]) {
    await expect(driver.publish([message("a", "", topic)])).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      details: { limit: 256, actual: topic.length },
    });
  }
});

test("there is an end to the topics that can be made", async () => {
  const driver = openMemoryDriver({
    endpoint: "lab",
    broker: createMemoryBroker({ partitions: 1 }),
  });
  for (let from = 0; from < 10_000; from += 1000) {
    await driver.publish(
      Array.from({ length: 1000 }, (_, index) => message("a", "", `t${from + index}`)),
    );
  }
  await expect(driver.publish([message("a", "", "one more")])).rejects.toMatchObject({
    code: "LIMIT_EXCEEDED",
    details: { limit: 10_000 },
  });
  expect(await driver.publish([message("a", "", "t7")])).toHaveLength(1);
});
