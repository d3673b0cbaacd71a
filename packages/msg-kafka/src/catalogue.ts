/**
 * The topics that the driver knows, their partitions, and which broker leads each. Where a message
 * goes is decided here, once: by its key, as every Kafka client does it; without a key in turns,
 * from partition 0 on.
 */
import { MsgError } from "@reprise/msg-core";
import { partitionOf } from "@reprise/msg-core/driver";
import type { PartitionLeader } from "./client.js";
import { failureOf } from "./failure.js";

/** One partition, for as long as the driver lives. */
export interface Place {
  readonly topic: string;
  readonly partition: number;
  /** As far as is known: a hint. */
  leader: number;
}

export interface Catalogue {
  /** undefined: not asked for yet. */
  find(topic: string): KnownTopic | undefined;
  /**
   * Asks for those that are not known. Rejects with TOPIC_UNKNOWN, and with the client's error where
   * it gets no answer.
   */
  learn(topics: Iterable<string>): Promise<void>;
  /** Asks for one again. Rejects as `learn` does; then the topic is not known any more. */
  renew(topic: string): Promise<void>;
  /** Asks for all again that are older than this. Never rejects. */
  refresh(ageMs: number): Promise<void>;
}

export interface KnownTopic {
  readonly places: readonly Place[];
  /** Where a message of this key goes; each call without a key moves on. */
  placeOf(key: Uint8Array): Place;
}

export interface CatalogueOptions {
  readonly leadersOf: (topic: string) => Promise<readonly PartitionLeader[]>;
  readonly now: () => number;
}

interface Entry extends KnownTopic {
  readonly places: Place[];
  askedAt: number;
}

export function createCatalogue({ leadersOf, now }: CatalogueOptions): Catalogue {
  const entries = new Map<string, Entry>();
  const asking = new Map<string, Promise<void>>();

  const ask = async (topic: string): Promise<void> => {
    let leaders: readonly PartitionLeader[];
    try {
      leaders = await leadersOf(topic);
    } catch (error) {
      const { kind } = failureOf(error);
      if (kind !== "unknown-topic") throw error;
      entries.delete(topic);
      throw unknownTopic(topic, error);
    }
    if (leaders.length === 0) throw unknownTopic(topic, undefined);
    const entry = entries.get(topic) ?? createEntry();
    entry.askedAt = now();
    update(entry.places, topic, leaders);
    entries.set(topic, entry);
  };
  /** Whoever asks for the same at the same time shares the answer. */
  const askOnce = (topic: string): Promise<void> => {
    const known = asking.get(topic);
    if (known !== undefined) return known;
    const asked = ask(topic).finally(() => asking.delete(topic));
    asking.set(topic, asked);
    return asked;
  };

  return {
    find: (topic) => entries.get(topic),
    async learn(topics) {
      const missing = [...new Set(topics)].filter((topic) => !entries.has(topic));
      await Promise.all(missing.map(askOnce));
    },
    renew: askOnce,
    async refresh(ageMs) {
      const old = [...entries].filter(([, { askedAt }]) => now() - askedAt >= ageMs);
      await Promise.allSettled(old.map(([topic]) => askOnce(topic)));
    },
  };
}

function createEntry(): Entry {
  const places: Place[] = [];
  let turn = 0;
  return {
    places,
    askedAt: 0,
    placeOf(key) {
      const index = key.length === 0 ? turn++ % places.length : partitionOf(key, places.length);
      // There is at least one, and the index is below their number.
      return places[index] as Place;
    },
  };
}

/** Partitions are never taken away: what is known stays the same object. */
function update(places: Place[], topic: string, leaders: readonly PartitionLeader[]): void {
  const ascending = [...leaders].sort((left, right) => left.partition - right.partition);
  for (const [index, { partition, leader }] of ascending.entries()) {
    const place = places[index];
    if (place === undefined) places.push({ topic, partition, leader });
    else place.leader = leader;
  }
}

function unknownTopic(topic: string, cause: unknown): MsgError {
  const message = `the brokers have no topic ${topic}: create it, the driver creates none`;
  return new MsgError("TOPIC_UNKNOWN", message, { cause });
}
