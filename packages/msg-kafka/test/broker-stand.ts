/** A Kafka of a test file's own, and drivers on it, perhaps through a proxy that breaks connections. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningBroker, startBroker } from "@reprise/brokers/os";
import type { Delivery, DriverEvent, Envelope } from "@reprise/msg-core";
import type { BrokerDriver } from "@reprise/msg-core/driver";
import { afterAll, beforeAll } from "vitest";
import { expectNoLeaks as expectNoLeaksBut } from "../../../tools/testing/leaks.ts";
import {
  type DataFate,
  startProxy,
  type Proxy as TcpProxy,
} from "../../../tools/testing/tcp-proxy.ts";
import type { KafkaDriverOptions } from "../src/index.js";
import { openKafkaDriver } from "../src/os/index.js";
import { createTopic, kafkaAt, type NewTopic, profileAt } from "./kafka-brokers.ts";

/** K13: kafkajs' own, on Node 24 and later: it asks for a timer of less than nothing. */
export function expectNoLeaks(): void {
  expectNoLeaksBut({ knownWarnings: ["TimeoutNegativeWarning"] });
}

export interface BrokerStandOptions {
  readonly nodes?: number;
  readonly config?: Readonly<Record<string, string>>;
}

export interface BrokerStand {
  broker(): RunningBroker;
  createTopic(options?: NewTopic): Promise<string>;
  open(options?: Partial<KafkaDriverOptions>): Promise<BrokerDriver>;
  /** Closed, with whatever is open, at the end of the file. */
  keep<Closing extends { close(): Promise<unknown> }>(closing: Closing): Closing;
}

export function useBroker(options: BrokerStandOptions = {}): BrokerStand {
  const folder = mkdtempSync(join(tmpdir(), "reprise-kafka-"));
  const kept: { close(): Promise<unknown> }[] = [];
  let running: RunningBroker | undefined;
  const broker = (): RunningBroker => {
    if (running === undefined) throw new Error("the broker is not started");
    return running;
  };
  const addresses = () => broker().nodes.map(({ port }) => `127.0.0.1:${port}`);
  beforeAll(async () => {
    running = await startBroker({ kind: "kafka", folder, ...options });
  });
  afterAll(async () => {
    for (const closing of kept.splice(0).reverse()) await closing.close();
    await running?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    broker,
    createTopic: (topicOptions) => createTopic(kafkaAt(...addresses()), topicOptions),
    async open(driverOptions = {}) {
      const profile = profileAt(...addresses());
      const driver = await openKafkaDriver({ profile, group: randomUUID(), ...driverOptions });
      kept.push(driver);
      return driver;
    },
    keep(closing) {
      kept.push(closing);
      return closing;
    },
  };
}

export interface KafkaProxy extends TcpProxy {
  /** Sees what passes, behind our own part in it. */
  onData: ((chunk: Uint8Array, from: "client" | "server") => DataFate) | undefined;
}

/** A proxy that brokers seem to be at: their addresses, as they pass, become its own. */
export async function startKafkaProxy(targetPort: number): Promise<KafkaProxy> {
  const hooks: Pick<KafkaProxy, "onData"> = { onData: undefined };
  const proxy = await startProxy({
    targetPort,
    onData(chunk, from) {
      if (from === "server") rewrite(chunk, targetPort, proxy.port);
      return hooks.onData?.(chunk, from);
    },
  });
  return Object.create(proxy, {
    onData: {
      set: (hook: KafkaProxy["onData"]) => {
        hooks.onData = hook;
      },
      get: () => hooks.onData,
    },
  });
}

const address = new TextEncoder().encode("127.0.0.1");

/** A node in a metadata or coordinator answer: its host, then its port as a big-endian u32. */
function rewrite(chunk: Uint8Array, from: number, to: number): void {
  const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
  for (let at = 0; at + address.length + 4 <= chunk.length; at++) {
    if (!address.every((byte, index) => chunk[at + index] === byte)) continue;
    if (view.getUint32(at + address.length) === from) view.setUint32(at + address.length, to);
  }
}

export function message(topic: string, value: string, key = ""): Envelope {
  const encoder = new TextEncoder();
  return { topic, key: encoder.encode(key), value: encoder.encode(value), headers: {} };
}

export const textOf = ({ envelope }: Pick<Delivery, "envelope">): string =>
  new TextDecoder().decode(envelope.value);

/** Polls until `count` have come, with patience; acks them unless told otherwise. */
export async function gather(
  driver: BrokerDriver,
  count: number,
  { patienceMs = 30_000, ack = true } = {},
): Promise<readonly Delivery[]> {
  const came: Delivery[] = [];
  while (came.length < count) {
    const batch = await driver.poll({ maxItems: count - came.length, waitMs: patienceMs });
    if (batch.length === 0) throw new Error(`${came.length} of ${count} came`);
    came.push(...batch);
    if (ack) await driver.settle(batch.map((delivery) => ({ delivery, outcome: "ack" })));
  }
  return came;
}

/** Resolves when the driver tells of something that matches. */
export function heard(
  driver: BrokerDriver,
  matches: (event: DriverEvent) => boolean,
): Promise<DriverEvent> {
  return new Promise((resolve) => {
    const stop = driver.observe((event) => {
      if (!matches(event)) return;
      stop();
      resolve(event);
    });
  });
}

export const toldOf =
  (name: string, text = "") =>
  (event: DriverEvent): boolean =>
    event.type === "broker" && event.name === name && event.detail.includes(text);
