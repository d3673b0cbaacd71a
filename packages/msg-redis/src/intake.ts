/** What Redis delivered, on its way to the program: mapped, flagged, and put aside where it is no message. */
import { MsgError } from "@reprise/msg-core";
import type { Incoming } from "@reprise/msg-core/driver";
import type { RedisConnection } from "./connection.js";
import type { Custody } from "./custody.js";
import { compareIds } from "./entry-id.js";
import { decodeEntry, encodeEntry, rawLetter } from "./mapping.js";
import type { RedisSettings } from "./options.js";
import type { Entry } from "./replies.js";

/** What the link needs to settle a delivery is in the delivery. */
export type Handle = undefined;

export interface Intake {
  /**
   * Hands entries on. `isNew`: they come in the stream's order, for the first time. Rejects with a
   * CommandError where one that is no message cannot be put aside: it stays pending.
   */
  take(connection: RedisConnection, arrival: Arrival): Promise<void>;
  /** Those that were delivered before: they are messages. */
  takeAgain(topic: string, entries: readonly Entry[]): void;
  /** The group has been made again: what comes may have been seen. */
  startAgain(topic: string): void;
  tellTrimmed(topic: string, ids: readonly string[]): void;
  /** Whether the program has enough for now. */
  isFull(): boolean;
  hasRoom(): void;
  /** Bytes, of the values that came lately, on average. */
  valueSize(): number;
}

export interface Arrival {
  readonly topic: string;
  readonly entries: readonly Entry[];
  readonly isNew: boolean;
}

export interface IntakeParts {
  readonly settings: Pick<RedisSettings, "group" | "wire" | "deadLetterSuffix">;
  readonly custody: Custody;
  /** The last id seen of each topic. */
  readonly seen: Map<string, string>;
  readonly deliver: (incoming: Incoming<Handle>) => boolean;
  readonly tell: (name: string, detail: string) => void;
}

interface State extends IntakeParts {
  readonly startingAgain: Set<string>;
  full: boolean;
  valueSize: number;
}

export function createIntake(parts: IntakeParts): Intake {
  const state: State = { ...parts, startingAgain: new Set(), full: false, valueSize: 0 };
  const tellTrimmed = (topic: string, ids: readonly string[]): void => {
    if (ids.length > 0) parts.tell("trimmed", `${topic}: ${ids.length} pending: ${some(ids)}`);
  };
  return {
    async take(connection, { topic, entries, isNew }) {
      const behind = isNew ? pastOf(state, topic, entries) : 0;
      for (const [index, entry] of entries.entries()) {
        if (entry.fields === undefined) {
          tellTrimmed(topic, [entry.id]);
          continue;
        }
        const error = handOn(state, { topic, entry, isSeen: index < behind });
        if (error !== undefined) await putAside(state, connection, { topic, entry, error });
      }
    },
    takeAgain(topic, entries) {
      for (const entry of entries) handOn(state, { topic, entry, isSeen: false });
    },
    startAgain(topic) {
      state.startingAgain.add(topic);
    },
    tellTrimmed,
    isFull: () => state.full,
    hasRoom() {
      state.full = false;
    },
    valueSize: () => state.valueSize,
  };
}

interface Delivered {
  readonly topic: string;
  readonly entry: Entry;
  /** It may have been delivered before. */
  readonly isSeen: boolean;
}

/** Why the entry is no message, where it is none. */
function handOn(state: State, { topic, entry, isSeen }: Delivered): MsgError | undefined {
  const { id, fields = [], attempt } = entry;
  const message = decodeEntry(topic, fields);
  if (MsgError.is(message)) return message;
  // Another producer's has no message id: its place must do.
  const { envelope, messageId = `${id} ${topic}`, again } = message;
  state.custody.add(topic, id);
  state.valueSize = (state.valueSize * 15 + envelope.value.length) / 16;
  state.full = !state.deliver({
    envelope,
    partition: 0,
    position: id,
    attempt,
    redelivered: attempt > 1 || again || isSeen,
    handle: undefined,
    messageId,
  });
  return undefined;
}

/**
 * How many of these new entries, from the first, are not above the last one seen: the stream, or the
 * group, has gone back. In one reply they ascend.
 */
function pastOf(state: State, topic: string, entries: readonly Entry[]): number {
  const { seen, startingAgain, tell } = state;
  const first = entries[0];
  const newest = entries.at(-1);
  if (first === undefined || newest === undefined) return 0;
  const last = seen.get(topic);
  if (last === undefined || compareIds(newest.id, last) > 0) seen.set(topic, newest.id);
  if (last === undefined || compareIds(first.id, last) > 0) {
    if (startingAgain.size > 0) startingAgain.delete(topic);
    return 0;
  }
  if (!startingAgain.has(topic)) tell("order.broken", `${topic}: ${first.id} came behind ${last}`);
  return entries.filter(({ id }) => compareIds(id, last) <= 0).length;
}

interface Unmapped {
  readonly topic: string;
  readonly entry: Entry;
  readonly error: MsgError;
}

/** Into the dead letter as it is; only then it is done. */
async function putAside(
  { settings, tell }: State,
  connection: RedisConnection,
  { topic, entry, error }: Unmapped,
): Promise<void> {
  const { group, wire, deadLetterSuffix } = settings;
  const { id: position, attempt, fields = [] } = entry;
  const letterTopic = topic + deadLetterSuffix;
  const reason = `${error.code}: ${error.message}`;
  const letter = rawLetter({ topic, position, attempt, fields }, reason, letterTopic);
  // Named after its place: the same, should it be put aside twice.
  const stamp = { messageId: `${position} ${topic}`, again: attempt > 1 };
  await connection.call(["XADD", letterTopic, "*", ...encodeEntry(letter, wire, stamp)]);
  await connection.call(["XACK", topic, group, position]);
  tell("message.unmappable", `${topic} ${position}: ${error.message}`);
}

const shownMax = 10;

/** The first few of what may be many. */
export function some(ids: readonly string[]): string {
  const more = ids.length > shownMax ? `, and ${ids.length - shownMax} more` : "";
  return ids.slice(0, shownMax).join(" ") + more;
}
