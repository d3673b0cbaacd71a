/**
 * Why a publish is not a recorded one: the nearest recorded entry, whether the content differs or only
 * the order, the first field and byte, both values, and what to do. Looked for only when a replay has
 * failed, over a bounded number of entries.
 */
import { decodeEnvelope, type Envelope, firstDifference, MsgError } from "@reprise/msg-core";
import type { Comparable } from "./comparison.js";
import { differenceOf } from "./difference.js";
import type { ReplayOptions } from "./driver-options.js";
import {
  decodedOrUndefined,
  describePublish,
  placeOf,
  positionOf,
  recordedElsewhere,
} from "./entry-description.js";
import { operationsOf, rrKind } from "./operations.js";
import type { Session } from "./session.js";

/** Entries looked at for the nearest one. */
const searchMax = 10_000;
/** Bytes of two values that are compared for it. */
const alikeMax = 4096;

export interface FailedPublish {
  readonly session: Session;
  readonly options: ReplayOptions;
  readonly envelope: Envelope;
  /** The recorded publish that was due in this one's order, if there was one. */
  readonly due: number | undefined;
  /** What was compared of the envelope. */
  readonly wanted: Uint8Array;
  readonly comparable: Comparable;
  isSame(entry: number, wanted: Uint8Array): boolean;
}

/** REPLAY_DIFFERS, or NO_MATCH where nothing recorded is left to be it. */
export function explainPublish(failed: FailedPublish): MsgError {
  const { session, envelope, due } = failed;
  const name = describePublish(envelope);
  const unused = unusedEntries(failed);
  const moved = unused.find((entry) => failed.isSame(entry, failed.wanted));
  const next = dueLines(failed);
  if (moved !== undefined) {
    const same = session.matching.volatile.length === 0 ? ", byte for byte" : "";
    return refusal(failed, moved, [
      `${name}: the order differs from the recording`,
      `  nearest   ${positionOf(session, moved)}: the same message${same}`,
      ...next,
    ]);
  }
  const nearest = due ?? nearestOf(unused, failed);
  if (nearest === undefined) return noneLeft(failed, name);
  if (next.length > 0 && due === undefined) {
    return refusal(failed, nearest, [
      `${name}: something else comes first in the recording`,
      ...next,
    ]);
  }
  const dueNext = due === undefined ? "" : ", due next";
  return refusal(failed, nearest, [
    `${name}: the content differs from the recording`,
    `  nearest   ${positionOf(session, nearest)}${dueNext}`,
    ...differenceLines(failed, nearest),
  ]);
}

/** What should have come, where that is not plain from the rest. */
function dueLines({ session, due }: FailedPublish): readonly string[] {
  const { matchMode } = session.policy;
  const entry = matchMode === "transcript" ? session.cursor() : (due ?? -1);
  const order = matchMode === "transcript" ? "transcript" : session.matching.order;
  if (entry < 0) return matchMode === "transcript" ? ["  due       nothing: it is at its end"] : [];
  return [`  due       ${placeOf(session, entry)}`, `  order     ${order}`];
}

function differenceLines(
  { session, envelope, wanted, comparable }: FailedPublish,
  nearest: number,
): readonly string[] {
  const { volatile } = session.matching;
  const recorded = decodedOrUndefined(comparable(session.recorded.req(nearest)));
  if (recorded === undefined) return [];
  const got = volatile.length === 0 ? envelope : decodeEnvelope(wanted);
  const difference = differenceOf(recorded, got);
  if (difference === undefined) return [];
  // Without its volatile members a value has other bytes than it was sent with.
  const isMoved =
    difference.field.startsWith("value") && volatile.some((one) => /^.value./.test(one));
  const { byte } = difference;
  const place = byte === undefined || isMoved ? "" : `, at byte ${byte}`;
  return [
    `  field     ${difference.field}${place}`,
    `  recorded  ${difference.recorded}`,
    `  got       ${difference.got}`,
  ];
}

function noneLeft({ session, options }: FailedPublish, name: string): MsgError {
  const { publish } = operationsOf(options.kind);
  const count = session.recorded.bucket(rrKind, publish, options.endpoint)?.count ?? 0;
  const message =
    `${name}: the program publishes more than was recorded` +
    `\n  recorded  ${count} publishes, all replayed${recordedElsewhere(session, options)}` +
    `\n  accept    ${session.acceptHint}`;
  return new MsgError("NO_MATCH", message);
}

function refusal({ session }: FailedPublish, entry: number, lines: readonly string[]): MsgError {
  const message = [...lines, `  accept    ${session.acceptHint}`].join("\n");
  return new MsgError("REPLAY_DIFFERS", message, { entry, offset: session.recorded.offset(entry) });
}

function unusedEntries({ session, options }: FailedPublish): readonly number[] {
  const { recorded } = session;
  const bucket = recorded.bucket(rrKind, operationsOf(options.kind).publish, options.endpoint);
  const unused: number[] = [];
  let entry = bucket?.first ?? -1;
  while (entry >= 0 && unused.length < searchMax) {
    if (!session.isUsed(entry)) unused.push(entry);
    entry = recorded.nextInBucket(entry);
  }
  return unused;
}

/** The unused entry most like the publish: by key, then by how much of the value is alike, then by topic. */
function nearestOf(
  unused: readonly number[],
  { session, envelope }: FailedPublish,
): number | undefined {
  let nearest: number | undefined;
  let best = -1;
  for (const entry of unused) {
    const other = decodedOrUndefined(session.recorded.req(entry));
    if (other === undefined) continue;
    const score =
      (firstDifference(other.key, envelope.key) < 0 ? 4 : 0) +
      2 * alike(other.value, envelope.value) +
      (other.topic === envelope.topic ? 1 : 0);
    if (score <= best) continue;
    best = score;
    nearest = entry;
  }
  return nearest;
}

/** How much of two values is the same at their beginning and their end: 0 to 1. */
function alike(left: Uint8Array, right: Uint8Array): number {
  const longer = Math.min(Math.max(left.length, right.length), alikeMax);
  const shorter = Math.min(left.length, right.length, alikeMax);
  if (longer === 0) return 1;
  let head = 0;
  while (head < shorter && left[head] === right[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && left.at(-1 - tail) === right.at(-1 - tail)) tail += 1;
  return (head + tail) / longer;
}
