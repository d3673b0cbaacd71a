/** Waiting, with an end to it: every timer is stopped when what it waits for has come. */
import { MsgError, type MsgErrorCode } from "@reprise/msg-core";
import { type DriverPorts, withDeadline } from "@reprise/msg-core/driver";
import { errorOf, type Failure, failureOf, isPassing } from "./failure.js";

export interface Deferred {
  readonly promise: Promise<void>;
  resolve(): void;
}

export function createDeferred(): Deferred {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((resolved) => {
    resolve = resolved;
  });
  return { promise, resolve };
}

/** Resolves after `ms`, or as soon as `ended` does; says whether it was the time. */
export function pause(ports: DriverPorts, ms: number, ended: Promise<unknown>): Promise<boolean> {
  return new Promise((resolve) => {
    const stop = ports.timer(ms, () => resolve(true));
    const end = (): void => {
      stop();
      resolve(false);
    };
    ended.then(end, end);
  });
}

/** Between attempts: 100 ms, doubled each time, at most one second. */
export function backoffMs(attempt: number): number {
  return Math.min(1000, 100 * 2 ** Math.min(attempt, 10));
}

export interface Persistence {
  readonly ports: DriverPorts;
  readonly doing: string;
  readonly ms: number;
  /** Nobody waits any more once this is settled. */
  readonly ended: Promise<unknown>;
  readonly isEnded: () => boolean;
  /** Whether another attempt may help. Default: where the failure is a passing one. */
  readonly goesOn?: (failure: Failure) => boolean;
  /** Of the error it ends with. Default: by the failure's kind. */
  readonly codeOf?: (failure: Failure) => MsgErrorCode | undefined;
}

/**
 * What `attempt` gives, tried again while its failures are passing ones, for `ms` at most. Then, or
 * where the failure is not, rejects with it as our own error; with CLOSED where nobody waits.
 */
export async function persist<Value>(
  attempt: () => Promise<Value>,
  { ports, doing, ms, ended, isEnded, goesOn = isPassing, codeOf }: Persistence,
): Promise<Value> {
  const started = ports.now();
  let failure: Failure | undefined;
  // An attempt that is cut short says less than the one before it, which failed.
  const late = (): MsgError =>
    failure === undefined
      ? new MsgError("BROKER_TIMEOUT", `${doing}: no answer within ${ms} ms`)
      : errorOf(failure, doing, codeOf?.(failure));
  for (let attempts = 0; ; attempts++) {
    const left = ms - (ports.now() - started);
    try {
      return await withDeadline(attempt(), { timer: ports.timer, ms: Math.max(1, left), late });
    } catch (error) {
      if (MsgError.is(error)) throw error;
      failure = failureOf(error);
    }
    const waitMs = backoffMs(attempts);
    const isLate = ports.now() - started + waitMs >= ms;
    if (isEnded()) throw new MsgError("CLOSED", `${doing}: the driver is closed`);
    if (isLate || !goesOn(failure)) throw errorOf(failure, doing, codeOf?.(failure));
    await pause(ports, waitMs, ended);
    if (isEnded()) throw new MsgError("CLOSED", `${doing}: the driver is closed`);
  }
}
