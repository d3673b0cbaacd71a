/**
 * Goal: a connection that breaks in the middle of anything costs time and nothing else.
 * Method: a proxy that resets the connection on which a request of one kind is seen, so many times;
 * requests are known by Kafka's api key, which stands behind their length.
 */
import { describe, expect, test } from "vitest";
import {
  expectNoLeaks,
  gather,
  type KafkaProxy,
  message,
  startKafkaProxy,
  textOf,
  useBroker,
} from "./broker-stand.ts";
import { profileAt } from "./kafka-brokers.ts";

expectNoLeaks();
const stand = useBroker();

/** A phase, and the api key of its request. */
const phases: readonly (readonly [string, number])[] = [
  ["connect", 18],
  ["metadata", 3],
  ["producer id", 22],
  ["coordinator", 10],
  ["offsets of the group", 9],
  ["offsets committed from outside", 28],
  ["join", 11],
  ["sync", 14],
  ["fetch: deliver", 1],
  ["produce: publish", 0],
  ["commit: settle", 8],
  ["heartbeat", 12],
  ["leave: close", 13],
];

describe.each(phases)("reset at %s", (_, apiKey) => {
  test.each(["request", "answer"] as const)("before the %s: nothing is lost", async (at) => {
    const topic = await stand.createTopic();
    const proxy = await startKafkaProxy(stand.broker().port);
    const broken = breakAt(proxy, { apiKey, at, times: 3 });
    const profile = profileAt(`127.0.0.1:${proxy.port}`);
    try {
      const driver = await stand.open({
        profile,
        topics: [topic],
        group: topic,
        // Who joined and was cut off is a member until its session ends.
        sessionTimeoutMs: 1500,
        heartbeatMs: 50,
        requestTimeoutMs: 3000,
      });
      const values = Array.from({ length: 12 }, (_, index) => String(index));
      const waiting = driver.poll({ maxItems: 1, waitMs: 200 });
      for (const value of values) await driver.publish([message(topic, value)]);
      const came = new Map<string, number>();
      const take = (deliveries: Awaited<typeof waiting>): void => {
        for (const delivery of deliveries) {
          const times = (came.get(textOf(delivery)) ?? 0) + 1;
          if (times > 1) expect(delivery.redelivered).toBe(true);
          came.set(textOf(delivery), times);
        }
      };
      const first = await waiting;
      take(first);
      await driver.settle(first.map((delivery) => ({ delivery, outcome: "ack" })));
      while (came.size < values.length) take(await gather(driver, 1));
      // Heartbeats come in their own time, leaving at the end.
      for (let turn = 0; turn < 100 && broken.left === 3 && apiKey === 12; turn++) {
        take(await driver.poll({ maxItems: 1, waitMs: 100 }));
      }
      await driver.close();
      expect([...came.keys()].sort()).toEqual([...values].sort());
      expect(broken.left).toBeLessThan(3);
    } finally {
      await proxy.close();
    }
  });
});

interface Breaking {
  readonly apiKey: number;
  readonly at: "request" | "answer";
  readonly times: number;
}

/** "answer": the request goes through, and the next chunk from the broker ends the connection. */
function breakAt(proxy: KafkaProxy, { apiKey, at, times }: Breaking): { readonly left: number } {
  const state = { left: times };
  let isAwaited = false;
  proxy.onData = (chunk, from) => {
    if (from === "client") {
      const isIt = chunk.length >= 6 && ((chunk[4] ?? 0) << 8) + (chunk[5] ?? 0) === apiKey;
      if (!isIt || state.left === 0) return "pass";
      if (at === "answer") {
        isAwaited = true;
        return "pass";
      }
      state.left -= 1;
      return "reset";
    }
    if (!isAwaited) return "pass";
    isAwaited = false;
    state.left -= 1;
    return "reset";
  };
  return state;
}
