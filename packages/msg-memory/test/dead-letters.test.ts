/**
 * Goal: a rejected message is found in its dead-letter topic, whole, with where it came from; a dead
 * letter that is full loses nothing.
 * Method: rejected by hand; the copy is read by a driver of its own.
 */
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import { expect, test } from "vitest";
import { bytes, message, poll, settle, take, typesOf, values, watch } from "./exchange.ts";

const headers = (suffix: string, value: string) => ({ [`reprise-dead-letter-${suffix}`]: value });

test("the copy keeps key, value and headers, and says where it was", async () => {
  const broker = createMemoryBroker({ partitions: 3 });
  const driver = openMemoryDriver({ endpoint: "lab", topics: ["orders"], broker });
  const own = { kept: "", ...headers("topic", "a liar") };
  await driver.publish([message("0", "key"), { ...message("1", "key"), headers: own }]);
  const [, second] = await poll(driver);
  await settle(driver, "retry", second);
  const [again] = await poll(driver);
  if (again === undefined) throw new Error("nothing came again");
  await driver.settle([{ delivery: again, outcome: "reject", reason: "no such customer" }]);

  const topic = broker.deadLetterTopic("orders");
  const reader = openMemoryDriver({ endpoint: "reader", topics: [topic], broker });
  const letters = await poll(reader);
  expect(letters).toHaveLength(1);
  expect(letters[0]).toMatchObject({ partition: again.partition, position: "0", attempt: 1 });
  expect(letters[0]?.envelope).toEqual({
    topic: "orders.dead-letter",
    key: bytes("key"),
    value: bytes("1"),
    headers: {
      kept: "",
      ...headers("reason", "no such customer"),
      ...headers("topic", "orders"),
      ...headers("partition", String(again.partition)),
      ...headers("position", "1"),
      ...headers("attempt", "2"),
    },
  });
});

test("no reason, no header: not even an old one", async () => {
  const broker = createMemoryBroker();
  const driver = openMemoryDriver({ endpoint: "lab", topics: ["orders"], broker });
  await driver.publish([{ ...message("0"), headers: headers("reason", "of another time") }]);
  await settle(driver, "reject", ...(await poll(driver)));
  const topics = ["orders.dead-letter"];
  const [letter] = await poll(openMemoryDriver({ endpoint: "reader", topics, broker }));
  expect(letter?.envelope.headers["reprise-dead-letter-reason"]).toBeUndefined();
});

test("a dead letter may be rejected too, one topic further", async () => {
  const broker = createMemoryBroker({ topics: ["orders"] });
  let topic = "orders";
  await openMemoryDriver({ endpoint: "writer", broker }).publish([message("0")]);
  for (let depth = 0; depth < 3; depth++) {
    const driver = openMemoryDriver({ endpoint: "lab", topics: [topic], broker });
    const [delivery] = await poll(driver);
    expect(delivery?.envelope.topic).toBe(topic);
    await settle(driver, "reject", delivery);
    topic = broker.deadLetterTopic(topic);
  }
  expect(topic).toBe("orders.dead-letter.dead-letter.dead-letter");
});

test("a name that cannot be made longer refuses the rejection", async () => {
  const topic = "x".repeat(250);
  const driver = openMemoryDriver({ endpoint: "lab", topics: [topic] });
  await driver.publish([message("0", "", topic)]);
  const held = await poll(driver);
  await expect(settle(driver, "reject", ...held)).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  await settle(driver, "ack", ...held);
});

test("a dead letter that is full refuses the whole call, and everything stays unsettled", async () => {
  const limits = { partitionMessagesMax: 3 };
  const broker = createMemoryBroker({ partitions: 1, limits });
  const driver = openMemoryDriver({ endpoint: "lab", topics: ["orders"], broker });
  const events = watch(driver);
  await driver.publish([message("0"), message("1")]);
  await settle(driver, "reject", ...(await poll(driver)));
  await driver.publish([message("2"), message("3"), message("4")]);
  const held = await poll(driver);
  const seen = typesOf(events).length;
  const mixed = held.map((delivery, index) => ({
    delivery,
    outcome: index === 0 ? ("ack" as const) : ("reject" as const),
  }));
  await expect(driver.settle(mixed)).rejects.toMatchObject({ code: "QUEUE_FULL" });
  expect(typesOf(events)).toHaveLength(seen);

  const topics = [broker.deadLetterTopic("orders")];
  const reader = openMemoryDriver({ endpoint: "reader", topics, broker });
  expect(await take(reader, 1)).toEqual(["0"]);
  await driver.settle(mixed);
  expect(await take(reader)).toEqual(["1", "3", "4"]);
  expect(await take(driver)).toEqual([]);
});

test("a dead letter wakes its reader", async () => {
  const broker = createMemoryBroker();
  const topics = [broker.deadLetterTopic("orders")];
  const reader = openMemoryDriver({ endpoint: "reader", topics, broker });
  const waiting = reader.poll({ maxItems: 10 });
  const driver = openMemoryDriver({ endpoint: "lab", topics: ["orders"], broker });
  await driver.publish([message("0")]);
  await settle(driver, "reject", ...(await poll(driver)));
  expect(values(await waiting)).toEqual(["0"]);
});
