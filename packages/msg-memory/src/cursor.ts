/**
 * How far one group is in one partition.
 *
 * ```
 * start ... committed ............. next ........ end
 *           all before   handed out,     not yet
 *           are done     done or live    handed out
 * ```
 *
 * `done` holds what is done between `committed` and `next` or, after a rewind, beyond it. A message
 * from `committed` to `next` that is not done is live: delivered, not settled. So nothing need be
 * kept for a delivery, and a partition handled in order costs two numbers.
 *
 * A rewind (a retry, a lost consumer) sets `next` back: what was live behind it is taken back and
 * comes again, its attempt one higher; what is done is skipped. So `next` is never done, and
 * `committed` never goes past it.
 */
import type { Member } from "./group.js";
import type { PartitionLog } from "./partition-log.js";

export interface Cursor {
  readonly log: PartitionLog;
  committed: number;
  next: number;
  readonly done: Set<number>;
  /** How often a message has been delivered and taken back or retried; absent: never. */
  readonly returned: Map<number, number>;
  owner: Member | undefined;
}

/** A new group starts at the oldest message kept. */
export function createCursor(log: PartitionLog): Cursor {
  const { start } = log;
  return {
    log,
    committed: start,
    next: start,
    done: new Set(),
    returned: new Map(),
    owner: undefined,
  };
}

/** Whether there is a message to hand out. */
export function isReady(cursor: Cursor): boolean {
  return cursor.next < cursor.log.end;
}

/** Takes the message at `next` as handed out, and goes past what is done already. */
export function goOn(cursor: Cursor): void {
  const { done } = cursor;
  cursor.next += 1;
  if (done.size > 0) while (done.has(cursor.next)) cursor.next += 1;
}

/** The attempt that the delivery of `offset` has, or will have next. */
export function attemptOf(cursor: Cursor, offset: number): number {
  return cursor.returned.size === 0 ? 1 : (cursor.returned.get(offset) ?? 0) + 1;
}

export function isLive(cursor: Cursor, offset: number, attempt: number): boolean {
  return (
    offset >= cursor.committed &&
    offset < cursor.next &&
    !(cursor.done.size > 0 && cursor.done.has(offset)) &&
    attempt === attemptOf(cursor, offset)
  );
}

/** Marks a live delivery as done for ever. */
export function complete(cursor: Cursor, offset: number): void {
  const { done, returned } = cursor;
  if (returned.size > 0) returned.delete(offset);
  if (offset !== cursor.committed) {
    done.add(offset);
    return;
  }
  cursor.committed += 1;
  while (done.size > 0 && done.delete(cursor.committed)) cursor.committed += 1;
}

/** Hands out again from `offset`, which is not done; `takenBack` hears of every delivery that was live there. */
export function rewind(
  cursor: Cursor,
  offset: number,
  takenBack: (offset: number, attempt: number) => void,
): void {
  for (let live = offset; live < cursor.next; live++) {
    if (cursor.done.has(live)) continue;
    const attempt = attemptOf(cursor, live);
    takenBack(live, attempt);
    cursor.returned.set(live, attempt);
  }
  cursor.next = offset;
}
