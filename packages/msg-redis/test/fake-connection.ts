/** A connection whose replies a test gives, one call after another. */
import {
  type Command,
  CommandError,
  lost,
  type RedisConnection,
  type Reply,
} from "../src/connection.ts";

export interface FakeConnection extends RedisConnection {
  /** What was called: each call a list of commands. */
  readonly calls: readonly (readonly Command[])[];
  /** Answers the oldest call that has no answer yet. */
  answer(...outcomes: readonly (Reply | CommandError)[]): void;
  /** It ends: what has no answer is lost. */
  lose(): void;
  readonly isClosed: () => boolean;
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

export function createFakeConnection(): FakeConnection {
  const calls: (readonly Command[])[] = [];
  const waiting: ((outcomes: readonly (Reply | CommandError)[]) => void)[] = [];
  const counts: number[] = [];
  let closed = false;
  let end: (error: CommandError) => void;
  const ended = new Promise<CommandError>((resolve) => {
    end = resolve;
  });
  const error = new CommandError(lost, "the connection ended: by the test");
  const lose = (): void => {
    for (const resolve of waiting.splice(0)) {
      resolve(Array.from({ length: counts.shift() ?? 0 }, () => error));
    }
    end(error);
  };
  const callAll: RedisConnection["callAll"] = (commands) => {
    calls.push(commands);
    counts.push(commands.length);
    return new Promise((resolve) => {
      waiting.push(resolve);
    });
  };
  return {
    opened: Promise.resolve(),
    ended,
    callAll,
    async call(command) {
      const [outcome = null] = await callAll([command]);
      if (outcome instanceof CommandError) throw outcome;
      return outcome;
    },
    close() {
      closed = true;
      lose();
    },
    calls,
    answer(...outcomes) {
      counts.shift();
      waiting.shift()?.(outcomes);
    },
    lose,
    isClosed: () => closed,
  };
}

/** Every promise there is has had its turn. */
export const turns = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A timer that a test lets elapse. */
export interface FakeTimer {
  readonly timer: (ms: number, elapsed: () => void) => () => void;
  /** Those that run, in milliseconds. */
  running(): readonly number[];
  /** Lets the oldest one elapse. */
  elapse(): void;
}

export function createFakeTimer(): FakeTimer {
  const running = new Map<() => void, number>();
  return {
    timer(ms, elapsed) {
      const once = (): void => elapsed();
      running.set(once, ms);
      return () => running.delete(once);
    },
    running: () => [...running.values()],
    elapse() {
      const [first] = running.keys();
      if (first === undefined) throw new Error("no timer runs");
      running.delete(first);
      first();
    },
  };
}
