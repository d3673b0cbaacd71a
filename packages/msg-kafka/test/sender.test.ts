/**
 * Goal: every message gets its own outcome, in order, and once; an outage is one retry for all; what
 * a broker may have stored is sent again as it was, by the same producer, or by another one.
 * Method: a cluster in memory that refuses, forgets, hangs and moves; a clock that is told.
 */
import { crc32 } from "node:zlib";
import { type Envelope, MsgError, type Receipt } from "@reprise/msg-core";
import type { SendOutcome } from "@reprise/msg-core/driver";
import { describe, expect, test } from "vitest";
import { createCatalogue } from "../src/catalogue.js";
import type { TopicRecords } from "../src/client.js";
import { createMapping } from "../src/mapping.js";
import { createSender, type Sender } from "../src/sender.js";
import {
  connectionError,
  createFakeKafka,
  type FakeKafka,
  kafkaError,
  type SentBatch,
  store,
  topic,
} from "./fake-kafka.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

interface Stand {
  readonly kafka: FakeKafka;
  readonly time: VirtualTime;
  readonly sender: Sender;
  readonly troubles: (string | undefined)[];
  refresh(): Promise<void>;
}

async function stand(partitions = 3): Promise<Stand> {
  const kafka = createFakeKafka(partitions);
  const time = createVirtualTime();
  const admin = await kafka.client.connectAdmin();
  const { leadersOf } = admin;
  const catalogue = createCatalogue({ leadersOf, now: time.ports.now });
  await catalogue.learn([topic, "other"]);
  const troubles: (string | undefined)[] = [];
  const sender = createSender({
    client: kafka.client,
    catalogue,
    mapping: createMapping("native", crc32),
    ports: time.ports,
    publishTimeoutMs: 60_000,
    recordSizeMax: 100_000,
    driverId: "d",
    trouble: (cause) => troubles.push(cause?.code),
  });
  return { kafka, time, sender, troubles, refresh: () => catalogue.refresh(0) };
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = (value: string, key = ""): Envelope => ({
  topic,
  key: bytes(key),
  value: bytes(value),
  headers: {},
});
const messages = (count: number): readonly Envelope[] =>
  Array.from({ length: count }, (_, index) => message(String(index)));
const valuesOf = (batches: readonly TopicRecords[]): readonly string[] =>
  batches.flatMap(({ messages: sent }) =>
    sent.map(({ value }) => new TextDecoder().decode(value ?? new Uint8Array())),
  );
const stored = ({ logs }: FakeKafka): readonly string[] =>
  [...logs.values()].flatMap((log) =>
    log.map(({ value }) => new TextDecoder().decode(value ?? new Uint8Array())),
  );
const codes = (outcomes: readonly SendOutcome[]): readonly string[] =>
  outcomes.map((outcome) => (MsgError.is(outcome) ? outcome.code : "stored"));

test("K15: without a key, partitions take turns from 0 on, the same for every driver", async () => {
  for (const { sender } of [await stand(), await stand()]) {
    const outcomes = await sender.send(messages(7));
    const places = outcomes.map((outcome) => (outcome as Receipt).partition);
    expect(places).toEqual([0, 1, 2, 0, 1, 2, 0]);
    const positions = outcomes.map((outcome) => (outcome as Receipt).position);
    expect(positions).toEqual(["0", "0", "0", "1", "1", "1", "2"]);
  }
});

test("a key has one partition, Kafka's own", async () => {
  const { sender } = await stand();
  const batch = ["21", "foobar", "21", "a-little-bit-long-string"].map((key) => message("v", key));
  const outcomes = await sender.send(batch);
  // murmur2 of them is -973932308, -790332482, and -985981536: masked, modulo 3.
  const places = [-973932308, -790332482, -973932308, -985981536].map(
    (hash) => (hash & 0x7fffffff) % 3,
  );
  expect(outcomes.map((outcome) => (outcome as Receipt).partition)).toEqual(places);
});

test("K9: 5,000 publishes during an outage are one request that is tried again", async () => {
  const { kafka, time, sender, troubles } = await stand();
  kafka.faults.send = async () => {
    throw connectionError();
  };
  const all = Promise.all(messages(5000).map((one) => sender.send([one])));
  await time.pass(30_000);
  // One attempt a second at most, whatever waits.
  expect(kafka.sent.length).toBeLessThan(40);
  expect(troubles.at(-1)).toBe("CONNECTION_LOST");
  delete kafka.faults.send;
  const before = kafka.sent.length;
  expect(new Set(codes((await time.until(all)).flat()))).toEqual(new Set(["stored"]));
  expect(kafka.sent.length - before).toBeLessThan(10);
  expect(troubles.at(-1)).toBeUndefined();
  expect(stored(kafka).length).toBe(5000);
});

describe("K10: a batch that may be stored", () => {
  test("is sent again as it was, by the same producer, before anything else", async () => {
    const { kafka, time, sender } = await stand();
    let attempts = 0;
    kafka.faults.send = async ({ batches }) => {
      attempts += 1;
      if (attempts === 1) store(kafka.logs, batches);
      // Stored, and nobody hears of it; a broker knows it again by its sequence.
      if (attempts < 4) throw kafkaError("REQUEST_TIMED_OUT");
      return [{ topic, partition: 0, baseOffset: 0 }];
    };
    const first = sender.send([message("a", "21")]);
    await time.pass(50);
    const second = sender.send([message("b", "21")]);
    await time.until(first);
    expect(kafka.sent.slice(0, 4).map(({ batches }) => valuesOf(batches))).toEqual(
      Array(4).fill(["a"]),
    );
    expect(new Set(kafka.sent.slice(0, 4).map(({ producer }) => producer))).toEqual(new Set([1]));
    expect(idsOf(kafka.sent[0])).toEqual(idsOf(kafka.sent[3]));
    await time.until(second);
    expect(stored(kafka).filter((value) => value === "a")).toEqual(["a"]);
  });

  test("and is given up: another producer sends what follows", async () => {
    const { kafka, time, sender } = await stand();
    kafka.faults.send = async ({ producer }) =>
      producer === 1 ? new Promise<never>(() => undefined) : "store";
    const hung = sender.send([message("a", "21")]);
    await time.pass(59_000);
    const next = sender.send([message("b", "21")]);
    const [outcome] = await time.until(hung);
    expect(outcome).toMatchObject({ code: "BROKER_TIMEOUT", retryable: true });
    expect(codes(await time.until(next))).toEqual(["stored"]);
    expect(kafka.sent.map(({ producer }) => producer)).toEqual([1, 2]);
  });

  test.each(["OUT_OF_ORDER_SEQUENCE_NUMBER", "UNKNOWN_PRODUCER_ID", "INVALID_PRODUCER_EPOCH"])(
    "%s: another producer sends it, with its ids",
    async (type) => {
      const { kafka, time, sender } = await stand();
      kafka.faults.send = async ({ producer }) => {
        if (producer === 1) throw kafkaError(type, false);
        return "store";
      };
      expect(codes(await time.until(sender.send(messages(3))))).toEqual(Array(3).fill("stored"));
      expect(kafka.sent.map(({ producer }) => producer)).toEqual([1, 2]);
      expect(idsOf(kafka.sent[0])).toEqual(idsOf(kafka.sent[1]));
    },
  );
});

test("K16: when the time is up, every message has its error, and may be published again", async () => {
  const { kafka, time, sender } = await stand();
  kafka.faults.send = async () => {
    throw kafkaError("NOT_ENOUGH_REPLICAS");
  };
  const outcomes = await time.until(sender.send(messages(5)));
  expect(codes(outcomes)).toEqual(Array(5).fill("BROKER_TIMEOUT"));
  const [first] = outcomes;
  expect(MsgError.is(first) && first.message).toContain("NOT_ENOUGH_REPLICAS");
  expect(MsgError.is(first) && first.details.cause).toBeInstanceOf(Error);
  delete kafka.faults.send;
  expect(codes(await time.until(sender.send(messages(5))))).toEqual(Array(5).fill("stored"));
});

test("K11: a broker that says nothing of a partition has not stored it", async () => {
  const { kafka, time, sender } = await stand();
  let attempts = 0;
  kafka.faults.send = async ({ batches }) => {
    attempts += 1;
    const answers = store(kafka.logs, batches);
    return attempts === 1 ? answers.filter(({ partition }) => partition !== 1) : answers;
  };
  const outcomes = await time.until(sender.send(messages(6)));
  expect(codes(outcomes)).toEqual(Array(6).fill("stored"));
  expect(valuesOf(kafka.sent[1]?.batches ?? [])).toEqual(["1", "4"]);
});

test("K11: a partition whose leader moves keeps its order, and finds its leader", async () => {
  const { kafka, time, sender, refresh } = await stand(1);
  let release = (): void => undefined;
  const moved = new Promise<void>((resolve) => {
    release = resolve;
  });
  kafka.faults.send = async () => {
    if (kafka.leaders.get(`${topic}/0`) === 1) await moved;
    return "store";
  };
  const before = sender.send([message("a"), message("b")]);
  await time.pass(10);
  kafka.leaders.set(`${topic}/0`, 2);
  await refresh();
  const after = sender.send([message("c")]);
  await time.pass(10);
  expect(kafka.sent.length).toBe(1);
  release();
  await time.until(Promise.all([before, after]));
  expect(stored(kafka)).toEqual(["a", "b", "c"]);
});

test("a partition that was stored twice counts where it was stored first", async () => {
  const { kafka, time, sender } = await stand(1);
  kafka.faults.send = async () => [
    { topic, partition: 0, baseOffset: 17 },
    { topic, partition: 0, baseOffset: 4 },
  ];
  expect(await time.until(sender.send(messages(2)))).toEqual([
    { partition: 0, position: "4" },
    { partition: 0, position: "5" },
  ]);
});

test("a message that is refused does not take its neighbours with it", async () => {
  const { kafka, time, sender } = await stand();
  kafka.faults.send = async ({ batches }) => {
    if (valuesOf(batches).includes("2")) throw kafkaError("MESSAGE_TOO_LARGE", false);
    return "store";
  };
  const outcomes = await time.until(sender.send(messages(7)));
  expect(codes(outcomes).filter((code) => code !== "stored")).toEqual(["BROKER_REFUSED"]);
  expect(codes(outcomes)[2]).toBe("BROKER_REFUSED");
  // Each partition's batch as it was, which a broker knows again; then those of the refused one.
  const parts = kafka.sent.slice(1).map(({ batches }) => valuesOf(batches));
  expect(parts).toEqual([["0", "3", "6"], ["1", "4"], ["2", "5"], ["2"], ["5"]]);
  expect(new Set(kafka.sent.map(({ producer }) => producer))).toEqual(new Set([1]));
});

test("a topic that is taken away is told, and harms no other", async () => {
  const { kafka, time, sender } = await stand();
  for (const partition of [0, 1, 2]) kafka.logs.delete(`other/${partition}`);
  const batch = [message("a"), { ...message("b"), topic: "other" }, message("c")];
  expect(codes(await time.until(sender.send(batch)))).toEqual([
    "stored",
    "TOPIC_UNKNOWN",
    "stored",
  ]);
});

test("a batch of one partition is no larger than a topic takes", async () => {
  const { kafka, sender } = await stand(1);
  const batch = Array.from({ length: 5 }, () => message("x".repeat(40_000)));
  await sender.send(batch);
  expect(kafka.sent.map(({ batches }) => valuesOf(batches).length)).toEqual([2, 2, 1]);
});

test("a producer that cannot be had is tried for again", async () => {
  const { kafka, time, sender } = await stand();
  kafka.faults.connectProducer = async () => {
    if (kafka.calls.producers < 3) throw kafkaError("CLUSTER_AUTHORIZATION_FAILED", false);
  };
  expect(codes(await time.until(sender.send([message("a")])))).toEqual(["BROKER_REFUSED"]);
  await expect(sender.connect()).rejects.toThrow("CLUSTER_AUTHORIZATION_FAILED");
  await sender.connect();
  expect(codes(await time.until(sender.send([message("a")])))).toEqual(["stored"]);
});

test("the end answers what waits and what is under way, and leaves no timer", async () => {
  const { kafka, time, sender } = await stand();
  kafka.faults.send = async () => {
    throw connectionError();
  };
  const first = sender.send(messages(3));
  await time.pass(500);
  const second = sender.send(messages(2));
  const closed = new MsgError("CLOSED", "closed");
  await sender.end(closed);
  expect(codes((await Promise.all([first, second])).flat())).toEqual(Array(5).fill("CLOSED"));
  expect(codes(await sender.send(messages(1)))).toEqual(["CLOSED"]);
  expect(time.waiting).toBe(0);
});

function idsOf(sent: SentBatch | undefined): readonly unknown[] {
  return (sent?.batches ?? []).flatMap(({ messages: all }) =>
    all.map(({ headers }) => headers["reprise-message-id"]),
  );
}
