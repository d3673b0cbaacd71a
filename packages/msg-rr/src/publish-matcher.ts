/**
 * Which recorded publish a publish is. The order that counts is the policy's: `exact`, as recorded;
 * `per-key`, among those of one topic and key; `any`. Either way the publish must be the recorded one,
 * byte for byte but for what is volatile, and finding it takes constant time.
 */
import { decodeEnvelope, type Envelope, firstDifference, MsgError } from "@reprise/msg-core";
import { byteText } from "./byte-text.js";
import { crc32 } from "./checksum.js";
import { type Comparable, createComparable } from "./comparison.js";
import type { ReplayOptions } from "./driver-options.js";
import { operationsOf, rrKind } from "./operations.js";
import type { PublishOrder } from "./policy.js";
import { recordedPublishes } from "./publish-calls.js";
import { explainPublish } from "./publish-diagnosis.js";
import type { Session } from "./session.js";

export interface PublishMatcher {
  /** The entry that the encoded, sanitized envelope is. Throws REPLAY_DIFFERS, NO_MATCH. */
  match(bytes: Uint8Array, envelope: Envelope): number;
}

/** Publishes among which order counts, of one lane. `head` is the first that may be unused. */
interface Queue {
  readonly lane: number;
  readonly entries: number[];
  head: number;
}

type GroupName = (comparable: Uint8Array, envelope: Envelope) => string;

export function createPublishMatcher(session: Session, options: ReplayOptions): PublishMatcher {
  const { recorded, matching, policy } = session;
  const comparable = createComparable(matching.volatile);
  const nameOf = groupName(matching.order);
  const groups = groupsOf(session, options, { comparable, nameOf });
  const bucket = recorded.bucket(rrKind, operationsOf(options.kind).publish, options.endpoint);

  const isSame = (entry: number, wanted: Uint8Array): boolean =>
    firstDifference(comparable(recorded.req(entry)), wanted) < 0;
  const found = (due: readonly number[], wanted: Uint8Array, group: readonly Queue[]) => {
    const same = due.find((entry) => isSame(entry, wanted));
    if (same !== undefined || matching.order !== "any") return same;
    // Only messages whose checksums collide are looked through here.
    return group
      .flatMap(({ entries }) => entries)
      .find((entry) => !session.isUsed(entry) && isSame(entry, wanted));
  };

  return {
    match(bytes, envelope) {
      const wanted = comparable(bytes);
      const compared = wanted === bytes ? envelope : decodeEnvelope(wanted);
      if (policy.matchMode === "transcript") {
        const next = session.cursor();
        const isPublish = next >= 0 && recorded.bucketOf(next) === bucket;
        if (isPublish && isSame(next, wanted)) return next;
        const due = isPublish ? next : undefined;
        throw explainPublish({ session, options, envelope, due, isSame, wanted, comparable });
      }
      const group = groups.get(nameOf(wanted, compared)) ?? [];
      const due = dueEntries(session, group);
      const entry = found(due, wanted, group);
      if (entry !== undefined) return entry;
      throw explainPublish({ session, options, envelope, due: due[0], isSame, wanted, comparable });
    },
  };
}

function groupsOf(
  session: Session,
  options: ReplayOptions,
  { comparable, nameOf }: { comparable: Comparable; nameOf: GroupName },
): ReadonlyMap<string, readonly Queue[]> {
  const groups = new Map<string, Queue[]>();
  if (session.policy.matchMode === "transcript") return groups;
  const { entries, lanes } = recordedPublishes(session, options);
  for (const [index, entry] of entries.entries()) {
    // A lane for each entry: the cast holds.
    const lane = lanes[index] as number;
    const compared = comparableOf(session, entry, comparable);
    const name = nameOf(compared.bytes, compared.envelope);
    const queues = groups.get(name);
    const queue = queues?.at(-1);
    if (queue?.lane === lane) queue.entries.push(entry);
    else if (queues !== undefined) queues.push({ lane, entries: [entry], head: 0 });
    else groups.set(name, [{ lane, entries: [entry], head: 0 }]);
  }
  return groups;
}

/** Throws RECORDED_MISMATCH where the recorded request is no envelope. */
function comparableOf({ recorded }: Session, entry: number, comparable: Comparable) {
  try {
    const bytes = comparable(recorded.req(entry));
    return { bytes, envelope: decodeEnvelope(bytes) };
  } catch (cause) {
    const offset = recorded.offset(entry);
    const problem = MsgError.is(cause) ? cause.message : String(cause);
    const message = `recorded publish, entry ${entry}, at byte ${offset}: ${problem}`;
    throw new MsgError("RECORDED_MISMATCH", message, { cause, entry, offset });
  }
}

/** The entries that a publish of this group may be: the next one of each lane. */
function dueEntries(session: Session, group: readonly Queue[]): readonly number[] {
  const due: number[] = [];
  for (const queue of group) {
    while (queue.head < queue.entries.length) {
      // Within bounds: the cast holds.
      const entry = queue.entries[queue.head] as number;
      if (!session.isUsed(entry)) {
        due.push(entry);
        break;
      }
      queue.head += 1;
    }
  }
  return due;
}

function groupName(order: PublishOrder): GroupName {
  switch (order) {
    case "exact":
      return () => "";
    case "per-key":
      return (_, { topic, key }) => `${topic.length} ${topic}${byteText(key)}`;
    case "any":
      return (comparable) => String(crc32(comparable, 0));
  }
}
