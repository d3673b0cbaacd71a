/**
 * Goal: a message that always fails is tried so often and no more, is in the dead letter once, and
 * holds up nobody; and what the process is warned of while kafkajs runs is the one thing that is known.
 * Method: the shared broker, a topic of its own, a handler that throws for one message.
 */
import { randomUUID } from "node:crypto";
import { consume, type Envelope } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { openKafkaDriver } from "../src/os/index.js";
import { createTopic, kafkaAt, profileAt, sharedBroker } from "./kafka-brokers.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const profile = profileAt(sharedBroker);
const message = (topic: string, value: string): Envelope => ({
  topic,
  key: encoder.encode("same"),
  value: encoder.encode(value),
  headers: {},
});

test("K7, K13: a poisoned message is tried, put aside once, and passed", async () => {
  const warnings: string[] = [];
  const onWarning = ({ name }: Error): void => {
    warnings.push(name);
  };
  process.on("warning", onWarning);
  const topic = await createTopic(kafkaAt(sharedBroker), { partitions: 1 });
  const group = randomUUID();
  const driver = await openKafkaDriver({ profile, topics: [topic], group });
  try {
    await driver.publish(["before", "poison", "behind"].map((value) => message(topic, value)));
    const tried: string[] = [];
    const summary = await consume(
      driver,
      ({ envelope }) => {
        const value = decoder.decode(envelope.value);
        tried.push(value);
        if (value === "poison") throw new Error("cannot be handled");
      },
      { limit: 3, maxAttempts: 3, waitMs: 10_000, stopWhenIdle: true },
    );
    expect(tried.filter((value) => value === "poison")).toHaveLength(3);
    expect(tried.filter((value) => value === "behind")).toHaveLength(1);
    expect(summary).toMatchObject({ acked: 2, rejected: 1, ended: "limit" });
  } finally {
    await driver.close();
  }
  const readers = [
    { topics: [`${topic}.dead-letter`], group: randomUUID(), from: "earliest" as const },
    // The same group again: its offset is behind the poisoned message.
    { topics: [topic], group },
  ];
  const found: string[][] = [];
  for (const options of readers) {
    const reader = await openKafkaDriver({ profile, ...options });
    const deliveries = await reader.poll({ maxItems: 10, waitMs: 3000 });
    found.push(deliveries.map(({ envelope }) => decoder.decode(envelope.value)));
    await reader.close();
  }
  process.off("warning", onWarning);
  expect(found).toEqual([["poison"], []]);
  expect(warnings.filter((name) => name !== "TimeoutNegativeWarning")).toEqual([]);
});
