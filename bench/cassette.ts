/**
 * Loading and replaying a cassette, against JSON Lines with base64 payloads, which is what a user
 * would write a recording as instead.
 *
 * The recording: 5,000 orders published and delivered on the embedded broker, in batches of 100. A
 * value takes some 600 bytes on average, as canonical JSON with text in several scripts; each message
 * has three headers. Both sides start from the file's bytes in memory, load them, and then take every
 * publish and every delivery in turn from those of its operation and endpoint. What comes out is the
 * same: an envelope with its key and value as bytes, a receipt or a handover. It is handed to the
 * program and then let go of, as a consumer does with what it has handled.
 *
 * A line of the peer holds an entry's facts as a person would name them, its payload once. Our frame
 * holds the envelope twice (`req`, and inside `resp`), as the format demands, and every entry's
 * checksum is verified, as it is by default.
 */
import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { canonicalBytes } from "@reprise/canonical-json";
import { decodeEnvelope, decodeRrEntry, type Envelope } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import {
  createMemoryStore,
  decodeCassette,
  decodeHandover,
  decodeReceipt,
  openSession,
  operationsOf,
  recordingDriver,
  rrKind,
  type Session,
} from "@reprise/msg-rr";
import type { Benchmark } from "./benchmark.ts";
import { policyOf } from "./exchange.ts";

const messageCount = 5_000;
const batchSize = 100;
const endpoint = "bench_memory_v1";
const topic = "orders.placed";
const operations = operationsOf("memory");
const policy = policyOf(endpoint);

const notes: readonly string[] = [
  "please leave the parcel at the back door ",
  "bitte im Hof abgeben, Größe nicht vergessen ",
  "доставьте до пятницы ",
  "玄関先に置いてください ",
  "gift wrap with a bow ",
];

/** What a replay hands back for one entry. */
type Replayed = Published | Delivered;

interface Published {
  readonly envelope: Envelope;
  readonly partition: number;
  readonly position: string;
}

interface Delivered extends Published {
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly batchIndex: number;
  readonly batchSize: number;
}

const cassette = await record();
const lines = linesOf(cassette);
checkSame(collected(replayCassette), collected(replayLines));

export const benchmark: Benchmark = {
  name: "cassette",
  cases: [
    {
      name: `load and replay, ${2 * messageCount} publishes and deliveries`,
      ours: () => counted(replayCassette),
      peers: [{ name: "JSON Lines with base64", run: () => counted(replayLines), atLeast: 3 }],
    },
  ],
};

/** What a program does with each; then it lets go of it. */
type Handle = (replayed: Replayed) => void;

function counted(replay: (handle: Handle) => void): number {
  let size = 0;
  replay(({ envelope, position }) => {
    size += envelope.value.length + position.length;
  });
  return size;
}

function collected(replay: (handle: Handle) => void): readonly Replayed[] {
  const replayed: Replayed[] = [];
  replay((one) => replayed.push(one));
  return replayed;
}

/** As the strict replaying driver goes about it: entry by entry of a bucket, each marked as used. */
function replayCassette(handle: Handle): void {
  const session = openSession({
    policy,
    mode: "replay",
    store: createMemoryStore(cassette),
    requireChecksums: true,
    checksum: crc32,
  });
  const { recorded } = session;
  let entry = firstOf(session, operations.publish);
  for (; entry >= 0; entry = takeOf(session, entry)) {
    const { ack, envelope } = decodeRrEntry(recorded.resp(entry));
    const { partition, position } = decodeReceipt(ack);
    handle({ envelope: decodeEnvelope(envelope), partition, position });
  }
  entry = firstOf(session, operations.deliver);
  for (; entry >= 0; entry = takeOf(session, entry)) {
    const { ack, envelope } = decodeRrEntry(recorded.resp(entry));
    const handover = decodeHandover(ack);
    handle({
      envelope: decodeEnvelope(envelope),
      partition: handover.partition,
      position: handover.position,
      attempt: handover.attempt,
      redelivered: handover.redelivered,
      batchIndex: handover.batchIndex,
      batchSize: handover.batchSize,
    });
  }
  session.close();
}

function firstOf({ recorded }: Session, op: string): number {
  return recorded.bucket(rrKind, op, endpoint)?.first ?? -1;
}

/** Marks `entry` as replayed and gives the unused one after it, or -1. */
function takeOf(session: Session, entry: number): number {
  session.use(entry);
  let next = session.recorded.nextInBucket(entry);
  while (next >= 0 && session.isUsed(next)) next = session.recorded.nextInBucket(next);
  return next;
}

