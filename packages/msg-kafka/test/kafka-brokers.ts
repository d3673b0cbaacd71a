/** The shared broker of the broker tests, topics of one trial each, and profiles that point there. */
import { randomUUID } from "node:crypto";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaProfile } from "../src/index.js";

/** Where `reprise brokers up kafka` listens; another one for whoever works on the driver. */
export const sharedBroker: string = process.env.REPRISE_TEST_KAFKA ?? "127.0.0.1:9092";

export function profileAt(...bootstrap: readonly string[]): KafkaProfile {
  return {
    schema_version: "x07.arch.msg.kafka.profile@0.1.0",
    id: "test_kafka_v1",
    v: 1,
    bootstrap,
    security: { tls: false },
    limits: { max_message_bytes: 1_048_576, max_poll_items: 10_000, max_poll_wait_ms: 100 },
  };
}

export function kafkaAt(...brokers: readonly string[]): Kafka {
  return new Kafka({ clientId: "test", brokers: [...brokers], logLevel: logLevel.NOTHING });
}

export interface NewTopic {
  readonly partitions?: number;
  readonly replicas?: number;
  readonly config?: Readonly<Record<string, string>>;
}

/** Creates a topic and its dead letter, of a name that nobody has used; gives the name. */
export async function createTopic(kafka: Kafka, options: NewTopic = {}): Promise<string> {
  const { partitions = 3, replicas = 1, config = {} } = options;
  const topic = `test.${randomUUID()}`;
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  const admin = kafka.admin();
  await admin.connect();
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: [topic, `${topic}.dead-letter`].map((name) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: replicas,
        configEntries,
      })),
    });
  } finally {
    await admin.disconnect();
  }
  return topic;
}
