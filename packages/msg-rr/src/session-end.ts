/**
 * The end of a session. What waits in its scope must not wait for ever, and what comes later must not
 * reach a broker before the session says that it is closed.
 */
import { MsgError } from "@reprise/msg-core";

export interface SessionEnd {
  /** Throws SESSION_CLOSED once it has come. */
  check(): void;
  /** `told` is called when it comes, or soon if it has come; the result takes it back. */
  whenClosed(told: () => void): () => void;
  /** Whether it comes by this call, and had not come before. */
  close(): boolean;
}

export function createSessionEnd(): SessionEnd {
  const waiting = new Set<() => void>();
  let closed = false;
  return {
    check() {
      if (closed) throw sessionClosed();
    },
    whenClosed(told) {
      if (closed) {
        let taken = false;
        // Not now: the caller does not have the way to take it back yet.
        void Promise.resolve().then(() => (taken ? undefined : told()));
        return () => {
          taken = true;
        };
      }
      waiting.add(told);
      return () => {
        waiting.delete(told);
      };
    },
    close() {
      if (closed) return false;
      closed = true;
      for (const told of [...waiting]) told();
      waiting.clear();
      return true;
    },
  };
}

export function sessionClosed(): MsgError {
  return new MsgError("SESSION_CLOSED", "the session is closed: its scope has ended");
}
