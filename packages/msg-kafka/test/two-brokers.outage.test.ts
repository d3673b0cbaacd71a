/**
 * Goal: of two brokers one may die or hand over its partitions: nothing is lost, nothing is stored
 * twice without being flagged, order per key holds.
 * Method: two real brokers and their controller; a leader is moved by killing its broker, and by an
 * election; a publisher and a consumer go on meanwhile.
 */
import { expect, test } from "vitest";
import { message, textOf, useBroker } from "./broker-stand.ts";
import { kafkaAt } from "./kafka-brokers.ts";
import { expectNoLeaks } from "./leaks.ts";

expectNoLeaks();
const stand = useBroker({ nodes: 2 });

test("K1, K11: one of two brokers dies and comes back, time and again", async () => {
  const topic = await stand.createTopic({ partitions: 4, replicas: 2 });
  const times = { requestTimeoutMs: 5000, publishTimeoutMs: 120_000 };
  const publisher = await stand.open({ ...times });
  const consumer = await stand.open({ topics: [topic], group: topic, ...times });
  const acknowledged = new Map<string, string>();
  const came = new Map<string, { times: number; places: Set<string> }>();
  const lastOfKey = new Map<string, number>();
  const problems: string[] = [];
  let isOver = false;
  const listeners = new Set<() => void>();
  const onProgress = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const progressed = (): Promise<void> =>
    new Promise((resolve) => {
      const listener = (): void => {
        listeners.delete(listener);
        resolve();
      };
      listeners.add(listener);
    });

  const publishing = (async () => {
    for (let number = 0; !isOver; ) {
      const keys = ["", "a", "b", "c"];
      const batch = Array.from({ length: 7 }, () => {
        number += 1;
        return message(topic, String(number), keys[number % keys.length] ?? "");
      });
      const receipts = await publisher.publish(batch);
      for (const [index, envelope] of batch.entries()) {
        const { partition, position } = receipts[index] ?? { partition: -1, position: "" };
        acknowledged.set(textOf({ envelope }), `${partition}/${position}`);
      }
      onProgress();
      while (!isOver && acknowledged.size - came.size > 300) await progressed();
    }
  })();
  const consuming = (async () => {
    for (;;) {
      const batch = await consumer.poll({ maxItems: 50, waitMs: 20_000 });
      if (batch.length === 0 && isOver) return;
      for (const delivery of batch) {
        const value = textOf(delivery);
        const { times: before, places } = came.get(value) ?? { times: 0, places: new Set() };
        if (before > 0 && !delivery.redelivered) problems.push(`${value} is not flagged`);
        places.add(`${delivery.partition}/${delivery.position}`);
        came.set(value, { times: before + 1, places });
        const key = new TextDecoder().decode(delivery.envelope.key);
        if (key === "" || delivery.redelivered) continue;
        if (Number(value) < (lastOfKey.get(key) ?? 0)) problems.push(`${value} is out of order`);
        lastOfKey.set(key, Number(value));
      }
      await consumer
        .settle(batch.map((delivery) => ({ delivery, outcome: "ack" })))
        .catch(() => undefined);
      onProgress();
    }
  })();
  const more = async (count: number): Promise<void> => {
    const [published, taken] = [acknowledged.size + count, came.size + count];
    while (acknowledged.size < published || came.size < taken) {
      await Promise.race([progressed(), publishing, consuming]);
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
  isOver = true;
  onProgress();
  await publishing;
  await consuming;
  for (const [value, place] of acknowledged) {
    const found = came.get(value);
    if (found === undefined) problems.push(`${value} is lost`);
    else if (!found.places.has(place)) problems.push(`${value} is not where its receipt says`);
  }
  const twice = [...came.values()].filter(({ places }) => places.size > 1).length;
  console.log(`${acknowledged.size} acknowledged, ${came.size} came, ${twice} stored twice`);
  expect(problems).toEqual([]);
  await Promise.all([publisher.close(), consumer.close()]);
}, 300_000);

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
