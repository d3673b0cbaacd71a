/**
 * Goal: what kafkajs does to a program in an outage, the driver does not.
 * Method: a real broker, reached through a proxy where connections are to break; each test is named
 * for its row of the failure table in the README. Sessions are short, so that they can end.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Envelope, MsgError } from "@reprise/msg-core";
import type { BrokerDriver } from "@reprise/msg-core/driver";
import { expect, test } from "vitest";
import type { KafkaDriverOptions } from "../src/index.js";
import { openKafkaDriver } from "../src/os/index.js";
import {
  expectNoLeaks,
  gather,
  heard,
  type KafkaProxy,
  message,
  startKafkaProxy,
  textOf,
  toldOf,
  useBroker,
} from "./broker-stand.ts";
import { kafkaAt, profileAt } from "./kafka-brokers.ts";

expectNoLeaks();
const stand = useBroker();

/** As short as this broker takes. */
const shortSession = { sessionTimeoutMs: 1500, heartbeatMs: 200 };

async function openBehindProxy(
  options: Partial<KafkaDriverOptions>,
): Promise<{ proxy: KafkaProxy; driver: Awaited<ReturnType<typeof stand.open>> }> {
  const proxy = stand.keep(await startKafkaProxy(stand.broker().port));
  const profile = profileAt(`127.0.0.1:${proxy.port}`);
  return { proxy, driver: await stand.open({ profile, ...options }) };
}

test("K2: a handler that takes longer than the session keeps its messages", async () => {
  const topic = await stand.createTopic({ partitions: 1 });
  const driver = await stand.open({ topics: [topic], ...shortSession });
  const rebalances: string[] = [];
  driver.observe((event) => {
    if (event.type === "broker" && event.name === "rebalanced") rebalances.push(event.detail);
  });
  await driver.publish(["0", "1"].map((value) => message(topic, value)));
  const held = await gather(driver, 2, { ack: false });
  // The handler's own time, which is what the test is about.
  await sleep(2 * shortSession.sessionTimeoutMs);
  await driver.settle(held.map((delivery) => ({ delivery, outcome: "ack" })));
  expect(rebalances.length).toBe(1);
  await driver.publish([message(topic, "2")]);
  expect((await gather(driver, 1)).map(textOf)).toEqual(["2"]);
});

test("K3: a handler that hangs is told, while the session lives on", async () => {
  const topic = await stand.createTopic({ partitions: 1 });
  const driver = await stand.open({ topics: [topic], stallMs: 300, ...shortSession });
  await driver.publish([message(topic, "0")]);
  const stalled = heard(driver, toldOf("handler.stalled"));
  const held = await gather(driver, 1, { ack: false });
  await stalled;
  expect(driver.health().state).toBe("stalled");
  await driver.settle(held.map((delivery) => ({ delivery, outcome: "ack" })));
  expect(driver.health().state).toBe("ready");
});

test("K4: when a second consumer takes a partition, its late settlement is stale", async () => {
  const topic = await stand.createTopic({ partitions: 2 });
  const group = topic;
  const first = await stand.open({ topics: [topic], group, ...shortSession });
  await first.publish(Array.from({ length: 8 }, (_, index) => message(topic, String(index))));
  const held = await gather(first, 8, { ack: false });
  const rebalanced = heard(first, toldOf("rebalanced"));
  const second = await stand.open({ topics: [topic], group, ...shortSession });
  const taken = second.poll({ maxItems: 100, waitMs: 30_000 });
  await rebalanced;
  const stale: string[] = [];
  first.observe((event) => {
    if (event.type === "stale") stale.push(textOf(event.delivery));
  });
  await first.settle(held.map((delivery) => ({ delivery, outcome: "ack" })));
  expect(stale.length).toBe(8);
  // All come again, to the one or the other, flagged.
  const again = [...(await taken)];
  while (new Set(again.map(textOf)).size < 8) {
    for (const driver of [first, second]) {
      again.push(...(await driver.poll({ maxItems: 100, waitMs: 100 })));
    }
  }
  expect(again.every(({ redelivered, attempt }) => redelivered && attempt > 1)).toBe(true);
});

