/**
 * Publishing to Redis Streams and consuming from them, through our driver and with ioredis alone doing
 * the same safe work: entries of the same fields, a pipeline of XADDs awaited; XREADGROUP of as many,
 * key and value as bytes and headers as text, then one XACK. And our driver recording into a file,
 * beside itself not recording.
 *
 * What is consumed was published before; each contender has a stream and a connection of its own.
 *
 * A server is needed at 127.0.0.1:6379 (`reprise brokers up redis`, which writes to disk before it
 * answers; REPRISE_REDIS_PORT names another port). Where none answers the cases are left out.
 */
import { type Driver, MsgError } from "@reprise/msg-core";
import { openRedisDriver } from "@reprise/msg-redis/os";
import { Redis } from "ioredis";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";
import { batchOf, headers, key, recording, take, value } from "./exchange.ts";

const port = Number(process.env.REPRISE_REDIS_PORT ?? 6379);
const batchSize = 500;
/** Messages to consume are published so many at a time, before they are asked for. */
const stock = 20_000;
const atLeast = 0.95;
const group = "bench_redis_v1";
/** Two runs on one server leave each other alone. */
const run = `reprise.bench.${process.pid}.${Date.now()}`;
const topics = ["ours", "raw", "quiet", "recorded"].map((name) => `${run}.${name}`);
const sinks = topics.map((topic) => `${topic}.sink`);

const rawHeaders = Object.entries(headers).flatMap(([name, text]) => [`h:${name}`, text]);
let lastId = 0;

/** What is open, to be closed in the end: the last first. */
const open: { close(): Promise<void> }[] = [];

export const benchmark: Benchmark = {
  name: "redis",
  cases: await cases(),
  async end() {
    for (const one of open.reverse()) await one.close();
  },
};

async function cases(): Promise<readonly BenchmarkCase[]> {
  try {
    return await casesOnServer();
  } catch (error) {
    if (!MsgError.is(error) || error.code !== "BROKER_UNREACHABLE") throw error;
    process.stderr.write(`redis: left out: ${error.message}\n`);
    return [];
  }
}

async function casesOnServer(): Promise<readonly BenchmarkCase[]> {
  const [ours = "", raw = "", quiet = "", recorded = ""] = topics;
  // The first to connect says whether there is a server.
  await (await openDriver(`${run}.probe`)).close();
  const client = openClient();
  await client.xgroup("CREATE", raw, group, "0", "MKSTREAM");
  const driver = await openDriver(ours);
  const off = await openDriver(quiet);
  const on = recording(await openDriver(recorded));
  return [
    {
      name: `publish ${batchSize} messages, confirmed`,
      ours: trimmed(client, `${ours}.sink`, () =>
        driver.publish(batchOf(`${ours}.sink`, batchSize)),
      ),
      peers: [
        {
          name: "ioredis",
          run: trimmed(client, `${raw}.sink`, () => publishRaw(client, `${raw}.sink`)),
          atLeast,
        },
      ],
    },
    {
      name: `consume ${batchSize} messages, acknowledged`,
      ours: stocked(client, { topic: ours, take: () => take(driver, batchSize) }),
      peers: [
        {
          name: "ioredis",
          run: stocked(client, { topic: raw, take: () => takeRaw(client, raw) }),
          atLeast,
        },
      ],
    },
    {
      name: `publish and consume ${batchSize} messages, recording`,
      ours: trimmed(client, recorded, () => exchangeOn(on, recorded)),
      peers: [
        {
          name: "not recording",
          run: trimmed(client, quiet, () => exchangeOn(off, quiet)),
          atLeast,
        },
      ],
    },
  ];
}

async function openDriver(topic: string): Promise<Driver> {
  const limits = { max_entry_bytes: 2 ** 20, max_poll_items: 10_000, max_poll_wait_ms: 1_000 };
  const driver = await openRedisDriver({
    profile: {
      schema_version: "x07.arch.msg.redis.profile@0.1.0",
      id: group,
      v: 1,
      host: "127.0.0.1",
      port,
      security: { tls: false },
      limits,
    },
    topics: [topic],
    limits: { inboxMax: 2 * batchSize },
  });
  open.push(driver);
  return driver;
}

function openClient(): Redis {
  const client = new Redis({ host: "127.0.0.1", port });
  open.push({
    async close() {
      await client.del(...topics, ...sinks, `${run}.probe`);
      client.disconnect();
    },
  });
  return client;
}

async function publishRaw(client: Redis, topic: string): Promise<void> {
  const pipeline = client.pipeline();
  for (let count = 0; count < batchSize; count++) {
    lastId += 1;
    const fields = ["key", key, "value", value, ...rawHeaders, "message-id", `raw-${lastId}`];
    pipeline.xadd(topic, "*", ...fields);
  }
  for (const [error] of (await pipeline.exec()) ?? []) if (error !== null) throw error;
}

/** Streams are emptied from time to time, the same for each contender. */
function trimmed(
  client: Redis,
  topic: string,
  run: () => Promise<unknown>,
): () => Promise<unknown> {
  let count = 0;
  return async () => {
    count += batchSize;
    if (count % stock === 0) await client.xtrim(topic, "MAXLEN", 0);
    return run();
  };
}

interface Stocked {
  readonly topic: string;
  readonly take: () => Promise<unknown>;
}

/** Sees to it that there is something to consume; the publishing is the same for each contender. */
function stocked(client: Redis, { topic, take: taking }: Stocked): () => Promise<unknown> {
  let left = 0;
  return async () => {
    if (left < 4 * batchSize) {
      await client.xtrim(topic, "MAXLEN", left);
      for (; left < stock; left += batchSize) await publishRaw(client, topic);
    }
    left -= batchSize;
    return taking();
  };
}

async function takeRaw(client: Redis, topic: string): Promise<number> {
  let size = 0;
  for (let count = 0; count < batchSize; ) {
    const reply = await client.xreadgroupBuffer(
      ...(["GROUP", group, "raw", "COUNT", batchSize, "BLOCK", 1_000] as const),
      ...(["STREAMS", topic, ">"] as const),
    );
    const ids: Buffer[] = [];
    for (const [id, fields] of reply?.[0]?.[1] ?? []) {
      size += messageOf(fields ?? []).value?.length ?? 0;
      ids.push(id);
    }
    if (ids.length > 0) await client.xack(topic, group, ...ids);
    count += ids.length;
  }
  return size;
}

interface RawMessage {
  key?: Buffer;
  value?: Buffer;
  messageId?: string;
  readonly headers: Record<string, string>;
}

function messageOf(fields: readonly Buffer[]): RawMessage {
  const message: RawMessage = { headers: {} };
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [name, content] = [fields[at]?.toString() ?? "", fields[at + 1] ?? Buffer.alloc(0)];
    if (name === "key" || name === "value") message[name] = content;
    else if (name === "message-id") message.messageId = content.toString();
    else message.headers[name.slice(2)] = content.toString();
  }
  return message;
}

async function exchangeOn(driver: Driver, topic: string): Promise<number> {
  await driver.publish(batchOf(topic, batchSize));
  return take(driver, batchSize);
}
