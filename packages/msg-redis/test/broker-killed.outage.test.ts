/**
 * Goal: a server that is killed and restarted twenty times under load loses nothing that was
 * acknowledged, and nothing comes twice that is not flagged.
 * Method: a real Redis that writes to disk before it answers, a publisher and a consumer at work all
 * the time, SIGKILL after so many messages.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { message, type Stand, settle, startStand, textOf, topicOf } from "./stand.ts";

expectNoLeaks();

let stand: Stand;
beforeAll(async () => {
  stand = await startStand();
});
afterAll(() => stand.end());

const kills = 20;
const batchSize = 20;

test(`killed ${kills} times under load`, { timeout: 240_000 }, async () => {
  const topic = topicOf();
  const publisher = await stand.open([]);
  const consumer = await stand.open([topic]);
  const acknowledged = new Set<string>();
  const handled = new Map<string, number>();
  const unflagged: string[] = [];
  let stopped = false;
  let published = false;
  let next = 0;

  const publishing = (async () => {
    while (!stopped) {
      const batch = Array.from({ length: batchSize }, (_, index) =>
        message(topic, String(next + index)),
      );
      next += batchSize;
      const receipts = await publisher.driver.publish(batch);
      for (const [index] of receipts.entries()) {
        acknowledged.add(String(next - batchSize + index));
      }
    }
  })();
  const handle = async (): Promise<number> => {
    const batch = await consumer.driver.poll({ maxItems: 50, waitMs: 2_000 });
    for (const delivery of batch) {
      const text = textOf(delivery);
      const times = handled.get(text) ?? 0;
      if (times > 0 && !delivery.redelivered) unflagged.push(text);
      handled.set(text, times + 1);
    }
    await settle(consumer.driver, "ack", batch);
    return batch.length;
  };
  const consuming = (async () => {
    while (!published) await handle();
    // What is left, second copies among it.
    while ((await handle()) > 0);
  })();

  for (let kill = 0; kill < kills; kill++) {
    const goal = acknowledged.size + 100;
    while (acknowledged.size < goal) await new Promise((resolve) => setImmediate(resolve));
    await stand.broker.kill();
    await stand.broker.restart();
  }
  stopped = true;
  await publishing;
  published = true;
  await consuming;

  const lost = [...acknowledged].filter((text) => !handled.has(text));
  expect(lost).toEqual([]);
  expect(unflagged).toEqual([]);
  expect(acknowledged.size).toBeGreaterThan(kills * 100);
  const pending = await stand.raw.xpending(topic, "test_redis_v1");
  expect(pending[0]).toBe(0);
});
