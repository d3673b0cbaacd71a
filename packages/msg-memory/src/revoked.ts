/**
 * The deliveries that were taken back from one driver, so that a late settlement of one can be told
 * from a settlement of nothing. Of more than `revokedMax` the oldest are forgotten; they become
 * DELIVERY_UNKNOWN.
 */
import { createRecentNames, revokedMax } from "@reprise/msg-core/driver";
import type { PartitionLog } from "./partition-log.js";

type Place = Pick<PartitionLog, "topic" | "partition">;

export interface Revoked {
  add(place: Place, offset: number, attempt: number): void;
  has(place: Place, offset: number, attempt: number): boolean;
}

export function createRevoked(): Revoked {
  const names = createRecentNames(revokedMax);
  return {
    add(place, offset, attempt) {
      names.add(nameOf(place, offset, attempt));
    },
    has: (place, offset, attempt) => names.has(nameOf(place, offset, attempt)),
  };
}

/** Numbers first: a topic may hold any character. */
function nameOf({ topic, partition }: Place, offset: number, attempt: number): string {
  return `${partition} ${offset} ${attempt} ${topic}`;
}
