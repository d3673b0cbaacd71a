/**
 * The end of a session's scope. What waits in it must not wait for ever, and what comes later must
 * not reach a broker before the session says that it is closed.
 */
import { MsgError } from "@reprise/msg-core";
import type { Session } from "./session.js";

interface End {
  ended: boolean;
  readonly waiting: Set<() => void>;
}

const ends = new WeakMap<Session, End>();

function endOf(session: Session): End {
  let end = ends.get(session);
  if (end === undefined) {
    end = { ended: false, waiting: new Set() };
    ends.set(session, end);
  }
  return end;
}

/** Closes the session, and tells those who asked. May be called again. */
export function endSession(session: Session): void {
  const end = endOf(session);
  end.ended = true;
  try {
    session.close();
  } finally {
    for (const told of [...end.waiting]) told();
    end.waiting.clear();
  }
}

/** `told` is called when the session ends; the result takes it back. */
export function whenSessionEnds(session: Session, told: () => void): () => void {
  const { waiting } = endOf(session);
  waiting.add(told);
  return () => {
    waiting.delete(told);
  };
}

/** Throws SESSION_CLOSED where the scope has ended. */
export function checkNotEnded(session: Session): void {
  if (ends.get(session)?.ended === true) throw sessionClosed();
}

export function sessionClosed(): MsgError {
  return new MsgError("SESSION_CLOSED", "the session is closed: its scope has ended");
}
