/**
 * The brokers that the lab can record from, each under the policy that allows its operations and no
 * others. A driver is loaded when it is asked for: a replay never loads a client library.
 */
import type { Driver, DriverKind } from "@reprise/msg-core";
import { createMemoryBroker, openMemoryDriver } from "@reprise/msg-memory";
import type { Mode, Session } from "@reprise/msg-rr";
import { withPolicy } from "@reprise/msg-rr/os";
import type { RunFacts } from "../run-facts.js";
import { workloadTopic } from "../workload.js";
import { BrokerNotOpened } from "./broker-not-opened.js";
import { environmentSecret } from "./secrets.js";

export interface BrokerScope {
  readonly archRoot: string;
  /** The cassette's path, and the folder that holds `.x07_rr`. */
  readonly cassette: string;
  readonly root: string;
  /** `off`: the broker is used, and nothing recorded. */
  readonly mode: Extract<Mode, "rewrite" | "off">;
}

export type BrokerBody<Result> = (broker: Driver, session: Session) => Promise<Result>;

/** What a run uses of a broker. */
export interface Bus {
  readonly driver: DriverKind;
  /** The id of the profile. */
  readonly endpoint: string;
  readonly topics: readonly string[];
  readonly group: string;
  readonly seed: number;
  /** Of the embedded broker. */
  readonly partitions?: number;
  /** Messages of a partition that the embedded broker has room for. */
  readonly partitionMessagesMax: number;
}

/**
 * Opens the driver of the run under its policy, and closes it when `body` ends. Rejects with what
 * `body` does, with what the policy refuses, and with BrokerNotOpened.
 */
export function withBroker<Result>(
  { facts, ...scope }: BrokerScope & { readonly facts: RunFacts },
  body: BrokerBody<Result>,
): Promise<Result> {
  const { driver, endpoint, messages, seed } = facts;
  const bus: Bus = {
    driver,
    endpoint,
    topics: [workloadTopic],
    group: "lab",
    seed,
    // The workload is published before it is consumed: there must be room for all of it.
    partitionMessagesMax: Math.max(1, messages),
  };
  return withBus({ ...scope, bus }, body);
}

/** The same for any run. */
export function withBus<Result>(
  { bus, ...scope }: BrokerScope & { readonly bus: Bus },
  body: BrokerBody<Result>,
): Promise<Result> {
  const { archRoot } = scope;
  const { topics, group } = bus;
  const secrets = environmentSecret;
  const common = { topics, group, secrets };
  const profile = { archRoot, id: bus.endpoint };
  const opened = async (session: Session, open: () => Promise<Driver>): Promise<Result> => {
    const driver = await open().catch((cause: unknown) => {
      throw new BrokerNotOpened(`the ${bus.driver} driver cannot be opened`, { cause });
    });
    try {
      return await body(driver, session);
    } finally {
      await driver.close();
    }
  };
  switch (bus.driver) {
    case "memory":
      return withPolicy({ ...scope, policyId: "lab_memory_v1" }, (session) =>
        opened(session, async () => openMemory(bus)),
      );
    case "kafka":
      return withPolicy({ ...scope, policyId: "lab_kafka_v1" }, (session) =>
        opened(session, async () => {
          const { openKafkaDriver } = await import("@reprise/msg-kafka/os");
          return openKafkaDriver({ ...common, profile, createTopics: { partitions: 4 } });
        }),
      );
    case "amqp":
      return withPolicy({ ...scope, policyId: "lab_amqp_v1" }, (session) =>
        opened(session, async () => {
          const { openAmqpDriver } = await import("@reprise/msg-amqp/os");
          const topology = { archRoot, id: "lab_v1" };
          // The queues are the topology's own: they have no group.
          return openAmqpDriver({ topics, secrets, profile, topology });
        }),
      );
    case "redis":
      return withPolicy({ ...scope, policyId: "lab_redis_v1" }, (session) =>
        opened(session, async () => {
          const { openRedisDriver } = await import("@reprise/msg-redis/os");
          return openRedisDriver({ ...common, profile });
        }),
      );
  }
}

function openMemory({ endpoint, topics, group, seed, ...bus }: Bus): Driver {
  const broker = createMemoryBroker({
    topics,
    seed,
    ...(bus.partitions === undefined ? {} : { partitions: bus.partitions }),
    limits: { partitionMessagesMax: bus.partitionMessagesMax, partitionBytesMax: 2 ** 31 - 1 },
  });
  // For those who watch a recording: a run's own clock is made up.
  const now = (): number => performance.now();
  return openMemoryDriver({ endpoint, topics, group, broker, now });
}
