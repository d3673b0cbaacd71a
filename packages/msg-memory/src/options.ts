/**
 * What a broker and a driver are opened with: every option with its default and its limits, checked
 * before anything is made. A number out of range, or a name too long, is LIMIT_EXCEEDED.
 */
import {
  checkName,
  deadLetterSuffixLengthMax,
  inRange,
  type Timer,
  topicLengthMax,
} from "@reprise/msg-core/driver";
import type { MemoryBroker } from "./broker.js";

/** A topic with partitions of its own number; a bare string takes the broker's `partitions`. */
export interface MemoryTopic {
  readonly name: string;
  readonly partitions: number;
}

/** What a broker keeps, and takes at once. Each is a whole number from 1. */
export interface MemoryLimits {
  /** Messages kept in a partition until every group is done with them. Default 100,000. */
  readonly partitionMessagesMax: number;
  /** Their bytes, as envelopes. Default 64 MiB. */
  readonly partitionBytesMax: number;
  /** The bytes of one value. Default 1 MiB. A longer one is VALUE_TOO_LONG. */
  readonly valueSizeMax: number;
  /** Messages in one `publish`. Default 10,000. */
  readonly batchSizeMax: number;
}

export interface MemoryBrokerOptions {
  /**
   * The topics there are; with them go their dead-letter topics. Publishing or subscribing to any
   * other is TOPIC_UNKNOWN. Absent: a topic is made when it is first published or subscribed to.
   */
  readonly topics?: readonly (string | MemoryTopic)[];
  /** Partitions of a topic that says no number, 1 to `partitionsMax`. Default 4. */
  readonly partitions?: number;
  readonly limits?: Partial<MemoryLimits>;
  /** Chooses among the legal interleavings of partitions: any 32-bit number. Default 0. */
  readonly seed?: number;
  /** What a dead-letter topic's name adds to its topic's, 1 to 64 characters. Default ".dead-letter". */
  readonly deadLetterSuffix?: string;
}

export interface MemoryProfile {
  /** The cassette's key: 1 to 128 characters. */
  readonly endpoint: string;
  /** What `poll` reads. None: a driver that only publishes. */
  readonly topics?: readonly string[];
  /** The consumer group. Default: `endpoint`. */
  readonly group?: string;
  /** Shared with other drivers. Default: one of its own, `createMemoryBroker()`. */
  readonly broker?: MemoryBroker;
  /** Without one, a poll with a `waitMs` that finds nothing has waited it out at once. */
  readonly timer?: Timer;
  /**
   * Milliseconds, from any origin, never going back: for the `operation` events of observers, and for
   * nothing else. Without one there are none.
   */
  readonly now?: () => number;
}

export const partitionsMax: number = 1024;
/** Dead-letter topics count. */
export const topicsMax: number = 10_000;
export const groupsMax: number = 1000;
/** Drivers of one group. */
export const membersMax: number = 1000;
/** Messages asked for in one `poll`. */
export const pollItemsMax: number = 10_000;
/** Publishes of one broker that wait at a time; one more is QUEUE_FULL. */
export const waitingPublishesMax: number = 1000;

export interface BrokerSettings {
  /** Undefined: any. */
  readonly topics: ReadonlyMap<string, number> | undefined;
  readonly partitions: number;
  readonly limits: MemoryLimits;
  readonly seed: number;
  readonly deadLetterSuffix: string;
}

/** The options with their defaults. Throws LIMIT_EXCEEDED. */
export function checkedBrokerOptions(options: MemoryBrokerOptions): BrokerSettings {
  const { limits = {}, topics, deadLetterSuffix = ".dead-letter" } = options;
  const partitions = inRange("partitions", options.partitions ?? 4, { max: partitionsMax });
  checkName("deadLetterSuffix", deadLetterSuffix, deadLetterSuffixLengthMax);
  return {
    topics: topics === undefined ? undefined : declaredTopics(topics, partitions),
    partitions,
    limits: {
      partitionMessagesMax: limit("partitionMessagesMax", limits.partitionMessagesMax ?? 100_000),
      partitionBytesMax: limit("partitionBytesMax", limits.partitionBytesMax ?? 64 * 2 ** 20),
      valueSizeMax: limit("valueSizeMax", limits.valueSizeMax ?? 2 ** 20),
      batchSizeMax: limit("batchSizeMax", limits.batchSizeMax ?? 10_000),
    },
    seed: inRange("seed", options.seed ?? 0, { min: -(2 ** 31), max: 2 ** 32 - 1 }),
    deadLetterSuffix,
  };
}

function declaredTopics(
  topics: readonly (string | MemoryTopic)[],
  partitions: number,
): ReadonlyMap<string, number> {
  const declared = new Map<string, number>();
  for (const topic of topics) {
    const named = typeof topic === "string" ? { name: topic, partitions } : topic;
    checkName("topic", named.name, topicLengthMax);
    inRange(`partitions of ${named.name}`, named.partitions, { max: partitionsMax });
    declared.set(named.name, named.partitions);
  }
  return declared;
}

const limitMax = 2 ** 31 - 1;

function limit(name: string, value: number): number {
  return inRange(name, value, { max: limitMax });
}