test("K6: a topic whose codec kafkajs lacks: refused at start, or failed when it comes", async () => {
  const topic = await stand.createTopic({ partitions: 1, config: { "compression.type": "zstd" } });
  await expect(stand.open({ topics: [topic] })).rejects.toMatchObject({ code: "CODEC_MISSING" });
  const later = await stand.createTopic({ partitions: 1 });
  const driver = await stand.open({ topics: [later] });
  await setCompression(later, "lz4");
  const waiting = driver.poll({ maxItems: 1, waitMs: 30_000 });
  await driver.publish([message(later, "0")]);
  await expect(waiting).rejects.toMatchObject({
    code: "CODEC_MISSING",
    message: expect.stringContaining("CompressionCodecs"),
  });
  expect(driver.health().state).toBe("failed");
});

test("gzip is built in: what is published with it comes", async () => {
  const topic = await stand.createTopic();
  const driver = await stand.open({ topics: [topic], compression: "gzip" });
  const values = Array.from({ length: 50 }, (_, index) => `${index}${"x".repeat(500)}`);
  await driver.publish(values.map((value) => message(topic, value)));
  expect((await gather(driver, 50)).map(textOf).sort()).toEqual([...values].sort());
});

test("K8: close at once after the first poll, and twice, and in a handler", async () => {
  const topic = await stand.createTopic();
  for (let round = 0; round < 5; round++) {
    const driver = await stand.open({ topics: [topic], group: topic });
    const waiting = driver.poll({ maxItems: 1 });
    await Promise.all([driver.close(), driver.close()]);
    expect(await waiting).toEqual([]);
  }
  const driver = await stand.open({ topics: [topic], group: topic });
  await driver.publish([message(topic, "0")]);
  await gather(driver, 1, { ack: false });
  await driver.close();
  const heir = await stand.open({ topics: [topic], group: topic });
  expect(await gather(heir, 1)).toMatchObject([{ attempt: 2, redelivered: true }]);
});

test("K9: thousands of publishes during an outage are a few connections, and all arrive", async () => {
  const topic = await stand.createTopic();
  const { proxy, driver } = await openBehindProxy({});
  await driver.publish([message(topic, "before")]);
  proxy.onData = () => "reset";
  proxy.reset();
  const before = proxy.accepted;
  const reconnecting = heard(driver, toldOf("health", "connecting"));
  const all = Promise.all(
    Array.from({ length: 5000 }, (_, index) => driver.publish([message(topic, String(index))])),
  );
  all.catch(() => undefined);
  await reconnecting;
  // Some rounds of trying: what is counted is how many for so many publishes.
  await sleep(3000);
  expect(proxy.accepted - before).toBeLessThan(100);
  proxy.onData = undefined;
  expect((await all).length).toBe(5000);
  expect(driver.health().state).toBe("ready");
});

test("K10: an answer that is lost: stored once", async () => {
  const topic = await stand.createTopic({ partitions: 1 });
  const { proxy, driver } = await openBehindProxy({ requestTimeoutMs: 1000 });
  await driver.publish([message(topic, "first")]);
  let lost = 0;
  // The broker stores it; what it says of that is kept back.
  proxy.onData = (_chunk, from) => {
    if (from === "client" || lost > 0) return "pass";
    lost += 1;
    return "drop";
  };
  const [receipt] = await driver.publish([message(topic, "second")]);
  expect(lost).toBe(1);
  expect(receipt?.position).toBe("1");
  const reader = await stand.open({ topics: [topic], from: "earliest" });
  expect((await gather(reader, 2)).map(textOf)).toEqual(["first", "second"]);
  expect(await reader.poll({ maxItems: 1, waitMs: 500 })).toEqual([]);
});

