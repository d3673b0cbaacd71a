/** The whole driver on a cluster in memory and a clock that is told. */
import { crc32 } from "node:zlib";
import type { Delivery, DriverEvent, Envelope } from "@reprise/msg-core";
import { type BrokerDriver, openBrokerDriver } from "@reprise/msg-core/driver";
import type { KafkaDriverOptions } from "../src/index.js";
import { createKafkaLink } from "../src/link.js";
import { checkedOptions } from "../src/options.js";
import type { KafkaHandle } from "../src/reader.js";
import { createFakeKafka, type FakeConsumer, type FakeKafka, topic } from "./fake-kafka.ts";
import { profileAt } from "./kafka-brokers.ts";
import { createVirtualTime, type VirtualTime } from "./virtual-time.ts";

export interface Stand {
  readonly kafka: FakeKafka;
  readonly time: VirtualTime;
  readonly driver: BrokerDriver;
  readonly events: DriverEvent[];
  /** The first poll; then the consumer that it made, in the group with these partitions. */
  join(...partitions: readonly number[]): Promise<FakeConsumer>;
  /** What there is, at once. */
  poll(maxItems?: number): Promise<readonly Delivery[]>;
}

export type StandOptions = Omit<KafkaDriverOptions, "profile"> & {
  readonly kafka?: FakeKafka;
  readonly time?: VirtualTime;
  readonly driverId?: string;
};

export async function openStand(options: StandOptions = {}): Promise<Stand> {
  const { kafka = createFakeKafka(), time = createVirtualTime(), driverId = "d1" } = options;
  const profile = profileAt("fake:9092");
  const settings = checkedOptions(
    { topics: [topic], from: "earliest", ...options, profile },
    profile,
  );
  const linkOptions = {
    kind: "kafka",
    endpoint: profile.id,
    capabilities: {
      orderPerKey: true,
      orderAfterRetry: true,
      countsAttempts: false,
      durable: true,
    },
    topics: settings.topics,
    limits: settings.limits,
    deadLetterSuffix: settings.deadLetterSuffix,
    stallMs: settings.stallMs,
    ports: time.ports,
  } as const;
  const { client } = kafka;
  const driver = await time.until(
    openBrokerDriver<KafkaHandle>(linkOptions, (context) =>
      createKafkaLink({ context, client, settings, checksum: crc32, driverId, brokers: "fake" }),
    ),
  );
  const events: DriverEvent[] = [];
  driver.observe((event) => {
    events.push(event);
  });
  const poll = (maxItems = 100) => driver.poll({ maxItems, waitMs: 0 });
  return {
    kafka,
    time,
    driver,
    events,
    poll,
    async join(...partitions) {
      await poll();
      const consumer = kafka.consumers.at(-1);
      if (consumer === undefined) throw new Error("no consumer was made");
      consumer.join(...partitions);
      return consumer;
    },
  };
}

export const textOf = ({ envelope }: Delivery): string => new TextDecoder().decode(envelope.value);

/** Of keys that go to that partition, of three: in murmur2, see the partitioner's own test. */
export function message(value: string, partition = 0): Envelope {
  const key = { 0: "k0", 1: "k1", 2: "k2" }[partition] ?? "";
  const encoder = new TextEncoder();
  return { topic, key: encoder.encode(key), value: encoder.encode(value), headers: {} };
}

/** Puts messages into a partition as the driver would: with an id and a checksum. */
export async function put({ driver, time }: Stand, ...values: readonly string[]): Promise<number> {
  const batch = values.map((value) => message(value));
  const [first] = await time.until(driver.publish(batch));
  return first?.partition ?? 0;
}

/** The texts of broker events of that name. */
export function told({ events }: Stand, name: string): readonly string[] {
  return events.flatMap((event) =>
    event.type === "broker" && event.name === name ? [event.detail] : [],
  );
}
