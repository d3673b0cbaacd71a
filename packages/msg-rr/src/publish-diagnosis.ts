/**
 * Why a publish is not a recorded one: the nearest recorded entry, whether the content differs or only
 * the order, the first field and byte, both values, and what to do. Looked for only when a replay has
 * failed, over a bounded number of entries.
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import type { Bucket } from "./buckets.js";
import { byteText } from "./byte-text.js";
import { decodedOrUndefined } from "./comparison.js";
import { differenceOf } from "./difference.js";
import type { Session } from "./session.js";

/** Entries looked at for the nearest one. */
const searchMax = 10_000;

export interface FailedPublish {
  readonly session: Session;
  readonly bucket: Bucket | undefined;
  readonly envelope: Envelope;
  /** The entry that was due in this publish's order, if there was one. */
  readonly expected: number | undefined;
  readonly wanted: Uint8Array;
  isSame(entry: number, wanted: Uint8Array): boolean;
}

/** REPLAY_DIFFERS, or NO_MATCH where nothing recorded is left to be it. */
export function explainPublish(failed: FailedPublish): MsgError {
  const { session, envelope, expected } = failed;
  const { recorded } = session;
  const name = `publish to ${envelope.topic}, key ${showKey(envelope.key)}`;
  const unused = unusedEntries(failed);
  const moved = unused.find((entry) => failed.isSame(entry, failed.wanted));
  if (moved !== undefined) {
    const due = expected === undefined ? "" : `; entry ${expected} was due first`;
    return refusal(failed, moved, [
      `${name}: the order differs from the recording`,
      `  nearest   ${place(session, moved)}: the same message, byte for byte${due}`,
      `  order     ${session.matching.order}`,
    ]);
  }
  const nearest = expected ?? nearestOf(unused, failed);
  if (nearest === undefined) {
    const count = failed.bucket?.count ?? 0;
    const message = `${name}: the recording has no publish left (it holds ${count}, all replayed)`;
    return new MsgError("NO_MATCH", `${message}\n  accept    ${session.acceptHint}`);
  }
  const lines = [`${name}: the content differs from the recording`];
  lines.push(`  nearest   ${place(session, nearest)}${expected === undefined ? "" : ", due next"}`);
  const other = decodedOrUndefined(recorded.req(nearest));
  const difference = other === undefined ? undefined : differenceOf(other, envelope);
  if (difference !== undefined) {
    lines.push(`  field     ${difference.field}, at byte ${difference.byte}`);
    lines.push(`  recorded  ${difference.recorded}`);
    lines.push(`  got       ${difference.got}`);
  }
  return refusal(failed, nearest, lines);
}

function refusal({ session }: FailedPublish, entry: number, lines: readonly string[]): MsgError {
  const message = [...lines, `  accept    ${session.acceptHint}`].join("\n");
  return new MsgError("REPLAY_DIFFERS", message, { entry, offset: session.recorded.offset(entry) });
}

function unusedEntries({ session, bucket }: FailedPublish): readonly number[] {
  const unused: number[] = [];
  let entry = bucket?.first ?? -1;
  for (let looked = 0; entry >= 0 && looked < searchMax; looked++) {
    if (!session.isUsed(entry)) unused.push(entry);
    entry = session.recorded.nextInBucket(entry);
  }
  return unused;
}

/** The unused entry most like the publish: the same key counts most, then the value, then the topic. */
function nearestOf(
  unused: readonly number[],
  { session, envelope }: FailedPublish,
): number | undefined {
  const [key, value] = [byteText(envelope.key), byteText(envelope.value)];
  let nearest: number | undefined;
  let best = -1;
  for (const entry of unused) {
    const other = decodedOrUndefined(session.recorded.req(entry));
    if (other === undefined) continue;
    const score =
      (byteText(other.key) === key ? 4 : 0) +
      (other.value.length === envelope.value.length && byteText(other.value) === value ? 2 : 0) +
      (other.topic === envelope.topic ? 1 : 0);
    if (score <= best) continue;
    best = score;
    nearest = entry;
  }
  return nearest;
}

function place(session: Session, entry: number): string {
  return `entry ${entry}, at byte ${session.recorded.offset(entry)}`;
}

function showKey(key: Uint8Array): string {
  const text = byteText(key.subarray(0, 64));
  return key.length === 0 ? "(empty)" : JSON.stringify(text);
}
