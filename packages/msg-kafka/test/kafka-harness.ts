/** How the laws are put to the Kafka driver, on the shared broker. */
import { randomUUID } from "node:crypto";
import type { Harness } from "@reprise/msg-conformance/vitest";
import type { KafkaDriverOptions } from "../src/index.js";
import { openKafkaDriver } from "../src/os/index.js";
import { createTopic, kafkaAt, profileAt, sharedBroker } from "./kafka-brokers.ts";

const batchSizeMax = 2000;
const valueSizeMax = 1_000_000;

export function kafkaHarness(wire: "native" | "envelope"): Harness {
  const kafka = kafkaAt(sharedBroker);
  const open = (options: Omit<KafkaDriverOptions, "profile">) =>
    openKafkaDriver({
      profile: profileAt(sharedBroker),
      wire,
      limits: { batchSizeMax, valueSizeMax },
      ...options,
    });
  return {
    async stage() {
      const topic = await createTopic(kafka);
      const groups = { first: randomUUID(), second: randomUUID() };
      return {
        topic,
        unknownTopic: `${topic}.unknown`,
        open: (group) => open({ topics: [topic], group: groups[group] }),
        openElsewhere: () => open({ topics: [topic], group: groups.first }),
        openDeadLetter: () =>
          open({ topics: [`${topic}.dead-letter`], group: randomUUID(), from: "earliest" }),
        reasonOf: ({ headers }) => headers["reprise-dead-letter-reason"],
      };
    },
    limits: { batchSizeMax, valueSizeMax, roomMax: "none" },
    patienceMs: 10_000,
    quietMs: 500,
  };
}
