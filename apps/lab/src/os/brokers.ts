/**
 * The brokers that the lab can record from, each under the policy that allows its operations and no
 * others. A driver is loaded when it is asked for: a replay never loads a client library.
 */
import type { Driver } from "@reprise/msg-core";
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

/**
 * Opens the driver of the run under its policy, and closes it when `body` ends. Rejects with what
 * `body` does, with what the policy refuses, and with BrokerNotOpened.
 */
export function withBroker<Result>(
  { facts, ...scope }: BrokerScope & { readonly facts: RunFacts },
  body: BrokerBody<Result>,
): Promise<Result> {
  const { archRoot } = scope;
  const secrets = environmentSecret;
  const topics = [workloadTopic];
  const common = { topics, group: "lab", secrets };
  const opened = async (session: Session, open: () => Promise<Driver>): Promise<Result> => {
    const driver = await open().catch((cause: unknown) => {
      throw new BrokerNotOpened(`the ${facts.driver} driver cannot be opened`, { cause });
    });
    try {
      return await body(driver, session);
    } finally {
      await driver.close();
    }
  };
  switch (facts.driver) {
    case "memory":
      return withPolicy({ ...scope, policyId: "lab_memory_v1" }, (session) =>
        opened(session, async () => openMemory(facts, topics)),
      );
    case "kafka":
      return withPolicy({ ...scope, policyId: "lab_kafka_v1" }, (session) =>
        opened(session, async () => {
          const { openKafkaDriver } = await import("@reprise/msg-kafka/os");
          const profile = { archRoot, id: facts.endpoint };
          return openKafkaDriver({ ...common, profile, createTopics: { partitions: 4 } });
        }),
      );
    case "amqp":
      return withPolicy({ ...scope, policyId: "lab_amqp_v1" }, (session) =>
        opened(session, async () => {
          const { openAmqpDriver } = await import("@reprise/msg-amqp/os");
          const profile = { archRoot, id: facts.endpoint };
          const topology = { archRoot, id: "lab_v1" };
          // The queues are the topology's own: they have no group.
          return openAmqpDriver({ topics, secrets, profile, topology });
        }),
      );
    case "redis":
      return withPolicy({ ...scope, policyId: "lab_redis_v1" }, (session) =>
        opened(session, async () => {
          const { openRedisDriver } = await import("@reprise/msg-redis/os");
          return openRedisDriver({ ...common, profile: { archRoot, id: facts.endpoint } });
        }),
      );
  }
}

function openMemory({ endpoint, messages, seed }: RunFacts, topics: readonly string[]): Driver {
  const broker = createMemoryBroker({
    topics,
    seed,
    // The workload is published before it is consumed: there must be room for all of it.
    limits: { partitionMessagesMax: Math.max(1, messages), partitionBytesMax: 2 ** 31 - 1 },
  });
  // For those who watch a recording: a run's own clock is made up.
  const now = (): number => performance.now();
  return openMemoryDriver({ endpoint, topics, group: "lab", broker, now });
}
