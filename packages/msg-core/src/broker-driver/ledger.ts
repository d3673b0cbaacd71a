/**
 * What has been handed out and not settled. Topic, partition, position and attempt name a delivery;
 * each is in one state:
 *
 * ```
 *  hand out -> held -> settling -> gone     settled again: DELIVERY_UNKNOWN
 *               |         |
 *               +-> revoked (remembered) <- the link failed, or the delivery was taken back
 *                                            settled then: stale
 * ```
 */
import type { Delivery } from "../driver.js";
import { MsgError } from "../errors.js";
import { revokedMax } from "./bounds.js";
import type { Incoming } from "./broker-link.js";
import { createEntries, type Entries, type Entry, type Held } from "./ledger-entries.js";
import { createRecentNames } from "./recent-names.js";

export interface Ledger<Handle> {
  /** The delivery to hand out: its attempt is raised where the name is taken. */
  add(incoming: Incoming<Handle>, since: number): Incoming<Handle>;
  /**
   * For each delivery what is held, undefined where it was taken back. They are settling from now on.
   * Throws DELIVERY_UNKNOWN, and then nothing has changed.
   */
  claim(deliveries: readonly Delivery[]): readonly (Incoming<Handle> | undefined)[];
  /** They are settled: gone. */
  finish(incomings: readonly Incoming<Handle>[]): void;
  /** They are still held after all. */
  unclaim(incomings: readonly Incoming<Handle>[]): void;
  /** What was claimed has failed: it is the broker's again. */
  forfeit(incomings: readonly Incoming<Handle>[]): void;
  /** They are the broker's again, those that are held: gives them. */
  revoke(matches: (incoming: Incoming<Handle>) => boolean): readonly Incoming<Handle>[];
  /** Of those that are held, not those that are settling. */
  oldest(): Held<Handle> | undefined;
  all(): readonly Incoming<Handle>[];
}

export function createLedger<Handle>(): Ledger<Handle> {
  const entries = createEntries<Handle>();
  /** In the order in which they were handed out. */
  const held = new Set<Entry<Handle>>();
  const revoked = createRecentNames(revokedMax);

  const settle = (entry: Entry<Handle>, settling: boolean): void => {
    entry.settling = settling;
    if (settling) held.delete(entry);
    else held.add(entry);
  };
  const takeBack = (entry: Entry<Handle>): void => {
    entries.remove(entry);
    held.delete(entry);
    revoked.add(nameOf(entry.incoming));
  };
  const each = (all: readonly Incoming<Handle>[], act: (entry: Entry<Handle>) => void): void => {
    for (const incoming of all) {
      const entry = entries.find(incoming);
      if (entry !== undefined) act(entry);
    }
  };

  return {
    add(incoming, since) {
      const named = withFreeName(incoming, entries);
      const entry = { incoming: named, since, settling: false, next: undefined };
      entries.add(entry);
      held.add(entry);
      return named;
    },
    claim(deliveries) {
      const claimed: Entry<Handle>[] = [];
      return deliveries.map((delivery) => {
        const entry = entries.find(delivery);
        if (entry?.settling === false) {
          settle(entry, true);
          claimed.push(entry);
          return entry.incoming;
        }
        if (entry === undefined && revoked.has(nameOf(delivery))) return undefined;
        for (const taken of claimed) settle(taken, false);
        throw unknownDelivery(delivery);
      });
    },
    finish(incomings) {
      each(incomings, entries.remove);
      for (const incoming of incomings) {
        // An earlier delivery of the name may have been taken back: this one was not.
        if (!revoked.isEmpty) revoked.delete(nameOf(incoming));
      }
    },
    unclaim(incomings) {
      each(incomings, (entry) => settle(entry, false));
    },
    forfeit(incomings) {
      each(incomings, takeBack);
    },
    revoke(matches) {
      const matching = [...held].filter(({ incoming }) => matches(incoming));
      for (const entry of matching) takeBack(entry);
      return matching.map(({ incoming }) => incoming);
    },
    oldest() {
      for (const entry of held) return entry;
      return undefined;
    },
    all: () => entries.all().map(({ incoming }) => incoming),
  };
}

/** Stored twice, so delivered twice: the second is another delivery of the same message. */
function withFreeName<Handle>(
  incoming: Incoming<Handle>,
  entries: Entries<Handle>,
): Incoming<Handle> {
  let named = incoming;
  while (entries.find(named) !== undefined) {
    named = { ...named, attempt: named.attempt + 1, redelivered: true };
  }
  return named;
}

/** Numbers first: a topic and a position may hold any character. */
function nameOf({ envelope: { topic }, partition, position, attempt }: Delivery): string {
  return `${partition} ${attempt} ${position.length} ${position} ${topic}`;
}

function unknownDelivery({ envelope, partition, position, attempt }: Delivery): MsgError {
  const name = `${JSON.stringify(envelope.topic)} partition ${partition} position ${position}`;
  const problem = "was not delivered by this driver, or is settled";
  return new MsgError("DELIVERY_UNKNOWN", `delivery ${name} attempt ${attempt} ${problem}`);
}
