/**
 * Calls under way. While recording they tell which call had to wait for others, and the cassette says
 * so (`Waited`); while replaying they tell when as much has happened. A program that makes one call
 * after another leaves no trace of this.
 */
import type { Waited } from "./records.js";
import type { Session } from "./session.js";

/** What all drivers of one session have been asked to do, in messages. */
export interface CallCounts {
  published: number;
  settled: number;
}

const counts = new WeakMap<Session, CallCounts>();

export function callCountsOf(session: Session): CallCounts {
  let count = counts.get(session);
  if (count === undefined) {
    count = { published: 0, settled: 0 };
    counts.set(session, count);
  }
  return count;
}

/** How much more has been asked for since now. What brings a waiting call to its end begins so. */
export function countSince(session: Session): () => number {
  const all = callCountsOf(session);
  const before = all.published + all.settled;
  return () => all.published + all.settled - before;
}

export interface PendingCalls {
  /** A call that has been counted. */
  begin(): PendingCall;
}

export interface PendingCall {
  /** Ends the call: what is to be written before its entries, or undefined if it ended in its turn. */
  end(): Omit<Waited, "size"> | undefined;
}

/**
 * The calls of one kind that one driver makes. A poll has not ended in its turn if anything was
 * published or settled meanwhile, for that may be what it waited for. Publishes that overlap and end
 * in the order of their calls have; what a full broker makes them wait for is a settlement.
 */
export function createPendingCalls(session: Session, kind: "poll" | "publish"): PendingCalls {
  const all = callCountsOf(session);
  const pending = new Set<{ overtaken: boolean }>();
  return {
    begin() {
      const call = { overtaken: false };
      const during = countSince(session);
      const settledBefore = all.settled;
      pending.add(call);
      return {
        end() {
          let older = 0;
          // A set goes through its members in the order in which they came.
          for (const other of pending) {
            if (other === call) break;
            other.overtaken = true;
            older += 1;
          }
          pending.delete(call);
          const hasWaited = kind === "poll" ? during() > 0 : all.settled > settledBefore;
          if (older === 0 && !call.overtaken && !hasWaited) return undefined;
          return { older, during: during() };
        },
      };
    },
  };
}