test("K12: a broker that is paused past every timeout rejects nothing unowned", async () => {
  const topic = await stand.createTopic();
  const times = { requestTimeoutMs: 500, publishTimeoutMs: 3000, settleTimeoutMs: 1500 };
  const driver = await stand.open({ topics: [topic], group: topic, ...times, ...shortSession });
  await driver.publish(["0", "1"].map((value) => message(topic, value)));
  const held = await gather(driver, 2, { ack: false });
  await stand.broker().pause();
  try {
    const late = await driver.publish([message(topic, "2")]).catch((error: unknown) => error);
    expect(late).toMatchObject({ code: "BROKER_TIMEOUT" });
    const settled = await driver
      .settle(held.map((delivery) => ({ delivery, outcome: "ack" })))
      .catch((error: unknown) => error);
    // An error in its time, or stale, because the group's session is over for this driver too.
    expect(settled === undefined || MsgError.is(settled)).toBe(true);
    const profile = profileAt(`127.0.0.1:${stand.broker().port}`);
    const opening = openKafkaDriver({ profile, topics: [topic], connectTimeoutMs: 1500 });
    await expect(opening).rejects.toMatchObject({ code: expect.stringMatching(/^BROKER_/) });
  } finally {
    await stand.broker().resume();
  }
  // The cluster finds its leader again in its own time.
  await published(driver, message(topic, "3"));
  const values = new Set<string>();
  while (!["0", "1", "3"].every((value) => values.has(value))) {
    for (const delivery of await gather(driver, 1)) values.add(textOf(delivery));
  }
});

test("K14: a byte that flips on the way: kafkajs hands it out, the driver does not", async () => {
  const topic = await stand.createTopic({ partitions: 1 });
  const { proxy, driver } = await openBehindProxy({ topics: [topic] });
  const sound = "sound and of some length";
  let flips = 2;
  proxy.onData = (chunk, from) => {
    const at = from === "server" ? Buffer.from(chunk).indexOf(sound) : -1;
    if (at < 0 || flips === 0) return "pass";
    flips -= 1;
    chunk[at] = 0x53;
    return "pass";
  };
  const raw = kafkaAt(`127.0.0.1:${proxy.port}`).consumer({ groupId: `${topic}.raw` });
  await raw.connect();
  await raw.subscribe({ topics: [topic], fromBeginning: true });
  const handedOut = new Promise<string | undefined>((resolve) => {
    raw.run({ eachMessage: async ({ message: came }) => resolve(came.value?.toString()) });
  });
  await driver.publish([message(topic, sound)]);
  expect(await handedOut).toBe("Sound and of some length");
  await raw.disconnect();
  flips = 1;
  const damaged = heard(driver, toldOf("message.damaged"));
  const came = await gather(driver, 1);
  await damaged;
  expect(came.map(textOf)).toEqual([sound]);
});

test("K16: when retries are exhausted, the program has every message with its error", async () => {
  const topic = await stand.createTopic();
  const { proxy, driver } = await openBehindProxy({ publishTimeoutMs: 1500 });
  await driver.publish([message(topic, "before")]);
  proxy.onData = () => "reset";
  proxy.reset();
  const batch = ["0", "1", "2"].map((value) => message(topic, value));
  const refused: string[] = [];
  driver.observe((event) => {
    if (event.type === "refused") refused.push(`${textOf(event)} ${event.error.code}`);
  });
  const error = await driver.publish(batch).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: "BROKER_TIMEOUT", retryable: true });
  expect(refused).toEqual(["0", "1", "2"].map((value) => `${value} BROKER_TIMEOUT`));
  proxy.onData = undefined;
  expect((await driver.publish(batch)).length).toBe(3);
});

test("K17: a connection that was ended while idle is opened again for the next message", async () => {
  const topic = await stand.createTopic();
  const { proxy, driver } = await openBehindProxy({});
  for (let round = 0; round < 5; round++) {
    expect((await driver.publish([message(topic, String(round))])).length).toBe(1);
    for (const { client } of proxy.connections) client.destroy();
  }
});

async function setCompression(topic: string, codec: string): Promise<void> {
  const admin = kafkaAt(`127.0.0.1:${stand.broker().port}`).admin();
  await admin.connect();
  const configEntries = [{ name: "compression.type", value: codec }];
  const resources = [{ type: 2, name: topic, configEntries }];
  await admin.alterConfigs({ validateOnly: false, resources });
  await admin.disconnect();
}

async function published(driver: BrokerDriver, envelope: Envelope): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      await driver.publish([envelope]);
      return;
    } catch (error) {
      if (!MsgError.is(error) || !error.retryable) throw error;
    }
  }
  throw new Error("it was never published");
}
