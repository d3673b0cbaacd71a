/** Which entries are listed. */
import { deliveryNameOf, type EntryFacts, keyOf, topicOf } from "./entry-facts.js";
import type { Operation } from "./entry-operation.js";

/** All of them must hold; what is absent holds. */
export interface EntryFilterOptions {
  /** Short names, or names in full: `std.msg.kafka.publish_env_v1`. */
  readonly operations?: readonly string[];
  readonly endpoint?: string;
  readonly topic?: string;
  /** As text, or `0x` and hexadecimal for one that is not UTF-8. */
  readonly key?: string;
  /** First and last index, both included. */
  readonly from?: number;
  readonly to?: number;
}

export type EntryFilter = (facts: EntryFacts) => boolean;

/** Deliveries of a wanted key whose settlement is still to come. The oldest is forgotten first. */
const unsettledMax = 100_000;

/**
 * The filter. A settlement holds no key: `key` lets those through that settle a delivery with that
 * key, so the filter must see every entry, in order.
 */
export function createEntryFilter(options: EntryFilterOptions): EntryFilter {
  const { operations, endpoint, topic, from = 0, to = Number.POSITIVE_INFINITY } = options;
  const hasKey = createKeyFilter(options.key);
  return (facts) =>
    // First, since it has to see every entry.
    hasKey(facts) &&
    facts.index >= from &&
    facts.index <= to &&
    (operations === undefined || isOneOf(operations, facts)) &&
    (endpoint === undefined || facts.entry.key === endpoint) &&
    (topic === undefined || topicOf(facts) === topic);
}

function isOneOf(wanted: readonly string[], { operation, entry }: EntryFacts): boolean {
  const short: Operation = operation;
  return wanted.includes(short) || wanted.includes(entry.op);
}

function createKeyFilter(key: string | undefined): EntryFilter {
  if (key === undefined) return () => true;
  const unsettled = new Set<string>();
  return (facts) => {
    const delivery = deliveryNameOf(facts);
    if (facts.operation === "settle") return delivery !== undefined && unsettled.delete(delivery);
    if (keyOf(facts) !== key) return false;
    if (delivery === undefined) return true;
    unsettled.add(delivery);
    if (unsettled.size > unsettledMax) {
      for (const oldest of unsettled) {
        unsettled.delete(oldest);
        break;
      }
    }
    return true;
  };
}
