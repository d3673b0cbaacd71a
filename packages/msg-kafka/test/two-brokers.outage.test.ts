/**
 * Goal: of two brokers one may die or hand over its partitions: nothing is lost, nothing is stored
 * twice without being flagged, order per key holds.
 * Method: two real brokers and their controller; a leader is moved by killing its broker, and by an
 * election; a publisher and a consumer go on meanwhile.
 */
import type { Delivery } from "@reprise/msg-core";
import type { BrokerDriver } from "@reprise/msg-core/driver";
import { expect, test } from "vitest";
import { expectNoLeaks, message, textOf, useBroker } from "./broker-stand.ts";
import { kafkaAt } from "./kafka-brokers.ts";

expectNoLeaks();
const stand = useBroker({ nodes: 2 });

test("K1, K11: one of two brokers dies and comes back, time and again", async () => {
  const story = await begin(await stand.createTopic({ partitions: 4, replicas: 2 }));
  const { topic, publisher, consumer, acknowledged, came, problems } = story;
  const publishing = publish(story);
  const consuming = consume(story);
  const more = async (count: number): Promise<void> => {
    const [published, taken] = [acknowledged.size + count, came.size + count];
    while (acknowledged.size < published || came.size < taken) {
      await Promise.race([progressed(story), publishing, consuming]);
    }
  };

  const [first, second] = stand.broker().nodes;
  for (const node of [second, first, second, first]) {
    await more(100);
    await node?.kill();
    await more(100);
    await node?.restart();
  }
  await more(100);
  await electPreferred(topic);
  await more(100);
  story.isOver = true;
  progress(story);
  await publishing;
  await consuming;
  compare(story);
  const twice = [...came.values()].filter(({ places }) => places.size > 1).length;
  console.log(`${acknowledged.size} acknowledged, ${came.size} came, ${twice} stored twice`);
  expect(problems).toEqual([]);
  await Promise.all([publisher.close(), consumer.close()]);
}, 300_000);

/** Messages are known by their values: numbers, as they were published. */
interface Story {
  readonly topic: string;
  readonly publisher: BrokerDriver;
  readonly consumer: BrokerDriver;
  /** The place in each one's receipt. */
  readonly acknowledged: Map<string, string>;
  readonly came: Map<string, { readonly times: number; readonly places: Set<string> }>;
  readonly lastOfKey: Map<string, number>;
  readonly problems: string[];
  readonly listeners: Set<() => void>;
  isOver: boolean;
}

async function begin(topic: string): Promise<Story> {
  const times = { requestTimeoutMs: 5000, publishTimeoutMs: 120_000 };
  return {
    topic,
    publisher: await stand.open({ ...times }),
    consumer: await stand.open({ topics: [topic], group: topic, ...times }),
    acknowledged: new Map(),
    came: new Map(),
    lastOfKey: new Map(),
    problems: [],
    listeners: new Set(),
    isOver: false,
  };
}

function progress({ listeners }: Story): void {
  for (const listener of [...listeners]) listener();
}

/** Resolves when something more has been acknowledged, or has come. */
function progressed({ listeners }: Story): Promise<void> {
  return new Promise((resolve) => {
    const listener = (): void => {
      listeners.delete(listener);
      resolve();
    };
    listeners.add(listener);
  });
}

const keys = ["", "a", "b", "c"];
/** No further than that is the publisher ahead of the consumer. */
const ahead = 300;

async function publish(story: Story): Promise<void> {
  const { topic, publisher, acknowledged, came } = story;
  for (let number = 0; !story.isOver; ) {
    const batch = Array.from({ length: 7 }, () => {
      number += 1;
      return message(topic, String(number), keys[number % keys.length] ?? "");
    });
    const receipts = await publisher.publish(batch);
    for (const [index, envelope] of batch.entries()) {
      const { partition, position } = receipts[index] ?? { partition: -1, position: "" };
      acknowledged.set(textOf({ envelope }), `${partition}/${position}`);
    }
    progress(story);
    while (!story.isOver && acknowledged.size - came.size > ahead) await progressed(story);
  }
}

async function consume(story: Story): Promise<void> {
  const { consumer } = story;
  for (;;) {
    const batch = await consumer.poll({ maxItems: 50, waitMs: 20_000 });
    if (batch.length === 0 && story.isOver) return;
    for (const delivery of batch) note(story, delivery);
    await consumer
      .settle(batch.map((delivery) => ({ delivery, outcome: "ack" })))
      .catch(() => undefined);
    progress(story);
  }
}

function note({ came, lastOfKey, problems }: Story, delivery: Delivery): void {
  const value = textOf(delivery);
  const { times, places } = came.get(value) ?? { times: 0, places: new Set() };
  if (times > 0 && !delivery.redelivered) problems.push(`${value} is not flagged`);
  places.add(`${delivery.partition}/${delivery.position}`);
  came.set(value, { times: times + 1, places });
  const key = new TextDecoder().decode(delivery.envelope.key);
  if (key === "" || delivery.redelivered) return;
  if (Number(value) < (lastOfKey.get(key) ?? 0)) problems.push(`${value} is out of order`);
  lastOfKey.set(key, Number(value));
}

/** What was acknowledged with what came. */
function compare({ acknowledged, came, problems }: Story): void {
  for (const [value, place] of acknowledged) {
    const found = came.get(value);
    if (found === undefined) problems.push(`${value} is lost`);
    else if (!found.places.has(place)) problems.push(`${value} is not where its receipt says`);
  }
}

/** Leaders go back to where they were: the map that clients have is old. */
async function electPreferred(topic: string): Promise<void> {
  const brokers = stand.broker().nodes.map(({ port }) => `127.0.0.1:${port}`);
  const admin = kafkaAt(...brokers).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  const partitionAssignment = (topics[0]?.partitions ?? []).map(({ partitionId, replicas }) => ({
    partition: partitionId,
    replicas: [...replicas].reverse(),
  }));
  await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
  await admin.disconnect();
}
