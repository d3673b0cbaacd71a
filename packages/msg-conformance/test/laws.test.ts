/**
 * Goal: the laws hold for a driver that says no where the memory driver says yes, and they bite where
 * it lies about it.
 * Method: the queue driver obeys every law; then it claims, one by one, what it cannot do, and is
 * broken where a "no" is put to the test. What breaks each law for a "yes" is in
 * packages/msg-memory/test/laws-bite.test.ts.
 */
import { laws } from "@reprise/msg-conformance";
import type { Delivery, Driver, DriverCapabilities } from "@reprise/msg-core";
import { expect, test } from "vitest";
import { describeDriver } from "../src/os/describe-driver.ts";
import { brokenLaws } from "./law-turns.ts";
import { noCapabilities } from "./queue-driver.ts";
import { queueHarness } from "./queue-harness.ts";

describeDriver("a plain queue", queueHarness());

test("a law has an id of its own and a sentence", () => {
  expect(new Set(laws.map(({ id }) => id)).size).toBe(laws.length);
  for (const { id, statement } of laws) {
    expect(id).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(statement).toMatch(/^[`A-Z].*\.$|: [A-Z_]+\.$/);
  }
});

const claims = (capability: Partial<DriverCapabilities>) => (driver: Driver) => ({
  ...driver,
  capabilities: { ...noCapabilities, ...capability },
});

test.each([
  // Numbers of ten keys, one queue: order holds although it is not promised.
  [{ orderPerKey: true }, []],
  // A message that was retried has the second place then, and its old delivery is not stale.
  [{ orderAfterRetry: true }, ["retry-order", "ack-is-final", "poison"]],
  [{ countsAttempts: true }, ["retry"]],
  [{ durable: false }, ["durable"]],
])("a queue that claims %o breaks %o", async (capability, broken) => {
  expect(await brokenLaws(queueHarness(claims(capability)))).toEqual(broken);
});

/** Changes what a poll hands out. */
const handing =
  (edit: (batch: readonly Delivery[]) => readonly Delivery[]) =>
  (driver: Driver): Driver => ({
    ...driver,
    poll: async (request) => edit(await driver.poll(request)),
  });

const refusing =
  (refuses: (size: number, count: number, topic: string) => boolean) =>
  (driver: Driver): Driver => ({
    ...driver,
    publish(batch, options) {
      for (const { value, topic } of batch) {
        if (refuses(value.length, batch.length, topic)) return Promise.reject(new Error("refused"));
      }
      return driver.publish(batch, options);
    },
  });

const faults: readonly (readonly [readonly string[], string, (driver: Driver) => Driver])[] = [
  [
    // Every law with so many messages counts them.
    ["no-loss", "order-per-key", "receipts", "limit-batch"],
    "hands out the second of a hundred in the place of the first",
    handing((batch) => {
      const [first, second, ...rest] = batch;
      if (batch.length < 100 || first === undefined || second === undefined) return batch;
      return [second, second, ...rest];
    }),
  ],
  [["limit-batch"], "has a limit it does not tell", refusing((_, count) => count > 1500)],
  [["limit-value"], "has a limit it does not tell", refusing((size) => size > 200_000)],
  [["limit-topic"], "knows its topics", refusing((_, __, topic) => topic !== "orders")],
];

test.each(faults)("%s catch a queue that %s", async (ids, _, change) => {
  expect(await brokenLaws(queueHarness(change))).toEqual(ids);
});

test("backpressure catches a queue that waits and has not said so", async () => {
  let count = 0;
  const change = (driver: Driver): Driver => ({
    ...driver,
    publish(batch, options) {
      count += batch.length;
      return count > 2000 ? new Promise(() => undefined) : driver.publish(batch, options);
    },
    poll(request) {
      count = 0;
      return driver.poll(request);
    },
    close(options) {
      count = 0;
      return driver.close(options);
    },
  });
  const broken = await brokenLaws(queueHarness(change));
  expect(broken).toEqual(["backpressure", "close-ends-publish"]);
});
