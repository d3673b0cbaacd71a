/*
 * Goal: a Kafka of ours keeps what it acknowledged through SIGKILL, is silent when paused, comes back
 * on its ports, and listens on loopback only; of two nodes each can be lost alone, its partitions go
 * to the other, and they come back; SASL reaches the clients' listener and no other.
 * Method: real ones, in folders of the test; kafkajs produces, consumes and looks at leaders.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrokerOptions } from "@reprise/brokers";
import { isSameProcess, type RunningBroker, startBroker } from "@reprise/brokers/os";
import { Kafka, type KafkaConfig, logLevel, Partitioners } from "kafkajs";
import { afterAll, afterEach, expect, test } from "vitest";
import { answersAt } from "../src/os/probing.js";
import { apiVersionsProbe } from "../src/probe-bytes.js";
import { listeningAddresses } from "./listening-addresses.js";
import { rejection } from "./refusals.js";

const root = mkdtempSync(join(tmpdir(), "reprise-kafka-"));
const started: RunningBroker[] = [];

async function start(name: string, options: Partial<BrokerOptions> = {}): Promise<RunningBroker> {
  const broker = await startBroker({ kind: "kafka", folder: join(root, name), ...options });
  started.push(broker);
  return broker;
}

afterEach(async () => {
  for (const broker of started.splice(0)) await broker.stop();
});
afterAll(() => rmSync(root, { recursive: true }));

function client({ nodes }: RunningBroker, more: Partial<KafkaConfig> = {}): Kafka {
  const brokers = nodes.map(({ port }) => `127.0.0.1:${port}`);
  const retry = { initialRetryTime: 50, maxRetryTime: 500, retries: 40 };
  // A paused broker is asked too: kafkajs waits 30 s for it by itself.
  const timeouts = { requestTimeout: 1000, connectionTimeout: 1000 };
  const options = { clientId: "test", brokers, logLevel: logLevel.NOTHING, retry, ...timeouts };
  return new Kafka({ ...options, ...more });
}

async function createTopic(broker: RunningBroker, partitions: number, nodes: number) {
  const admin = client(broker).admin();
  await admin.connect();
  const topic = { topic: "kept", numPartitions: partitions, replicationFactor: nodes };
  await admin.createTopics({ topics: [topic], waitForLeaders: true });
  await admin.disconnect();
}

/** Resolves when Kafka has acknowledged them. */
async function produce(broker: RunningBroker, ...values: readonly string[]): Promise<void> {
  const createPartitioner = Partitioners.DefaultPartitioner;
  const producer = client(broker).producer({ idempotent: true, createPartitioner });
  await producer.connect();
  const messages = values.map((value) => ({ key: value, value }));
  await producer.send({ topic: "kept", acks: -1, messages });
  await producer.disconnect();
}

/** Of a new consumer group, from the beginning. */
async function consume(broker: RunningBroker, count: number, group: string) {
  const consumer = client(broker).consumer({ groupId: group });
  await consumer.connect();
  await consumer.subscribe({ topics: ["kept"], fromBeginning: true });
  const values: string[] = [];
  await new Promise<void>((resolve, reject) => {
    consumer.on("consumer.crash", ({ payload }) => {
      if (!payload.restart) reject(payload.error);
    });
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      values.push(String(message.value));
      if (values.length === count) resolve();
    };
    consumer.run({ eachMessage }).catch(reject);
  });
  await consumer.disconnect();
  return values.sort();
}

test("killed, it has what it acknowledged; paused, it is silent; stopped, it is gone", async () => {
  const broker = await start("one");
  const { port } = broker;
  const probe = { port, secure: false, probe: apiVersionsProbe() };
  const addresses = listeningAddresses(broker.pid);
  expect(addresses).toHaveLength(3);
  for (const address of addresses) expect(address).toMatch(/^127\.0\.0\.1:/);
  await createTopic(broker, 1, 1);
  for (const round of ["1", "2", "3"]) {
    await produce(broker, round);
    const { identity } = broker;
    await broker.kill();
    expect(isSameProcess(identity)).toBe(false);
    expect(await answersAt(probe)).toBe(false);
    await broker.restart();
    expect(broker.port).toBe(port);
  }
  expect(await consume(broker, 3, "first")).toEqual(["1", "2", "3"]);
  await broker.pause();
  expect(broker.isAlive()).toBe(true);
  expect(await answersAt(probe)).toBe(false);
  await broker.resume();
  await produce(broker, "4");
  await broker.stop();
  expect(broker.isAlive()).toBe(false);
  await broker.restart();
  expect(await consume(broker, 4, "second")).toEqual(["1", "2", "3", "4"]);
}, 120_000);

/** The leader of each partition as that node tells it. */
async function leadersAt(port: number): Promise<readonly number[]> {
  const options = { brokers: [`127.0.0.1:${port}`], retry: { retries: 0 }, requestTimeout: 1000 };
  const admin = new Kafka({ ...options, logLevel: logLevel.NOTHING }).admin();
  try {
    await admin.connect();
    const { topics } = await admin.fetchTopicMetadata({ topics: ["kept"] });
    return topics.flatMap(({ partitions }) => partitions.map(({ leader }) => leader));
  } catch {
    return [];
  } finally {
    await admin.disconnect();
  }
}

/** Resolves when node `leader` leads all four. The test's own deadline bounds it. */
async function untilLed(port: number, leader: number): Promise<void> {
  const wanted = [leader, leader, leader, leader].join();
  while ((await leadersAt(port)).join() !== wanted);
}

test("two nodes: each is lost and found alone, and nothing with it", async () => {
  const broker = await start("two", { nodes: 2 });
  const [one, two] = broker.nodes;
  if (one === undefined || two === undefined) throw new Error("expected two nodes");
  expect(broker.port).toBe(one.port);
  expect(one.port).not.toBe(two.port);
  await createTopic(broker, 4, 2);
  await produce(broker, "1");
  expect(new Set(await leadersAt(one.port))).toEqual(new Set([1, 2]));

  await one.kill();
  expect([one.isAlive(), two.isAlive(), broker.isAlive()]).toEqual([false, true, false]);
  await untilLed(two.port, 2);
  await produce(broker, "2");
  await one.restart();

  await two.pause();
  await untilLed(one.port, 1);
  await produce(broker, "3");
  await two.resume();
  expect(await consume(broker, 3, "survivors")).toEqual(["1", "2", "3"]);

  await broker.kill();
  await broker.restart();
  expect(await consume(broker, 3, "afterwards")).toEqual(["1", "2", "3"]);
}, 120_000);

test("SASL where clients come", async () => {
  const broker = await start("sasl", {
    config: {
      "listener.security.protocol.map":
        "CLIENT:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
      "sasl.enabled.mechanisms": "PLAIN",
      "listener.name.client.plain.sasl.jaas.config":
        'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="word";',
    },
  });
  const admin = client(broker, {
    sasl: { mechanism: "plain", username: "alice", password: "word" },
  }).admin();
  await admin.connect();
  expect(await admin.listTopics()).toEqual([]);
  await admin.disconnect();
  const sasl = { mechanism: "plain", username: "alice", password: "other" } as const;
  const stranger = client(broker, { sasl, retry: { retries: 0 } }).admin();
  await expect(stranger.connect()).rejects.toThrow(/authentication/i);
});

test("a value that Kafka refuses ends it, and its own words are told", async () => {
  const error = await rejection(start("refused", { config: { "num.io.threads": "none" } }));
  expect(error.code).toBe("BROKER_EXITED");
  expect(error.details.logTail).toContain("num.io.threads");
});
