/**
 * Publishing to RabbitMQ and consuming from it, through our driver and with amqplib alone doing the
 * same safe work: persistent messages on a confirm channel, mandatory, each with a message id and the
 * same headers, ten batches under way at once; explicit acknowledgements, several in one frame, with the
 * same prefetch. And our driver recording into a file, beside itself not recording.
 *
 * What is consumed was published before; each contender has queues of its own.
 *
 * A broker is needed at 127.0.0.1:5672 (`reprise brokers up amqp`; REPRISE_AMQP_PORT names another
 * port). Where none answers the cases are left out.
 */
import type { AmqpTopology } from "@reprise/msg-amqp";
import { openAmqpDriver } from "@reprise/msg-amqp/os";
import { type Driver, MsgError } from "@reprise/msg-core";
import { type ConfirmChannel, type ConsumeMessage, connect } from "amqplib";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";
import { batchOf, headers, key, recording, take, value } from "./exchange.ts";

const port = Number(process.env.REPRISE_AMQP_PORT ?? 5672);
const batchSize = 500;
/** Batches under way at once. One at a time measures how long RabbitMQ waits before it syncs its disk. */
const atOnce = 10;
const perOperation = batchSize * atOnce;
const rounds = 15;
const prefetch = 2000;
/** Messages to consume are published so many at a time, before they are asked for. */
const stock = 50_000;
const atLeast = 0.95;
const exchange = "reprise.bench";
const topics = ["ours", "raw", "quiet", "recorded"].map((name) => `${exchange}.${name}`);
const sinks = topics.map((topic) => `${topic}.sink`);

const { "content-type": contentType, ...otherHeaders } = headers;
let lastId = 0;

/** What is open, to be closed in the end. */
const open: { close(): Promise<void> }[] = [];

export const benchmark: Benchmark = {
  name: "amqp",
  cases: await cases(),
  async end() {
    for (const one of open) await one.close();
  },
};

async function cases(): Promise<readonly BenchmarkCase[]> {
  try {
    return await casesOnBroker();
  } catch (error) {
    if (!MsgError.is(error) || error.code !== "BROKER_UNREACHABLE") throw error;
    process.stderr.write(`amqp: left out: ${error.message}\n`);
    return [];
  }
}

async function casesOnBroker(): Promise<readonly BenchmarkCase[]> {
  const [ours = "", raw = "", quiet = "", recorded = ""] = topics;
  const driver = await openDriver(ours);
  const channel = await openChannel();
  await purge(channel);
  const off = await openDriver(quiet);
  const on = recording(await openDriver(recorded));
  return [
    {
      name: `publish ${perOperation} messages, confirmed`,
      rounds,
      ours: emptied(channel, `${ours}.sink`, () => publishOn(driver, `${ours}.sink`)),
      peers: [
        {
          name: "amqplib",
          run: emptied(channel, `${raw}.sink`, () =>
            publishRaw(channel, `${raw}.sink`, perOperation),
          ),
          atLeast,
        },
      ],
    },
    {
      name: `consume ${perOperation} messages, acknowledged`,
      rounds,
      ours: stocked(channel, { topic: ours, take: () => take(driver, perOperation, batchSize) }),
      peers: [
        {
          name: "amqplib",
          run: stocked(channel, { topic: raw, take: await rawTaker(raw) }),
          atLeast,
        },
      ],
    },
    {
      name: `publish and consume ${perOperation} messages, recording`,
      rounds,
      ours: () => exchangeOn(on, recorded),
      peers: [{ name: "not recording", run: () => exchangeOn(off, quiet), atLeast }],
    },
  ];
}

function topology(): AmqpTopology {
  const names = [...topics, ...sinks];
  return {
    id: "bench_v1",
    v: 1,
    exchanges: [{ name: exchange, type: "direct" }],
    queues: names.map((name) => ({ name })),
    bindings: names.map((name) => ({ exchange, queue: name, routing_key: name })),
  };
}

async function openDriver(topic: string): Promise<Driver> {
  const limits = { max_body_bytes: 2 ** 20, prefetch_count: prefetch, max_poll_items: 10_000 };
  const profile = { id: "bench_amqp_v1", v: 1, host: "127.0.0.1", port, vhost: "/", limits };
  const driver = await openAmqpDriver({ profile, topology: topology(), topics: [topic] });
  open.push(driver);
  return driver;
}

async function openChannel(): Promise<ConfirmChannel> {
  const connection = await connect({ hostname: "127.0.0.1", port }, { noDelay: true });
  open.push(connection);
  return connection.createConfirmChannel();
}

async function purge(channel: ConfirmChannel): Promise<void> {
  for (const name of [...topics, ...sinks]) await channel.purgeQueue(name);
}

function publishRaw(channel: ConfirmChannel, topic: string, messages: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let left = messages;
    const confirmed = (error: unknown): void => {
      if (error !== null) reject(error);
      left -= 1;
      if (left === 0) resolve();
    };
    for (let count = 0; count < messages; count++) {
      lastId += 1;
      const options = {
        deliveryMode: 2,
        mandatory: true,
        messageId: `raw-${lastId}`,
        contentType,
        headers: { "reprise-key": String(key), ...otherHeaders },
      };
      channel.publish(exchange, topic, value, options, confirmed);
    }
  });
}

/** Empties the queue after: RabbitMQ takes longer for each message of a queue that grows. */
function emptied(
  channel: ConfirmChannel,
  queue: string,
  publish: () => Promise<void>,
): () => Promise<unknown> {
  return async () => {
    await publish();
    return channel.purgeQueue(queue);
  };
}

interface Stocked {
  readonly topic: string;
  readonly take: () => Promise<unknown>;
}

/** Sees to it that there is something to consume; the publishing is the same for each contender. */
function stocked(
  channel: ConfirmChannel,
  { topic, take: taking }: Stocked,
): () => Promise<unknown> {
  let left = 0;
  return async () => {
    if (left < perOperation + prefetch) {
      await publishRaw(channel, topic, stock);
      left += stock;
    }
    left -= perOperation;
    return taking();
  };
}

async function rawTaker(topic: string): Promise<() => Promise<number>> {
  const channel = await openChannel();
  await channel.prefetch(prefetch);
  const inbox: ConsumeMessage[] = [];
  let arrived = (): void => undefined;
  await channel.consume(topic, (message) => {
    if (message === null) return;
    inbox.push(message);
    arrived();
  });
  return async () => {
    let size = 0;
    for (let count = 0; count < perOperation; ) {
      if (inbox.length === 0) {
        await new Promise<void>((resolve) => {
          arrived = resolve;
        });
      }
      const messages = inbox.splice(0, Math.min(batchSize, perOperation - count));
      for (const message of messages) size += message.content.length;
      const last = messages.at(-1);
      if (last !== undefined) channel.ack(last, true);
      count += messages.length;
    }
    return size;
  };
}

async function exchangeOn(driver: Driver, topic: string): Promise<number> {
  const [, size] = await Promise.all([
    publishOn(driver, topic),
    take(driver, perOperation, batchSize),
  ]);
  return size;
}

async function publishOn(driver: Driver, topic: string): Promise<void> {
  await Promise.all(
    Array.from({ length: atOnce }, () => driver.publish(batchOf(topic, batchSize))),
  );
}
