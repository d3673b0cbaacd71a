/**
 * A group exists from the time a driver of it is opened, though nobody has joined it: its offsets are
 * committed from outside, at the ends of the partitions. Without that, what is published before the
 * first poll would be nobody's (Kafka begins a group without offsets at the end, at its first fetch).
 *
 * The ends are asked for first, and then whether there are offsets. Whoever opens at the same time
 * and is faster has committed before anything was published for it; so an end that was asked for
 * before that is at or before its messages, and loses none of them, even if it is written later.
 */
import type { AdminClient, CommittedOffset, KafkaClient, OffsetToCommit } from "./client.js";
import { encodeNote } from "./offset-note.js";

export interface GroupStart {
  readonly group: string;
  readonly topics: readonly string[];
  readonly from: "latest" | "earliest";
  readonly driverId: string;
}

/** Rejects with the client's errors; where an attempt failed in the middle, another one does no harm. */
export async function ensureGroup(
  client: Pick<KafkaClient, "commitFromOutside">,
  admin: Pick<AdminClient, "endsOf" | "committedBy">,
  { group, topics, from, driverId }: GroupStart,
): Promise<void> {
  const ends: OffsetToCommit[] = [];
  for (const topic of topics) {
    for (const { partition, low, high } of await admin.endsOf(topic)) {
      const offset = from === "earliest" ? low : high;
      const metadata = encodeNote({ state: "closed", driver: driverId, handed: 0, done: [] });
      ends.push({ topic, partition, offset, metadata });
    }
  }
  const missing = missingOf(ends, await admin.committedBy(group, topics));
  if (missing.length === 0) return;
  await client.commitFromOutside(group, missing);
  // A commit from outside is a transaction, of which the end is written in the broker's own time.
  while (missingOf(missing, await admin.committedBy(group, topics)).length > 0);
}

function missingOf(
  ends: readonly OffsetToCommit[],
  committed: readonly CommittedOffset[],
): readonly OffsetToCommit[] {
  const there = new Set<string>();
  for (const { topic, partition, offset } of committed) {
    if (offset >= 0) there.add(`${partition} ${topic}`);
  }
  return ends.filter(({ topic, partition }) => !there.has(`${partition} ${topic}`));
}
