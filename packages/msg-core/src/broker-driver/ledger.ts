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
import { createRecentNames } from "./recent-names.js";

export interface Held<Handle> {
  readonly incoming: Incoming<Handle>;
  /** When it was handed out: milliseconds of the driver's clock. */
  readonly since: number;
}

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
  revoke(matches: (incoming: Incoming<Handle>) => boolean): void;
  /** Of those that are held, not those that are settling. */
  oldest(): Held<Handle> | undefined;
  all(): readonly Incoming<Handle>[];
}

export function createLedger<Handle>(): Ledger<Handle> {
  const held = new Map<string, Held<Handle>>();
  const settling = new Map<string, Held<Handle>>();
  const revoked = createRecentNames(revokedMax);

  const move = (name: string, from: typeof held, to: typeof held): void => {
    const entry = from.get(name);
    if (entry === undefined) return;
    from.delete(name);
    to.set(name, entry);
  };

  return {
    add(incoming, since) {
      let named = incoming;
      // Stored twice, so delivered twice: the second is another delivery of the same message.
      while (held.has(nameOf(named)) || settling.has(nameOf(named))) {
        named = { ...named, attempt: named.attempt + 1, redelivered: true };
      }
      held.set(nameOf(named), { incoming: named, since });
      return named;
    },
    claim(deliveries) {
      const claimed: string[] = [];
      const found = deliveries.map((delivery) => {
        const name = nameOf(delivery);
        const entry = held.get(name);
        if (entry !== undefined) {
          move(name, held, settling);
          claimed.push(name);
          return entry.incoming;
        }
        if (revoked.has(name) && !settling.has(name)) return undefined;
        for (const taken of claimed) move(taken, settling, held);
        throw unknownDelivery(delivery);
      });
      return found;
    },
    finish(incomings) {
      for (const incoming of incomings) {
        const name = nameOf(incoming);
        settling.delete(name);
        // An earlier delivery of the name may have been taken back: this one was not.
        revoked.delete(name);
      }
    },
    unclaim(incomings) {
      for (const incoming of incomings) move(nameOf(incoming), settling, held);
    },
    forfeit(incomings) {
      for (const incoming of incomings) {
        const name = nameOf(incoming);
        if (settling.delete(name)) revoked.add(name);
      }
    },
    revoke(matches) {
      for (const [name, { incoming }] of held) {
        if (!matches(incoming)) continue;
        held.delete(name);
        revoked.add(name);
      }
    },
    oldest() {
      for (const entry of held.values()) return entry;
      return undefined;
    },
    all: () => [...settling.values(), ...held.values()].map(({ incoming }) => incoming),
  };
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
