/**
 * Which recorded publish a publish is. The order that counts is the policy's: `exact`, as recorded;
 * `per-key`, among those of one topic and key; `any`. Either way the publish must be the recorded one,
 * byte for byte but for what is volatile, and finding it takes constant time.
 */
import { decodeEnvelope, type Envelope, firstDifference } from "@reprise/msg-core";
import type { Bucket } from "./buckets.js";
import { byteText } from "./byte-text.js";
import { crc32 } from "./checksum.js";
import { createComparable } from "./comparison.js";
import type { PublishOrder } from "./policy.js";
import { explainPublish } from "./publish-diagnosis.js";
import type { Session } from "./session.js";

/** Recorded publishes among which order counts. `head` is the first that may be unused. */
export interface PublishGroup {
  readonly entries: number[];
  head: number;
}

export interface PublishMatcher {
  /** The entry that the encoded, sanitized envelope is. Throws REPLAY_DIFFERS, NO_MATCH. */
  match(bytes: Uint8Array, envelope: Envelope): number;
}

export function createPublishMatcher(session: Session, bucket: Bucket | undefined): PublishMatcher {
  const { recorded, matching } = session;
  const comparable = createComparable(matching.volatile);
  const groupOf = groupName(matching.order, comparable);
  const groups = new Map<string, PublishGroup>();
  for (let entry = bucket?.first ?? -1; entry >= 0; entry = recorded.nextInBucket(entry)) {
    const bytes = recorded.req(entry);
    const name = groupOf(bytes, decodeEnvelope(bytes));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, { entries: [entry], head: 0 });
    else group.entries.push(entry);
  }

  const isSame = (entry: number, wanted: Uint8Array): boolean =>
    firstDifference(comparable(recorded.req(entry)), wanted) < 0;

  return {
    match(bytes, envelope) {
      const wanted = comparable(bytes);
      const group = groups.get(groupOf(bytes, envelope));
      const entry = due(session, bucket, group);
      if (entry !== undefined && isSame(entry, wanted)) return entry;
      if (matching.order === "any" && group !== undefined) {
        // Only messages whose checksums collide are looked through here.
        const other = group.entries.find((one) => !session.isUsed(one) && isSame(one, wanted));
        if (other !== undefined) return other;
      }
      throw explainPublish({ session, bucket, envelope, expected: entry, isSame, wanted });
    },
  };
}

/** The entry that a publish of this group should be. A transcript has only one next entry. */
function due(
  session: Session,
  bucket: Bucket | undefined,
  group: PublishGroup | undefined,
): number | undefined {
  if (session.policy.matchMode === "transcript") {
    const next = session.cursor();
    return next >= 0 && session.recorded.bucketOf(next) === bucket ? next : undefined;
  }
  if (group === undefined) return undefined;
  while (group.head < group.entries.length) {
    const entry = group.entries[group.head];
    if (entry !== undefined && !session.isUsed(entry)) return entry;
    group.head += 1;
  }
  return undefined;
}

function groupName(
  order: PublishOrder,
  comparable: (bytes: Uint8Array) => Uint8Array,
): (bytes: Uint8Array, envelope: Envelope) => string {
  switch (order) {
    case "exact":
      return () => "";
    case "per-key":
      return (_, { topic, key }) => `${topic.length} ${topic}${byteText(key)}`;
    case "any":
      return (bytes) => String(crc32(comparable(bytes), 0));
  }
}
