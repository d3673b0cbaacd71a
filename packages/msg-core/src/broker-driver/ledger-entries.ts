/**
 * The entries of a ledger, by the names of their deliveries. The position alone is looked up, a text
 * that is there already; what else a name has is compared. Putting a name together for each look
 * would cost more than all the rest.
 */
import type { Delivery } from "../driver.js";
import type { Incoming } from "./broker-link.js";

export interface Held<Handle> {
  readonly incoming: Incoming<Handle>;
  /** When it was handed out: milliseconds of the driver's clock. */
  readonly since: number;
}

export interface Entry<Handle> extends Held<Handle> {
  settling: boolean;
  /** Of the same position, in another partition or topic, or of another attempt. */
  next: Entry<Handle> | undefined;
}

export interface Entries<Handle> {
  find(delivery: Delivery): Entry<Handle> | undefined;
  add(entry: Entry<Handle>): void;
  remove(entry: Entry<Handle>): void;
  all(): readonly Entry<Handle>[];
}

export function createEntries<Handle>(): Entries<Handle> {
  const byPosition = new Map<string, Entry<Handle>>();
  return {
    find({ envelope, partition, position, attempt }) {
      let entry = byPosition.get(position);
      while (entry !== undefined) {
        const { incoming } = entry;
        if (
          incoming.partition === partition &&
          incoming.attempt === attempt &&
          incoming.envelope.topic === envelope.topic
        ) {
          return entry;
        }
        entry = entry.next;
      }
      return undefined;
    },
    add(entry) {
      const { position } = entry.incoming;
      entry.next = byPosition.get(position);
      byPosition.set(position, entry);
    },
    remove(entry) {
      const { position } = entry.incoming;
      let before = byPosition.get(position);
      if (before === entry) {
        if (entry.next === undefined) byPosition.delete(position);
        else byPosition.set(position, entry.next);
        return;
      }
      while (before !== undefined && before.next !== entry) before = before.next;
      if (before !== undefined) before.next = entry.next;
    },
    all() {
      const all: Entry<Handle>[] = [];
      for (let entry of byPosition.values()) {
        for (;;) {
          all.push(entry);
          if (entry.next === undefined) break;
          entry = entry.next;
        }
      }
      return all;
    },
  };
}
