/**
 * Goal: whatever is acknowledged to the publisher comes, and what comes twice is flagged, though the
 * broker dies twenty times under load.
 * Method: a real broker, killed and started again; a publisher and a consumer that never stop. Each
 * kill waits for messages that were acknowledged and handled since the last.
 */
import { MsgError } from "@reprise/msg-core";
import type { BrokerDriver } from "@reprise/msg-core/driver";
import { expect, test } from "vitest";
import { expectNoLeaks, message, textOf, useBroker } from "./broker-stand.ts";

expectNoLeaks();
const stand = useBroker();

const kills = 20;
const batchSize = 20;
const ahead = 500;

test("the broker is killed 20 times: nothing is lost, no duplicate is unflagged", async () => {
  const story = await begin(await stand.createTopic());
  const { publisher, consumer, acknowledged, handled } = story;
  const publishing = publish(story);
  const consuming = consume(story);
  const failed = Promise.race([publishing, consuming]);
  const enough = (more: number): Promise<void> => Promise.race([progressed(story, more), failed]);

  for (let kill = 0; kill < kills; kill++) {
    await enough(100);
    await stand.broker().kill();
    await stand.broker().restart();
  }
  await enough(100);
  story.isOver = true;
  story.onHandled();
  await publishing;
  await consuming;
  const lost = [...acknowledged].filter((value) => !handled.has(value));
  const twice = [...handled.values()].filter((times) => times > 1).length;
  console.log(`${acknowledged.size} acknowledged, ${handled.size} handled, ${twice} of them twice`);
  expect(lost).toEqual([]);
  expect(story.unflagged).toEqual([]);
  expect(acknowledged.size).toBeGreaterThanOrEqual(kills * 100);
  await Promise.all([publisher.close(), consumer.close()]);
}, 600_000);

/** Messages are known by their values. */
interface Story {
  readonly topic: string;
  readonly publisher: BrokerDriver;
  readonly consumer: BrokerDriver;
  readonly acknowledged: Set<string>;
  /** How many times each. */
  readonly handled: Map<string, number>;
  readonly unflagged: string[];
  isOver: boolean;
  /** Something more has been acknowledged, or handled. */
  onProgress: () => void;
  onHandled: () => void;
}

async function begin(topic: string): Promise<Story> {
  const times = { publishTimeoutMs: 120_000, settleTimeoutMs: 20_000, requestTimeoutMs: 5000 };
  return {
    topic,
    publisher: await stand.open({ ...times }),
    consumer: await stand.open({ topics: [topic], group: topic, ...times }),
    acknowledged: new Set(),
    handled: new Map(),
    unflagged: [],
    isOver: false,
    onProgress: () => undefined,
    onHandled: () => undefined,
  };
}

/** Resolves when so many more have been acknowledged and handled. */
function progressed(story: Story, more: number): Promise<void> {
  const { acknowledged, handled } = story;
  const [published, taken] = [acknowledged.size + more, handled.size + more];
  return new Promise((resolve) => {
    story.onProgress = () => {
      if (acknowledged.size >= published && handled.size >= taken) resolve();
    };
  });
}

function caughtUp(story: Story): Promise<void> {
  const { acknowledged, handled } = story;
  return new Promise((resolve) => {
    story.onHandled = () => {
      if (acknowledged.size - handled.size <= ahead / 2 || story.isOver) resolve();
    };
  });
}

async function publish(story: Story): Promise<void> {
  const { topic, publisher, acknowledged, handled } = story;
  for (let number = 0; !story.isOver; number += batchSize) {
    const batch = Array.from({ length: batchSize }, (_, index) =>
      message(topic, String(number + index), `k${index % 7}`),
    );
    await publisher.publish(batch);
    for (const envelope of batch) acknowledged.add(textOf({ envelope }));
    story.onProgress();
    // No further ahead than that: the test is of kills, and not of a backlog.
    if (acknowledged.size - handled.size > ahead) await caughtUp(story);
  }
}

async function consume(story: Story): Promise<void> {
  const { consumer, handled, unflagged } = story;
  for (;;) {
    const batch = await consumer.poll({ maxItems: 50, waitMs: 5000 });
    if (batch.length === 0 && story.isOver) return;
    for (const delivery of batch) {
      const value = textOf(delivery);
      const times = handled.get(value) ?? 0;
      if (times > 0 && !(delivery.redelivered && delivery.attempt > 1)) unflagged.push(value);
      handled.set(value, times + 1);
    }
    try {
      await consumer.settle(batch.map((delivery) => ({ delivery, outcome: "ack" })));
    } catch (error) {
      // Not accepted in time: they come again.
      if (!MsgError.is(error) || error.code !== "BROKER_TIMEOUT") throw error;
    }
    story.onProgress();
    story.onHandled();
  }
}