/** One line. A publish has no more than its receipt. */
interface Line {
  readonly op: string;
  readonly endpoint: string;
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly partition: number;
  readonly position: string;
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly batchIndex: number;
  readonly batchSize: number;
}

interface Queue {
  readonly lines: Line[];
  head: number;
}

function replayLines(handle: Handle): void {
  const queues = new Map<string, Queue>();
  for (const text of lines.toString("utf8").split("\n")) {
    if (text === "") continue;
    const line: Line = JSON.parse(text);
    const name = `${line.op} ${line.endpoint}`;
    const queue = queues.get(name);
    if (queue === undefined) queues.set(name, { lines: [line], head: 0 });
    else queue.lines.push(line);
  }
  for (let count = 0; count < messageCount; count++) {
    const line = nextLine(queues, operations.publish);
    const { partition, position } = line;
    handle({ envelope: envelopeOf(line), partition, position });
  }
  for (let count = 0; count < messageCount; count++) {
    const line = nextLine(queues, operations.deliver);
    handle({
      envelope: envelopeOf(line),
      partition: line.partition,
      position: line.position,
      attempt: line.attempt,
      redelivered: line.redelivered,
      batchIndex: line.batchIndex,
      batchSize: line.batchSize,
    });
  }
}

function nextLine(queues: ReadonlyMap<string, Queue>, op: string): Line {
  const queue = queues.get(`${op} ${endpoint}`);
  const line = queue?.lines[queue.head];
  if (queue === undefined || line === undefined) throw new Error(`no line left for ${op}`);
  queue.head += 1;
  return line;
}

function envelopeOf({ topic, key, value, headers }: Line): Envelope {
  return {
    topic,
    key: Buffer.from(key, "base64"),
    value: Buffer.from(value, "base64"),
    headers,
  };
}

async function record(): Promise<Uint8Array> {
  const store = createMemoryStore();
  const session = openSession({ policy, mode: "record", store, checksum: crc32 });
  const broker = createMemoryBroker({ seed: 1 });
  const driver = recordingDriver(openMemoryDriver({ endpoint, topics: [topic], broker }), session);
  for (let index = 0; index < messageCount; index += batchSize) {
    await driver.publish(Array.from({ length: batchSize }, (_, one) => order(index + one)));
  }
  for (let count = 0; count < messageCount; ) {
    count += (await driver.poll({ maxItems: batchSize })).length;
  }
  await driver.close();
  session.close();
  return store.bytes();
}

function order(index: number): Envelope {
  const note = notes[index % notes.length] ?? "";
  return {
    topic,
    key: new TextEncoder().encode(`customer-${index % 40}`),
    value: canonicalBytes({
      amount: (index * 7919) % 250_000,
      items: Array.from({ length: (index % 4) + 1 }, (_, item) => ({
        quantity: (item % 9) + 1,
        sku: `sku-${1000 + ((index + item) % 9000)}`,
      })),
      note: note.repeat((index % 19) + 4),
      order: `order-${index}`,
    }),
    headers: {
      "content-type": "application/json",
      "event-id": ((index + 1) * 2654435761).toString(16).padStart(16, "0"),
      "event-type": "order.placed",
    },
  };
}

/** The peer's file: the same publishes and deliveries, in the same order. */
function linesOf(bytes: Uint8Array): Buffer {
  const texts: string[] = [];
  for (const { op, key: endpoint, resp } of decodeCassette(bytes)) {
    if (op !== operations.publish && op !== operations.deliver) continue;
    const { envelope, ack } = decodeRrEntry(resp);
    const { topic, key, value, headers } = decodeEnvelope(envelope);
    const payload = {
      key: Buffer.from(key).toString("base64"),
      value: Buffer.from(value).toString("base64"),
    };
    const facts = op === operations.publish ? decodeReceipt(ack) : decodeHandover(ack);
    texts.push(JSON.stringify({ op, endpoint, topic, ...payload, headers, ...facts }));
  }
  return Buffer.from(`${texts.join("\n")}\n`);
}

/** Both sides must have given back the same, or the comparison says nothing. */
function checkSame(ours: readonly Replayed[], theirs: readonly Replayed[]): void {
  const text = (replayed: readonly Replayed[]): string =>
    JSON.stringify(
      replayed.map(({ envelope, ...facts }) => ({
        ...facts,
        topic: envelope.topic,
        key: Buffer.from(envelope.key).toString("hex"),
        value: Buffer.from(envelope.value).toString("hex"),
        headers: envelope.headers,
      })),
    );
  if (text(ours) !== text(theirs)) throw new Error("the two replays differ");
}
