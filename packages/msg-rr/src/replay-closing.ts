/** How what waits in a replay comes to an end: the driver is closed, or the session's scope is over. */
import { MsgError } from "@reprise/msg-core";
import type { Session } from "./session.js";
import { sessionClosed } from "./session-end.js";

export type End = "closed" | "session-ended";

export interface Closing {
  isClosed(): boolean;
  close(): void;
  /** `told` is called at the end, at most once; the result takes it back. */
  whenEnded(told: (end: End) => void): () => void;
}

export function createClosing(session: Session): Closing {
  const waiting = new Set<() => void>();
  let closed = false;
  return {
    isClosed: () => closed,
    close() {
      closed = true;
      for (const told of [...waiting]) told();
    },
    whenEnded(told) {
      const onClose = (): void => end("closed");
      const takeBack = session.whenClosed(() => end("session-ended"));
      const stop = (): void => {
        waiting.delete(onClose);
        takeBack();
      };
      const end = (how: End): void => {
        stop();
        told(how);
      };
      waiting.add(onClose);
      return stop;
    },
  };
}

/** What a waiting call rejects with where it cannot end in any other way. */
export function endError(end: End, endpoint: string): MsgError {
  return end === "closed"
    ? new MsgError("CLOSED", `driver ${endpoint} is closed`)
    : sessionClosed();
}

/**
 * Resolves when what `arm` begins calls back. Where the end comes first: with `closed`, resolves when
 * the driver is closed; otherwise rejects with CLOSED; with SESSION_CLOSED at the end of the scope.
 */
export function waitFor(
  { closing, endpoint, closed }: { closing: Closing; endpoint: string; closed?: "resolves" },
  arm: (done: () => void) => () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let disarm: (() => void) | undefined;
    const takeBack = closing.whenEnded((end) => {
      disarm?.();
      if (end === "closed" && closed === "resolves") resolve();
      else reject(endError(end, endpoint));
    });
    disarm = arm(() => {
      takeBack();
      resolve();
    });
  });
}

/** Calls `told` when the signal fires; the result takes it back. */
export function whenAborted(signal: AbortSignal, told: () => void): () => void {
  const onAbort = (): void => told();
  signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}
