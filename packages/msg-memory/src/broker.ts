/**
 * The embedded broker: topics of partitions in memory, read by consumer groups. It keeps Kafka's
 * rules of order and Kafka's offsets, and adds what Kafka leaves to clients: attempts, dead letters,
 * and bounds that make a publisher wait.
 *
 * ```
 * publish -> publishing.ts -> partition-log.ts <- cursor.ts <- group.ts <- poll
 *                 ^ room           | trim            ^ done, rewound
 *                 +----------------+--- settling.ts -+
 * ```
 *
 * There is no clock and no randomness in it: what happens depends on the calls, their order, and the
 * seed alone.
 */
import { MsgError, type Settlement } from "@reprise/msg-core";
import { checkName, groupLengthMax } from "@reprise/msg-core/driver";
import { createGroup, type Group, type Member, subscribe } from "./group.js";
import {
  type BrokerSettings,
  checkedBrokerOptions,
  groupsMax,
  type MemoryBrokerOptions,
} from "./options.js";
import { type PartitionLog, trim } from "./partition-log.js";
import { createPublishing, type Publishing } from "./publishing.js";
import { applySettle, planSettle, type SettlePlan, type Step } from "./settling.js";
import { createTopics } from "./topics.js";

/** Shared by the drivers that are opened with it. */
export interface MemoryBroker {
  /** The name of the topic that rejected messages of `topic` are copied to. */
  deadLetterTopic(topic: string): string;
}

/** What a driver sees of the broker. */
export interface BrokerCore extends Pick<Publishing, "publish" | "cancel"> {
  readonly seed: number;
  /** A group that reads `topics` from now on. Throws TOPIC_UNKNOWN, LIMIT_EXCEEDED. */
  subscribe(group: string, topics: readonly string[]): Group;
  /** `settled` hears of each step once all are carried out. Throws what `planSettle` does. */
  settle(by: Settler, settlements: readonly Settlement[]): void;
}

export interface Settler {
  readonly group: Group;
  readonly member: Member;
  settled(step: Step): void;
}

const cores = new WeakMap<MemoryBroker, BrokerCore>();

/** Throws LIMIT_EXCEEDED for an option out of range. */
export function createMemoryBroker(options: MemoryBrokerOptions = {}): MemoryBroker {
  const settings = checkedBrokerOptions(options);
  const broker: MemoryBroker = {
    deadLetterTopic: (topic) => topic + settings.deadLetterSuffix,
  };
  cores.set(broker, createCore(settings));
  return broker;
}

/** Throws CONTRACT_INVALID for an object that is not from `createMemoryBroker`. */
export function coreOf(broker: MemoryBroker): BrokerCore {
  const core = cores.get(broker);
  if (core !== undefined) return core;
  throw new MsgError("CONTRACT_INVALID", "profile: broker is not from createMemoryBroker");
}

function createCore(settings: BrokerSettings): BrokerCore {
  const groups = new Map<string, Group>();
  const topics = createTopics(settings);
  const publishing = createPublishing(settings, topics, wake);

  const trimAfter = ({ cursors }: SettlePlan): void => {
    let trimmed = false;
    for (const { log } of cursors) trimmed = trim(log) || trimmed;
    if (trimmed) publishing.roomMade();
  };

  return {
    seed: settings.seed,
    publish: publishing.publish,
    cancel: publishing.cancel,
    subscribe(name, topicNames) {
      checkName("group", name, groupLengthMax);
      const logs = topicNames.map((topic) => topics(topic).logs);
      const group = groups.get(name) ?? createGroup();
      if (!groups.has(name) && groups.size >= groupsMax) {
        const message = `broker has ${groupsMax} groups, no room for ${JSON.stringify(name)}`;
        throw new MsgError("LIMIT_EXCEEDED", message, { limit: groupsMax, actual: groupsMax + 1 });
      }
      groups.set(name, group);
      for (const [index, topic] of topicNames.entries()) {
        subscribe(group, topic, logs[index] as readonly PartitionLog[]);
      }
      return group;
    },
    settle({ group, member, settled }, settlements) {
      const plan = planSettle({ group, member, settings, topics }, settlements);
      applySettle(plan, member);
      member.revoked.tell();
      for (const step of plan.steps) settled(step);
      trimAfter(plan);
      wake(plan.deadLetterLogs);
      // A retry has made messages ready again.
      member.wake();
    },
  };
}

function wake(logs: Iterable<PartitionLog>): void {
  for (const { cursors } of logs) for (const cursor of cursors) cursor.owner?.wake();
}
