/**
 * What came in from the broker, in the order in which it was recorded: deliveries and events of one
 * endpoint, merged in one pass.
 */
import type { Bucket } from "./buckets.js";
import type { ReplayOptions } from "./driver-options.js";
import type { EntryTable } from "./entry-table.js";
import { openedEvent, operationsOf, rrKind, waitedEvents } from "./operations.js";
import { type BrokerEvent, decodeEvent, decodeWaited, type Waited } from "./records.js";
import { isOfPolls } from "./replay-board.js";
import type { Session } from "./session.js";

/** How a recorded poll ended. */
export interface PollEnd {
  /** Its first entry. Before it there are broker events only. */
  readonly first: number;
  /** Undefined: it ended in its turn. Otherwise `first` says so, and the rest follows. */
  readonly waited: Waited | undefined;
  /** The first delivery, or the event. */
  readonly entry: number;
  /** Undefined: it brought the deliveries from `entry` on. */
  readonly event: BrokerEvent | undefined;
}

export interface ReplayInputs {
  /** How the next poll ends; undefined where the recording has no more. */
  nextEnd(): PollEnd | undefined;
  /** The broker events that come next, in order, those before `limit` only; each is marked used. */
  eventsBefore(limit: number): readonly BrokerEvent[];
  /** The unused deliveries from `entry` on, up to the next event, at most `count`. */
  deliveriesFrom(entry: number, count: number): readonly number[];
}

export function createReplayInputs(
  session: Session,
  { kind, endpoint }: ReplayOptions,
): ReplayInputs {
  const { recorded } = session;
  const operations = operationsOf(kind);
  const deliveries = recorded.bucket(rrKind, operations.deliver, endpoint);
  const entries = merged(recorded, [
    deliveries,
    recorded.bucket(rrKind, operations.event, endpoint),
  ]);
  let position = 0;
  let known: { readonly at: number; readonly end: PollEnd } | undefined;

  const skipUsed = (): void => {
    while (position < entries.length && session.isUsed(entries[position] as number)) position += 1;
  };
  const eventOf = (entry: number): BrokerEvent | undefined =>
    recorded.bucketOf(entry) === deliveries ? undefined : decodeEvent(recorded.req(entry));

  const findEnd = (): { readonly at: number; readonly end: PollEnd } | undefined => {
    for (let at = position; at < entries.length; at++) {
      // Within bounds: the cast holds, here and below.
      const entry = entries[at] as number;
      if (session.isUsed(entry)) continue;
      const event = eventOf(entry);
      if (event !== undefined && !isOfPolls(event.name)) continue;
      if (event?.name !== waitedEvents.poll) {
        return { at, end: { first: entry, waited: undefined, entry, event } };
      }
      const next = entries[at + 1];
      // A recording that was cut short here: the poll never ended.
      if (next === undefined) return undefined;
      const waited = decodeWaited(event.detail);
      return { at, end: { first: entry, waited, entry: next, event: eventOf(next) } };
    }
    return undefined;
  };

  return {
    nextEnd() {
      skipUsed();
      if (known === undefined || session.isUsed(known.end.first)) known = findEnd();
      return known?.end;
    },
    eventsBefore(limit) {
      const events: BrokerEvent[] = [];
      for (skipUsed(); position < entries.length; skipUsed()) {
        const entry = entries[position] as number;
        if (entry >= limit) break;
        const event = eventOf(entry);
        if (event === undefined || isOfPolls(event.name)) break;
        session.use(entry);
        if (isBrokers(event)) events.push(event);
      }
      return events;
    },
    deliveriesFrom(entry, count) {
      const found: number[] = [];
      skipUsed();
      for (let at = entries.indexOf(entry, position); found.length < count; at++) {
        const next = entries[at];
        if (next === undefined || recorded.bucketOf(next) !== deliveries) break;
        found.push(next);
      }
      return found;
    },
  };
}

/** Whether it is what the broker did, and not a note of ours. */
function isBrokers({ name }: BrokerEvent): boolean {
  return name !== openedEvent && name !== waitedEvents.publish && !isOfPolls(name);
}

/** The entries of these buckets in file order. */
function merged(
  recorded: EntryTable,
  [one, other]: readonly [Bucket | undefined, Bucket | undefined],
): readonly number[] {
  const entries: number[] = [];
  let left = one?.first ?? -1;
  let right = other?.first ?? -1;
  while (left >= 0 || right >= 0) {
    const isLeft = left >= 0 && (right < 0 || left < right);
    const entry = isLeft ? left : right;
    entries.push(entry);
    if (isLeft) left = recorded.nextInBucket(entry);
    else right = recorded.nextInBucket(entry);
  }
  return entries;
}
