/**
 * Goal: a broker that is killed and started again, twenty times under load, loses nothing that it
 * confirmed, and what comes twice says so.
 * Method: RabbitMQ, SIGKILL. One driver publishes numbered messages, another consumes and acks; each
 * round waits for messages to have gone through, on both sides, before the next kill.
 */
import { consume, type Delivery, MsgError } from "@reprise/msg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { type PrivateBroker, startPrivateBroker } from "./private-broker.ts";
import { message, openWatched, signal, textOf } from "./stand.ts";

expectNoLeaks();

const rounds = 20;
const perRound = 300;
const batchSize = 50;

let rabbit: PrivateBroker;
beforeAll(async () => {
  rabbit = await startPrivateBroker();
});
afterAll(() => rabbit.end());

/** Counts, and lets one wait for a count. */
function counter() {
  let count = 0;
  let waiting: { readonly until: number; give(): void } | undefined;
  return {
    count: () => count,
    add(more: number) {
      count += more;
      if (waiting !== undefined && count >= waiting.until) waiting.give();
    },
    async reaches(until: number) {
      if (count >= until) return;
      const reached = signal();
      waiting = { until, give: () => reached.give() };
      await reached.promise;
    },
  };
}

test(`killed ${rounds} times under load`, { timeout: 400_000 }, async () => {
  const { broker } = rabbit;
  await (await openWatched(broker.port)).driver.close();
  await rabbit.keepDeclarations();
  const publisher = await openWatched(broker.port, { topics: [], publishTimeoutMs: 60_000 });
  const consumer = await openWatched(broker.port);
  const confirmed = new Set<string>();
  const seen = new Set<string>();
  const unflagged: string[] = [];
  let doubles = 0;
  const published = counter();
  const handled = counter();
  let isDone = false;

  const publishing = (async () => {
    for (let next = 0; !isDone; next += batchSize) {
      const values = Array.from({ length: batchSize }, (_, index) => String(next + index));
      await publisher.driver.publish(values.map((value) => message(value)));
      for (const value of values) confirmed.add(value);
      published.add(batchSize);
    }
  })();
  const handler = (delivery: Delivery): void => {
    const value = textOf(delivery);
    if (seen.has(value)) {
      doubles += 1;
      if (!delivery.redelivered) unflagged.push(value);
    }
    seen.add(value);
    handled.add(1);
  };
  const controller = new AbortController();
  const consuming = consume(consumer.driver, handler, { signal: controller.signal, waitMs: 200 });

  for (let round = 0; round < rounds; round++) {
    await Promise.all([
      published.reaches(published.count() + perRound),
      handled.reaches(handled.count() + perRound),
    ]);
    await broker.kill();
    await broker.restart();
  }
  await published.reaches(published.count() + perRound);
  isDone = true;
  await publishing;
  const lost = () => [...confirmed].filter((value) => !seen.has(value));
  // All that was confirmed before is in front of this one.
  await publisher.driver.publish([message("last")]);
  while (!seen.has("last")) await handled.reaches(handled.count() + 1);
  controller.abort();
  await consuming.catch((error: unknown) => {
    if (!MsgError.is(error)) throw error;
  });

  expect(lost()).toEqual([]);
  expect(unflagged).toEqual([]);
  // The doubles are those of the kills, not a multiple of the load.
  expect(doubles).toBeLessThan(confirmed.size);
  expect(consumer.count("connection.lost")).toBeGreaterThanOrEqual(rounds);
  expect(publisher.driver.health().state).toBe("ready");
  process.stdout.write(
    `${confirmed.size} confirmed, ${doubles} came twice (flagged), ${publisher.count("publish.unconfirmed")} resends\n`,
  );
  await publisher.driver.close();
  await consumer.driver.close();
});
