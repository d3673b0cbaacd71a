/**
 * From the link to the program: the inbox, and what a poll takes out of it into the ledger.
 *
 * A delivery's bytes are copies: what a handler does to them must not reach its dead letter.
 */
import type { Delivery } from "../driver.js";
import type { BrokerLink, Incoming, LinkOptions } from "./broker-link.js";
import { createCopies } from "./copies.js";
import { createInbox } from "./inbox.js";
import type { Ledger } from "./ledger.js";
import { createRecentNames } from "./recent-names.js";

/** Message ids that one driver remembers, to know a message that was stored twice. */
const recentIdsMax = 100_000;

export interface Delivering<Handle> {
  /** False: the inbox is full. */
  add(incoming: Incoming<Handle>): boolean;
  /** At most `count`, held from now on. */
  handOut(count: number): readonly Delivery[];
  remove(matches: (incoming: Incoming<Handle>) => boolean): void;
  /** What nobody has seen; the inbox is empty afterwards. */
  takeAll(): readonly Incoming<Handle>[];
  /** What the program sees of it: another copy. */
  shown(incoming: Incoming<Handle>): Delivery;
  /** Fetched, and not handed out. */
  readonly waiting: number;
}

export interface DeliveringOptions<Handle> {
  readonly options: LinkOptions;
  readonly link: Pick<BrokerLink<Handle>, "resume">;
  readonly ledger: Ledger<Handle>;
}

export function createDelivering<Handle>(parts: DeliveringOptions<Handle>): Delivering<Handle> {
  const { options, link, ledger } = parts;
  const { limits, ports } = options;
  const inbox = createInbox<Incoming<Handle>>();
  const recentIds = createRecentNames(recentIdsMax);
  const copy = createCopies();
  let full = false;

  const resumeWithRoom = (): void => {
    if (!full || inbox.size > limits.inboxMax / 2) return;
    full = false;
    link.resume();
  };
  return {
    add(incoming) {
      inbox.add(incoming);
      // Until `resume`: a straggler that finds room must not make anybody forget to call it.
      full ||= inbox.size >= limits.inboxMax;
      return !full;
    },
    handOut(count) {
      const taken = inbox.take(count);
      if (taken.length === 0) return [];
      const since = ports.now();
      const deliveries = taken.map((incoming) => {
        const again = incoming.messageId !== undefined && recentIds.add(incoming.messageId);
        return deliveryOf(ledger.add(again ? asAgain(incoming) : incoming, since), copy);
      });
      resumeWithRoom();
      return deliveries;
    },
    remove(matches) {
      inbox.remove(matches);
      resumeWithRoom();
    },
    takeAll: () => inbox.take(inbox.size),
    shown: (incoming) => deliveryOf(incoming, copy),
    get waiting() {
      return inbox.size;
    },
  };
}

/** It was seen lately, under the same id or another place. */
function asAgain<Handle>(incoming: Incoming<Handle>): Incoming<Handle> {
  return { ...incoming, attempt: Math.max(2, incoming.attempt), redelivered: true };
}

function deliveryOf(
  { envelope, partition, position, attempt, redelivered }: Incoming<unknown>,
  copy: (bytes: Uint8Array) => Uint8Array,
): Delivery {
  const { topic, key, value, headers } = envelope;
  return {
    envelope: { topic, key: copy(key), value: copy(value), headers },
    partition,
    position,
    attempt,
    redelivered,
  };
}
