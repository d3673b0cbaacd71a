/**
 * Publishing to Kafka and consuming from it, through our driver and with kafkajs alone doing the same
 * safe work: an idempotent producer that waits for all replicas, records of the same key, value and
 * headers, an id among them; batches of as many messages, headers read as text, then one commit of
 * their offsets. And our driver recording into a file, beside itself not recording.
 *
 * What is consumed was published before; each contender has a topic and connections of its own.
 *
 * A broker is needed at 127.0.0.1:9092 (`reprise brokers up kafka`; REPRISE_KAFKA_PORT names another
 * port). Where none answers the cases are left out.
 */
import { type Driver, MsgError } from "@reprise/msg-core";
import { openKafkaDriver } from "@reprise/msg-kafka/os";
import kafkajs, { type Consumer, type EachBatchPayload, type Producer } from "kafkajs";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";
import { batchOf, headers, key, recording, take, value } from "./exchange.ts";
import { createGate, type Gate } from "./gate.ts";

const address = `127.0.0.1:${process.env.REPRISE_KAFKA_PORT ?? 9092}`;
const batchSize = 500;
/** One operation: an answer of the broker more or less does not matter. */
const batches = 10;
const messages = batches * batchSize;
const rounds = 25;
/** Messages to consume are published so many at a time, before they are asked for. */
const stock = 50_000;
const atLeast = 0.95;
const endpoint = "bench_kafka_v1";
const run = `reprise.bench.${process.pid}.${Date.now()}`;
const [ours, raw, quiet, recorded] = ["ours", "raw", "quiet", "recorded"].map(
  (name) => `${run}.${name}`,
) as [string, string, string, string];
const sinks = { ours: `${ours}.sink`, raw: `${raw}.sink` };

let lastId = 0;

const kafka = new kafkajs.Kafka({
  clientId: "bench",
  brokers: [address],
  logLevel: kafkajs.logLevel.NOTHING,
});

/** What is open, to be closed in the end: the last first. */
const open: { close(): Promise<void> }[] = [];

export const benchmark: Benchmark = {
  name: "kafka",
  cases: await cases(),
  async end() {
    for (const one of open.reverse()) await one.close();
  },
};

async function cases(): Promise<readonly BenchmarkCase[]> {
  try {
    return await casesOnBroker();
  } catch (error) {
    if (!MsgError.is(error) || error.code !== "BROKER_UNREACHABLE") throw error;
    process.stderr.write(`kafka: left out: ${error.message}\n`);
    return [];
  }
}

async function casesOnBroker(): Promise<readonly BenchmarkCase[]> {
  // The first to connect says whether there is a broker.
  await (await openDriver([])).close();
  await createTopics();
  const publisher = await openDriver([]);
  const driver = await openDriver([ours]);
  const off = await openDriver([quiet]);
  const on = recording(await openDriver([recorded]));
  const producer = await openProducer();
  const takeRaw = await openConsumer(raw);
  return await warmed([
    {
      name: `publish ${messages} messages, ${batchSize} at a time, confirmed`,
      ours: repeated(() => publisher.publish(batchOf(sinks.ours, batchSize))),
      peers: [{ name: "kafkajs", run: repeated(() => publishRaw(producer, sinks.raw)), atLeast }],
      rounds,
    },
    {
      name: `consume ${messages} messages, ${batchSize} at a time, acknowledged`,
      ours: stocked(producer, { topic: ours, take: repeated(() => take(driver, batchSize)) }),
      peers: [
        {
          name: "kafkajs",
          run: stocked(producer, { topic: raw, take: repeated(takeRaw) }),
          atLeast,
        },
      ],
      rounds,
    },
    {
      name: `publish and consume ${messages} messages, recording`,
      ours: repeated(() => exchangeOn(on, recorded)),
      peers: [{ name: "not recording", run: repeated(() => exchangeOn(off, quiet)), atLeast }],
      rounds,
    },
  ]);
}

function repeated(once: () => Promise<unknown>): () => Promise<unknown> {
  return async () => {
    for (let time = 0; time < batches; time++) await once();
  };
}

