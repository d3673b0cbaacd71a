/**
 * How a driver is: for a readiness probe, and for whoever wonders why nothing comes. Each change is
 * observed as the broker event `health`.
 *
 * ```
 * connecting -> ready <-> stalled       a handler has held a message for too long
 *      ^          |
 *      +----------+                     the connection was lost; it comes again by itself
 * any -> failed                         for good: the calls reject with its cause
 * any -> closed
 * ```
 */
import { MsgError } from "../errors.js";

export type HealthState = "connecting" | "ready" | "stalled" | "failed" | "closed";

export interface HealthReport {
  readonly state: HealthState;
  /** Why it is failed, or why it had to connect again. */
  readonly cause: MsgError | undefined;
}

export interface Health {
  report(): HealthReport;
  connecting(cause?: MsgError): void;
  ready(): void;
  stalled(isStalled: boolean): void;
  /** For good. The first cause is kept. */
  failed(cause: MsgError): void;
  closed(): void;
  /** Throws the cause, where the driver is failed. */
  check(): void;
}

export function createHealth(
  tell: (name: string, detail: string) => void,
  onFailed: (cause: MsgError) => void,
): Health {
  let state: HealthState = "connecting";
  let cause: MsgError | undefined;
  let connected = false;
  let stuck = false;
  const become = (next: HealthState, why: MsgError | undefined): void => {
    if (state === "closed" || state === next || (state === "failed" && next !== "closed")) return;
    state = next;
    cause = why;
    // The code, not the text: an event may be recorded, and a text may name machines.
    tell("health", why === undefined ? next : `${next}: ${why.code}`);
  };
  const whenConnected = (): HealthState => (stuck ? "stalled" : "ready");
  return {
    report: () => ({ state, cause }),
    connecting(why) {
      connected = false;
      become("connecting", why);
    },
    ready() {
      connected = true;
      become(whenConnected(), undefined);
    },
    stalled(isStalled) {
      stuck = isStalled;
      if (connected) become(whenConnected(), undefined);
    },
    failed(why) {
      if (state === "failed" || state === "closed") return;
      become("failed", why);
      onFailed(why);
    },
    closed() {
      become("closed", undefined);
    },
    check() {
      if (state !== "failed" || cause === undefined) return;
      throw new MsgError(cause.code, cause.message, { ...cause.details, cause });
    },
  };
}
