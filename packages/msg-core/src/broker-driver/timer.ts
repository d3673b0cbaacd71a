/** Time as a port: pure code asks for a call later, and may take that back. */
import type { MsgError } from "../errors.js";

/**
 * Calls `elapsed` once after `ms` milliseconds; the result stops it. On Node:
 * `(ms, elapsed) => { const id = setTimeout(elapsed, ms); return () => clearTimeout(id); }`.
 */
export type Timer = (ms: number, elapsed: () => void) => () => void;

export interface Deadline {
  readonly timer: Timer;
  readonly ms: number;
  readonly late: () => MsgError;
}

/**
 * What `promise` gives, or `late` when it takes longer than `ms`. What it gives after that is
 * dropped, a rejection included: the caller has had its answer.
 */
export function withDeadline<Value>(promise: Promise<Value>, deadline: Deadline): Promise<Value> {
  const { timer, ms, late } = deadline;
  return new Promise((resolve, reject) => {
    const stop = timer(ms, () => reject(late()));
    promise.then(
      (value) => {
        stop();
        resolve(value);
      },
      (error: unknown) => {
        stop();
        reject(error);
      },
    );
  });
}