/** A service's own speed, and not that of its first seconds: the compiler needs some 50,000 messages. */
async function warmed(all: readonly BenchmarkCase[]): Promise<readonly BenchmarkCase[]> {
  for (const { ours: own, peers } of all) {
    for (const contender of [own, ...peers.map((peer) => peer.run)]) {
      for (let time = 0; time < 10; time++) await contender();
    }
  }
  return all;
}

async function createTopics(): Promise<void> {
  const topics = [ours, raw, quiet, recorded, sinks.ours, sinks.raw];
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({
    waitForLeaders: true,
    topics: topics.map((topic) => ({ topic, numPartitions: 1, replicationFactor: 1 })),
  });
  open.push({
    async close() {
      await admin.deleteTopics({ topics });
      await admin.disconnect();
    },
  });
}

async function openDriver(topics: readonly string[]): Promise<Driver> {
  const driver = await openKafkaDriver({
    profile: {
      schema_version: "x07.arch.msg.kafka.profile@0.1.0",
      id: endpoint,
      v: 1,
      bootstrap: [address],
      security: { tls: false },
      limits: { max_message_bytes: 2 ** 20, max_poll_items: 10_000, max_poll_wait_ms: 100 },
    },
    topics,
    group: topics[0] ?? endpoint,
    connectTimeoutMs: 2000,
    limits: { inboxMax: 2 * batchSize },
  });
  open.push(driver);
  return driver;
}

async function openProducer(): Promise<Producer> {
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  });
  await producer.connect();
  open.push({ close: () => producer.disconnect() });
  return producer;
}

/** Gives a way to take the next messages: each batch is handled, and committed, when it is asked for. */
async function openConsumer(topic: string): Promise<() => Promise<number>> {
  const consumer = kafka.consumer({ groupId: topic, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  const gate = createGate();
  open.push({
    async close() {
      gate.end();
      await consumer.disconnect();
    },
  });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: (payload) => handle(consumer, payload, gate),
  });
  return gate.take;
}

let pending = 0;
let pendingSize = 0;

async function handle(consumer: Consumer, payload: EachBatchPayload, gate: Gate): Promise<void> {
  const { topic, partition, messages: fetched } = payload.batch;
  for (const message of fetched) {
    if (pending === 0 && !(await gate.wanted())) return;
    const read = {
      key: message.key,
      value: message.value,
      headers: Object.fromEntries(
        Object.entries(message.headers ?? {}).map(([name, text]) => [name, String(text)]),
      ),
    };
    pending += 1;
    pendingSize += read.value?.length ?? 0;
    if (pending < batchSize) continue;
    const offset = String(Number(message.offset) + 1);
    payload.resolveOffset(message.offset);
    await consumer.commitOffsets([{ topic, partition, offset }]);
    const size = pendingSize;
    pending = 0;
    pendingSize = 0;
    gate.done(size);
    await payload.heartbeat();
  }
  payload.resolveOffset(fetched[fetched.length - 1]?.offset ?? "0");
}

async function publishRaw(producer: Producer, topic: string): Promise<void> {
  const batch = Array.from({ length: batchSize }, () => {
    lastId += 1;
    return { key, value, headers: { ...headers, "message-id": `raw-${lastId}` } };
  });
  await producer.send({ topic, acks: -1, messages: batch });
}

interface Stocked {
  readonly topic: string;
  readonly take: () => Promise<unknown>;
}

/**
 * Sees to it that there is something to consume, every so many rounds: what counts is the median of
 * them. A contender that is not asked has some messages fetched, and no more: its bounds are met.
 */
function stocked(producer: Producer, { topic, take: taking }: Stocked): () => Promise<unknown> {
  let left = 0;
  return async () => {
    if (left < 2 * messages) {
      for (; left < stock; left += batchSize) await publishRaw(producer, topic);
    }
    left -= messages;
    return taking();
  };
}

async function exchangeOn(driver: Driver, topic: string): Promise<number> {
  await driver.publish(batchOf(topic, batchSize));
  return take(driver, batchSize);
}
