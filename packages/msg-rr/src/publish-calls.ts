/**
 * Recorded publishes in the order in which they were called.
 *
 * A publish is written when it ends, so the file is in the order of calls unless calls overlapped.
 * Where they did, `publish.waited` before a call's entries says how many older calls had not ended
 * yet: their places are held free until they come.
 *
 * What a later session added (mode record-missing) is at the end of the file, wherever in the
 * conversation it belongs. Such an addition is a lane of its own: order counts within a lane.
 */
import type { Bucket } from "./buckets.js";
import type { ReplayOptions } from "./driver-options.js";
import { operationsOf, rrKind, waitedEvents } from "./operations.js";
import { openedOf } from "./recorded-entries.js";
import { decodeEvent, decodeWaited, type Waited } from "./records.js";
import type { Session } from "./session.js";

export interface RecordedPublishes {
  /** Entries in the order of their calls. */
  readonly entries: readonly number[];
  /** The lane of each, from 0. */
  readonly lanes: readonly number[];
}

export function recordedPublishes(session: Session, options: ReplayOptions): RecordedPublishes {
  const { recorded } = session;
  const { publish } = operationsOf(options.kind);
  const bucket = recorded.bucket(rrKind, publish, options.endpoint);
  const events = eventBucket(session, options);
  const starts = laneStarts(session, events);
  const entries: number[] = [];
  const lanes: number[] = [];
  let lane = 0;
  const calls = createCallOrder((entry) => {
    entries.push(entry);
    lanes.push(lane);
  });
  for (let entry = bucket?.first ?? -1; entry >= 0; entry = recorded.nextInBucket(entry)) {
    while (entry > (starts[lane] ?? Number.POSITIVE_INFINITY)) {
      calls.flush();
      lane += 1;
    }
    calls.add(entry, waitedBefore(session, entry, events));
  }
  calls.flush();
  return { entries, lanes };
}

export function eventBucket(
  { recorded }: Session,
  { kind, endpoint }: ReplayOptions,
): Bucket | undefined {
  return recorded.bucket(rrKind, operationsOf(kind).event, endpoint);
}

/** What was said of the call whose first entry this is; `events` is the endpoint's bucket of them. */
export function waitedBefore(
  { recorded }: Session,
  entry: number,
  events: Bucket | undefined,
): Waited | undefined {
  if (entry === 0 || recorded.bucketOf(entry - 1) !== events) return undefined;
  const { name, detail } = decodeEvent(recorded.req(entry - 1));
  return name === waitedEvents.publish ? decodeWaited(detail) : undefined;
}

/** The entries at which another lane begins: each time an addition begins, or ends. */
function laneStarts({ recorded }: Session, events: Bucket | undefined): readonly number[] {
  const starts: number[] = [];
  let wasAddition = false;
  for (let entry = events?.first ?? -1; entry >= 0; entry = recorded.nextInBucket(entry)) {
    const opened = openedOf(recorded.req(entry));
    if (opened === undefined) continue;
    const isAddition = opened.addition === true;
    if (isAddition || wasAddition) starts.push(entry);
    wasAddition = isAddition;
  }
  return starts;
}

interface CallOrder {
  add(entry: number, waited: Waited | undefined): void;
  /** Gives out what is held; calls that never ended leave nothing. */
  flush(): void;
}

/** `give` gets the entries in the order of their calls. */
function createCallOrder(give: (entry: number) => void): CallOrder {
  /** Overlapping calls, in the order in which they were made; empty for one that has not ended. */
  let overlapping: number[][] = [];
  let unended: number[][] = [];
  let call: number[] | undefined;
  let left = 0;
  const flush = (): void => {
    for (const entries of overlapping) entries.forEach(give);
    [overlapping, unended, call, left] = [[], [], undefined, 0];
  };
  return {
    flush,
    add(entry, waited) {
      if (call === undefined && waited !== undefined) {
        const { older, size } = waited;
        while (unended.length <= older) {
          const later: number[] = [];
          overlapping.push(later);
          unended.push(later);
        }
        [call] = unended.splice(older, 1);
        left = size;
      }
      if (call === undefined) {
        flush();
        give(entry);
        return;
      }
      call.push(entry);
      left -= 1;
      if (left > 0) return;
      call = undefined;
      if (unended.length === 0) flush();
    },
  };
}
