/**
 * The calls of a driver, timed for its observers: a live event each. A call that nobody observes
 * costs one question. One that is observed ends no later for it: its promise is looked at, not put
 * into another.
 */
import type { Driver } from "../driver.js";
import { MsgError } from "../errors.js";
import type { Observers, OperationName } from "../observer.js";

export interface Operations {
  /** undefined while nobody observes. */
  begin(name: OperationName): OperationCall | undefined;
}

export interface OperationCall {
  /** From now on, until the result is called, the call waits for room. Once for each call. */
  blocked(): () => void;
  /** Tells of the call. `count`: messages. Once for each call, as `fail`. */
  end(count: number): void;
  fail(count: number, error: unknown): void;
  /**
   * `end` or `fail` when `done` is settled, before those hear of it that wait for it from now on.
   * `countOf` gets undefined where it rejected.
   */
  endWith<Value>(done: Promise<Value>, countOf: (value: Value | undefined) => number): void;
}

/** `now`: milliseconds, as of the driver's ports. */
export function createOperations(
  { isObserved, notify }: Pick<Observers, "isObserved" | "notify">,
  now: () => number,
): Operations {
  const begin = (name: OperationName): OperationCall => {
    const started = now();
    let blockedTicks: number | undefined;
    const tell = (count: number, error: MsgError | undefined): void =>
      notify({
        type: "operation",
        name,
        count,
        durationTicks: ticks(started, now()),
        ...(blockedTicks === undefined ? {} : { blockedTicks }),
        ...(error === undefined ? {} : { error }),
      });
    const end = (count: number): void => tell(count, undefined);
    const fail = (count: number, error: unknown): void => tell(count, asMsgError(error));
    return {
      blocked() {
        const from = now();
        return () => {
          blockedTicks = ticks(from, now());
        };
      },
      end,
      fail,
      endWith(done, countOf) {
        done.then(
          (value) => end(countOf(value)),
          (error: unknown) => fail(countOf(undefined), error),
        );
      },
    };
  };
  return { begin: (name) => (isObserved() ? begin(name) : undefined) };
}

/** The calls of a consumer, told of. */
export function timed(
  { poll, settle }: Pick<Driver, "poll" | "settle">,
  { begin }: Operations,
): Pick<Driver, "poll" | "settle"> {
  return {
    poll(request) {
      const call = begin("poll");
      const done = poll(request);
      call?.endWith(done, (deliveries) => deliveries?.length ?? 0);
      return done;
    },
    settle(settlements) {
      const call = begin("settle");
      const done = settle(settlements);
      call?.endWith(done, () => settlements.length);
      return done;
    },
  };
}

/** A clock of fractions of milliseconds, or one that goes back, still gives whole microseconds. */
function ticks(start: number, end: number): number {
  return Math.max(0, Math.round((end - start) * 1000));
}

/** Whatever else a driver rejects with is a bug. */
function asMsgError(error: unknown): MsgError {
  if (MsgError.is(error)) return error;
  return new MsgError("RESULT_INVALID", String(error), { cause: error });
}
