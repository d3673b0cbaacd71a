/** A Redis of a test's own, drivers on it, and the raw client beside them. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningBroker, startBroker } from "@reprise/brokers/os";
import type { Delivery, DriverEvent, Envelope, MsgError, Outcome } from "@reprise/msg-core";
import type { BrokerDriver } from "@reprise/msg-core/driver";
import type { RedisDriverOptions } from "@reprise/msg-redis";
import { openRedisDriver } from "@reprise/msg-redis/os";
import { Redis } from "ioredis";
import { freshTopic, profileOn } from "./redis-harness.ts";

export interface Opened {
  readonly driver: BrokerDriver;
  readonly events: readonly DriverEvent[];
  /** Resolves when a broker event of that name has come, with its detail: one that matches. */
  heard(name: string, pattern?: RegExp): Promise<string>;
  /** The same, of those that come from now on. */
  next(name: string, pattern?: RegExp): Promise<string>;
}

export interface Stand {
  readonly broker: RunningBroker;
  readonly raw: Redis;
  open(topics: readonly string[], options?: Partial<RedisDriverOptions>): Promise<Opened>;
  end(): Promise<void>;
}

/** Short enough to see what happens after them, long enough for a busy machine. */
export const shortTimes = { claimIdleMs: 600, claimEveryMs: 50, commandMs: 2_000 } as const;

export async function startStand(config: Readonly<Record<string, string>> = {}): Promise<Stand> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-redis-"));
  const broker = await startBroker({ kind: "redis", folder, config });
  const raw = new Redis({ host: "127.0.0.1", port: broker.port, lazyConnect: true });
  raw.on("error", () => undefined);
  const opened: BrokerDriver[] = [];
  return {
    broker,
    raw,
    async open(topics, options = {}) {
      const driver = await openRedisDriver({
        profile: profileOn(broker.port),
        topics,
        times: shortTimes,
        ...options,
      });
      opened.push(driver);
      return watched(driver);
    },
    async end() {
      await Promise.all(opened.map((driver) => driver.close({ deadlineMs: 2_000 })));
      raw.disconnect();
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

interface Hearing {
  readonly pattern: RegExp | undefined;
  /** The first event that counts. */
  readonly from: number;
}

export function watched(driver: BrokerDriver): Opened {
  const events: DriverEvent[] = [];
  const waiting = new Set<(event: DriverEvent) => void>();
  driver.observe((event) => {
    events.push(event);
    for (const look of waiting) look(event);
  });
  const hear = (name: string, { pattern = /^/, from }: Hearing): Promise<string> =>
    new Promise((resolve) => {
      const look = (event: DriverEvent): void => {
        if (event.type !== "broker" || event.name !== name) return;
        if (!pattern.test(event.detail)) return;
        waiting.delete(look);
        resolve(event.detail);
      };
      waiting.add(look);
      for (const event of events.slice(from)) look(event);
    });
  return {
    driver,
    events,
    heard: (name, pattern) => hear(name, { pattern, from: 0 }),
    next: (name, pattern) => hear(name, { pattern, from: events.length }),
  };
}

export const brokerEvents = (events: readonly DriverEvent[], name: string): readonly string[] =>
  events.flatMap((event) => (event.type === "broker" && event.name === name ? [event.detail] : []));

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const topicOf = freshTopic;
export const message = (topic: string, value: string, key = "k"): Envelope => ({
  topic,
  key: encoder.encode(key),
  value: encoder.encode(value),
  headers: {},
});
export const numbered = (topic: string, from: number, count: number): readonly Envelope[] =>
  Array.from({ length: count }, (_, index) => message(topic, String(from + index)));
export const textOf = ({ envelope }: Delivery): string => decoder.decode(envelope.value);
export const textsOf = (deliveries: readonly Delivery[]): readonly string[] =>
  deliveries.map(textOf);

/** So many deliveries, or fewer where none came for five seconds. */
export async function gather(driver: BrokerDriver, count: number): Promise<readonly Delivery[]> {
  const deliveries: Delivery[] = [];
  while (deliveries.length < count) {
    const maxItems = Math.min(500, count - deliveries.length);
    const batch = await driver.poll({ maxItems, waitMs: 5_000 });
    if (batch.length === 0) break;
    deliveries.push(...batch);
  }
  return deliveries;
}

export const settle = (
  driver: BrokerDriver,
  outcome: Outcome,
  deliveries: readonly Delivery[],
): Promise<void> => driver.settle(deliveries.map((delivery) => ({ delivery, outcome })));

export async function take(driver: BrokerDriver, count: number): Promise<readonly Delivery[]> {
  const deliveries = await gather(driver, count);
  await settle(driver, "ack", deliveries);
  return deliveries;
}

/** What a call rejects with. */
export async function rejection(call: Promise<unknown>): Promise<MsgError> {
  try {
    const value = await call;
    throw new Error(`expected a rejection, got ${JSON.stringify(value)}`);
  } catch (error) {
    return error as MsgError;
  }
}
