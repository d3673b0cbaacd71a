/**
 * Calls that outlast a connection: what was in flight when it ended is called again on the next one,
 * until the call's time is up. Only for commands that may be carried out twice.
 */
import { MsgError } from "@reprise/msg-core";
import type { Timer } from "@reprise/msg-core/driver";
import { isPassing, type RedisConnection } from "./connection.js";
import { refusalOf } from "./refusals.js";

export interface Calls {
  /** Rejects with BROKER_TIMEOUT, with what `close` says, or with what the server refused. */
  run<Value>(what: string, work: (connection: RedisConnection) => Promise<Value>): Promise<Value>;
  up(connection: RedisConnection): void;
  down(error: unknown): void;
  /** Ends those that wait, and all that come. */
  close(error: MsgError): void;
}

export interface CallsParts {
  readonly timer: Timer;
  /** What one call may take in all. */
  readonly callMs: number;
}

interface Waiter {
  resolve(connection: RedisConnection): void;
  reject(error: MsgError): void;
}

interface State extends CallsParts {
  current: RedisConnection | undefined;
  /** Why there is none. */
  cause: unknown;
  closed: MsgError | undefined;
  readonly waiters: Set<Waiter>;
}

/** Of one call. */
interface Deadline {
  over: boolean;
  /** Ends the waiting for a connection. */
  cancel: (() => void) | undefined;
}

export function createCalls(parts: CallsParts): Calls {
  const { timer, callMs } = parts;
  const state: State = {
    ...parts,
    current: undefined,
    cause: undefined,
    closed: undefined,
    waiters: new Set(),
  };
  return {
    async run(what, work) {
      const until: Deadline = { over: false, cancel: undefined };
      const stop = timer(callMs, () => {
        until.over = true;
        until.cancel?.();
      });
      try {
        for (;;) {
          const connection = state.current ?? (await next(state, what, until));
          const result = await attempt(state, { what, work, connection });
          if (result !== undefined) return result.value;
          if (until.over) throw timeoutOf(what, callMs, state.cause);
        }
      } finally {
        stop();
      }
    },
    up(connection) {
      state.current = connection;
      for (const waiter of state.waiters) waiter.resolve(connection);
    },
    down(error) {
      state.current = undefined;
      state.cause = error;
    },
    close(error) {
      state.closed ??= error;
      state.current = undefined;
      for (const waiter of state.waiters) waiter.reject(error);
    },
  };
}

interface Attempt<Value> {
  readonly what: string;
  readonly work: (connection: RedisConnection) => Promise<Value>;
  readonly connection: RedisConnection;
}

/** undefined: to be tried again. */
async function attempt<Value>(
  state: State,
  { what, work, connection }: Attempt<Value>,
): Promise<{ readonly value: Value } | undefined> {
  try {
    return { value: await work(connection) };
  } catch (error) {
    if (!isPassing(error)) throw refusalOf(what, error);
    state.cause = error;
    // Another comes, after a wait that grows.
    if (state.current === connection) state.current = undefined;
    connection.close();
    return undefined;
  }
}

/** The next connection that is up. */
function next(state: State, what: string, until: Deadline): Promise<RedisConnection> {
  const { waiters, callMs } = state;
  return new Promise((resolve, reject) => {
    if (state.closed !== undefined) return reject(state.closed);
    const end = (): void => {
      waiters.delete(waiter);
      until.cancel = undefined;
    };
    const waiter: Waiter = {
      resolve(connection) {
        end();
        resolve(connection);
      },
      reject(error) {
        end();
        reject(error);
      },
    };
    waiters.add(waiter);
    until.cancel = () => waiter.reject(timeoutOf(what, callMs, state.cause));
  });
}

/** The time is up; what was heard last is the reason. */
export function timeoutOf(what: string, callMs: number, cause: unknown): MsgError {
  const heard = cause instanceof Error ? cause.message : String(cause);
  const last = cause === undefined ? "" : `; the last thing heard: ${heard}`;
  const message = `${what}: not confirmed within ${callMs} ms${last}`;
  return new MsgError("BROKER_TIMEOUT", message, cause === undefined ? {} : { cause });
}
