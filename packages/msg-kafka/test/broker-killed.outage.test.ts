/**
 * Goal: whatever is acknowledged to the publisher comes, and what comes twice is flagged, though the
 * broker dies twenty times under load.
 * Method: a real broker, killed and started again; a publisher and a consumer that never stop. Each
 * kill waits for messages that were acknowledged and handled since the last.
 */
import { MsgError } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { message, textOf, useBroker } from "./broker-stand.ts";
import { expectNoLeaks } from "./leaks.ts";

expectNoLeaks();
const stand = useBroker();

const kills = 20;
const batchSize = 20;
const ahead = 500;

test("the broker is killed 20 times: nothing is lost, no duplicate is unflagged", async () => {
  const topic = await stand.createTopic();
  const group = topic;
  const times = { publishTimeoutMs: 120_000, settleTimeoutMs: 20_000, requestTimeoutMs: 5000 };
  const publisher = await stand.open({ ...times });
  const consumer = await stand.open({ topics: [topic], group, ...times });
  const acknowledged = new Set<string>();
  const handled = new Map<string, number>();
  const unflagged: string[] = [];
  let isOver = false;
  let progress = (): void => undefined;
  let onHandled = (): void => undefined;

  const caughtUp = (): Promise<void> =>
    new Promise((resolve) => {
      onHandled = () => {
        if (acknowledged.size - handled.size <= ahead / 2 || isOver) resolve();
      };
    });
  const publishing = (async () => {
    for (let number = 0; !isOver; number += batchSize) {
      const batch = Array.from({ length: batchSize }, (_, index) =>
        message(topic, String(number + index), `k${index % 7}`),
      );
      await publisher.publish(batch);
      for (const envelope of batch) acknowledged.add(textOf({ envelope }));
      progress();
      // No further ahead than that: the test is of kills, and not of a backlog.
      if (acknowledged.size - handled.size > ahead) await caughtUp();
    }
  })();
  const consuming = (async () => {
    for (;;) {
      const batch = await consumer.poll({ maxItems: 50, waitMs: 5000 });
      if (batch.length === 0 && isOver) return;
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
      progress();
      onHandled();
    }
  })();
  const failed = Promise.race([publishing, consuming]);
  const enough = (more: number): Promise<void> => {
    const [published, taken] = [acknowledged.size + more, handled.size + more];
    const reached = new Promise<void>((resolve) => {
      progress = () => {
        if (acknowledged.size >= published && handled.size >= taken) resolve();
      };
    });
    return Promise.race([reached, failed]);
  };

  for (let kill = 0; kill < kills; kill++) {
    await enough(100);
    await stand.broker().kill();
    await stand.broker().restart();
  }
  await enough(100);
  isOver = true;
  onHandled();
  await publishing;
  await consuming;
  const lost = [...acknowledged].filter((value) => !handled.has(value));
  const twice = [...handled.values()].filter((times) => times > 1).length;
  console.log(`${acknowledged.size} acknowledged, ${handled.size} handled, ${twice} of them twice`);
  expect(lost).toEqual([]);
  expect(unflagged).toEqual([]);
  expect(acknowledged.size).toBeGreaterThanOrEqual(kills * 100);
  await Promise.all([publisher.close(), consumer.close()]);
}, 600_000);
