/**
 * The deliveries that were taken back from one driver, so that a late settlement of one can be told
 * from a settlement of nothing. Of more than `revokedMax` the oldest are forgotten; they become
 * DELIVERY_UNKNOWN.
 *
 * Observers hear of each (`revoked`): not while the broker is at it, but when all is in its place.
 */
import type { Delivery, Observers } from "@reprise/msg-core";
import { createRecentNames, revokedMax } from "@reprise/msg-core/driver";
import type { PartitionLog } from "./partition-log.js";

type Place = Pick<PartitionLog, "topic" | "partition">;

export interface Revoked {
  /** Of the delivery of a message that `log` still has. */
  add(log: PartitionLog, offset: number, attempt: number): void;
  has(place: Place, offset: number, attempt: number): boolean;
  /** Tells the observers of those that were added since. */
  tell(): void;
}

export interface RevokedOptions {
  readonly observers: Pick<Observers, "isObserved" | "notify">;
  readonly deliveryOf: (log: PartitionLog, offset: number, attempt: number) => Delivery;
}

export function createRevoked({ observers, deliveryOf }: RevokedOptions): Revoked {
  const names = createRecentNames(revokedMax);
  /** Put together at once: another consumer may settle the message, and the log forget it. */
  let untold: Delivery[] = [];
  return {
    add(log, offset, attempt) {
      names.add(nameOf(log, offset, attempt));
      if (observers.isObserved()) untold.push(deliveryOf(log, offset, attempt));
    },
    has: (place, offset, attempt) => names.has(nameOf(place, offset, attempt)),
    tell() {
      if (untold.length === 0) return;
      const deliveries = untold;
      untold = [];
      for (const delivery of deliveries) observers.notify({ type: "revoked", delivery });
    },
  };
}

/** Numbers first: a topic may hold any character. */
function nameOf({ topic, partition }: Place, offset: number, attempt: number): string {
  return `${partition} ${offset} ${attempt} ${topic}`;
}
