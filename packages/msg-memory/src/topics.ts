/**
 * The topics of a broker, their dead letters among them. `orders` has the dead-letter topic
 * `orders.dead-letter`, with as many partitions; that one has `orders.dead-letter.dead-letter`, and
 * so on, up to the longest name. None of them need be declared.
 */
import { MsgError } from "@reprise/msg-core";
import { checkName, partitionOf, topicLengthMax } from "@reprise/msg-core/driver";
import { type BrokerSettings, topicsMax } from "./options.js";
import { createPartitionLog, type PartitionLog } from "./partition-log.js";

export interface Topic {
  readonly logs: readonly PartitionLog[];
  /** The partition of the next message without a key. */
  keylessNext: number;
}

/** Finds a topic, or makes it. Throws TOPIC_UNKNOWN, LIMIT_EXCEEDED. */
export type Topics = (name: string) => Topic;

export function createTopics(settings: BrokerSettings): Topics {
  const topics = new Map<string, Topic>();
  return (name) => {
    const known = topics.get(name);
    if (known !== undefined) return known;
    checkName("topic", name, topicLengthMax);
    if (topics.size >= topicsMax) {
      const message = `broker has ${topicsMax} topics, no room for ${JSON.stringify(name)}`;
      throw new MsgError("LIMIT_EXCEEDED", message, { limit: topicsMax, actual: topicsMax + 1 });
    }
    const logs: PartitionLog[] = [];
    const count = partitionCount(settings, name);
    for (let index = 0; index < count; index++) logs.push(createPartitionLog(name, index));
    const topic = { logs, keylessNext: 0 };
    topics.set(name, topic);
    return topic;
  };
}

function partitionCount(settings: BrokerSettings, name: string): number {
  const { topics, deadLetterSuffix, partitions } = settings;
  if (!name.isWellFormed()) {
    throw new MsgError("TOPIC_UNKNOWN", "topic is not well-formed text: it has a lone surrogate");
  }
  if (topics === undefined) return partitions;
  for (let base = name; ; base = base.slice(0, -deadLetterSuffix.length)) {
    const declared = topics.get(base);
    if (declared !== undefined) return declared;
    if (base.endsWith(deadLetterSuffix)) continue;
    throw new MsgError("TOPIC_UNKNOWN", `topic ${JSON.stringify(name)} is not declared`);
  }
}

/** Where a message goes: by its key; without one, to each partition in turn, from 0. */
export function placeOf(topic: Topic, key: Uint8Array): PartitionLog {
  const { logs } = topic;
  let partition = 0;
  if (key.length > 0) {
    partition = partitionOf(key, logs.length);
  } else {
    partition = topic.keylessNext;
    topic.keylessNext = (partition + 1) % logs.length;
  }
  // Both are below the number of logs, which is at least 1.
  return logs[partition] as PartitionLog;
}
