/**
 * What the replaying drivers of one session share.
 *
 * - The first difference. What comes after it says nothing any more, so every later call gives the
 *   same error, and a program that swallowed it is told again when its scope ends.
 * - Turns. A call that had to wait for others when it was recorded waits for them again.
 * - In a transcript, the events at the cursor, whosoever they are.
 */
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";
import { isEventOperation, pollEvents, waitedEvents } from "./operations.js";
import { decodeEvent } from "./records.js";
import type { Session } from "./session.js";

export interface ReplayBoard {
  /** Throws the first difference from the recording, if there has been one. */
  check(): void;
  /**
   * What to throw for what a call threw: of differences the first, which is kept; the rest as it is.
   * Only mode replay is bound to its recording.
   */
  told(error: unknown): unknown;
  /**
   * Asks `isDone` when something has been replayed, until it says yes; the result stops that. Of
   * several that wait the one with the lowest `entry` is asked first.
   */
  whenReplayed(entry: number, isDone: () => boolean): () => void;
  /** To be called after each replayed call. */
  replayed(): void;
  /** `pass` uses and tells of a broker event at a transcript's cursor. */
  passesEvents(op: string, endpoint: string, pass: (entry: number) => void): void;
  /** Passes the broker events at a transcript's cursor. */
  passAtCursor(): void;
}

const differences: ReadonlySet<MsgErrorCode> = new Set([
  "NO_MATCH",
  "RECORDED_MISMATCH",
  "REPLAY_DIFFERS",
]);

const boards = new WeakMap<Session, ReplayBoard>();

export function replayBoardOf(session: Session): ReplayBoard {
  let board = boards.get(session);
  if (board === undefined) {
    board = createReplayBoard(session);
    boards.set(session, board);
  }
  return board;
}

/** Events that end a poll, or say whose turn it is: the poll takes them. */
const ofPolls: ReadonlySet<string> = new Set([...Object.values(pollEvents), waitedEvents.poll]);

export function isOfPolls(eventName: string): boolean {
  return ofPolls.has(eventName);
}

function createReplayBoard(session: Session): ReplayBoard {
  const { recorded, mode, policy } = session;
  const isTranscript = policy.matchMode === "transcript";
  const waiting = new Map<() => boolean, number>();
  const passing = new Map<string, (entry: number) => void>();
  let first: MsgError | undefined;

  const askAll = (): void => {
    const inOrder = [...waiting].sort(([, one], [, other]) => one - other);
    for (const [isDone] of inOrder) if (isDone()) waiting.delete(isDone);
  };
  const passOne = (): boolean => {
    const entry = session.cursor();
    if (entry < 0) return false;
    const { op, key } = recorded.bucketOf(entry);
    if (!isEventOperation(op) || isOfPolls(decodeEvent(recorded.req(entry)).name)) return false;
    const pass = passing.get(`${op} ${key}`);
    if (pass === undefined) session.use(entry);
    else pass(entry);
    return true;
  };

  return {
    check() {
      if (first !== undefined) throw first;
    },
    told(error) {
      if (mode !== "replay" || !MsgError.is(error) || !differences.has(error.code)) return error;
      first ??= error;
      return first;
    },
    whenReplayed(entry, isDone) {
      waiting.set(isDone, entry);
      return () => {
        waiting.delete(isDone);
      };
    },
    replayed() {
      // The call that was replayed ends first, then those that waited for it.
      if (waiting.size > 0) void Promise.resolve().then(askAll);
    },
    passesEvents(op, endpoint, pass) {
      passing.set(`${op} ${endpoint}`, pass);
    },
    passAtCursor() {
      if (isTranscript) while (passOne());
    },
  };
}
