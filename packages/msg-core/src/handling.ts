/**
 * One message through the handler: what it said, how often it failed, how long it took.
 *
 * A handler that throws has failed, and its message is retried: the reason may pass. One that throws
 * a world's error has not failed on this message. It reached for something that its world does not
 * reach, a clock for one, and would do it with every message and at every attempt, until all of them
 * were in the dead letter. That is a bug of the program, and ends the loop.
 */
import { type Delivery, type Outcome, reasonLengthMax, type Settlement } from "./driver.js";
import { MsgError } from "./errors.js";

/** What a handler may say of a delivery. Nothing said is `ack`; a throw is `retry`, but a world's error. */
export interface Disposition {
  readonly outcome: Outcome;
  readonly reason?: string;
}

// biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
type Said = Disposition | undefined | void;

export type Handler = (delivery: Delivery) => Said | Promise<Said>;

/** Messages that are failing at a time, of which the failures are counted. */
const failingMax = 10_000;
/** What a cassette can hold: some 71 minutes. */
const latencyTicksMax = 2 ** 32 - 1;

export function createHandling(
  handler: Handler,
  { maxAttempts, clock }: { maxAttempts: number; clock: (() => number) | undefined },
): (delivery: Delivery) => Promise<Settlement> {
  const failures = createFailureCounts();
  return async (delivery) => {
    const start = clock?.();
    const { outcome, reason } = await dispositionOf(handler, delivery);
    const failed = outcome === "retry" ? failures.add(delivery) : 0;
    const exhausted = failed >= maxAttempts;
    if (exhausted || outcome !== "retry") failures.forget(delivery);
    return {
      delivery,
      outcome: exhausted ? "reject" : outcome,
      ...(reason === undefined ? {} : { reason: shortened(String(reason)) }),
      ...(clock === undefined || start === undefined
        ? {}
        : { latencyTicks: ticks(start, clock()) }),
    };
  };
}

interface FailureCounts {
  /** Counts a failure of the message, and gives how many there were. */
  add(delivery: Delivery): number;
  forget(delivery: Delivery): void;
}

/**
 * How often the handler failed on a message. Counted here, not taken from `attempt`: not every broker
 * counts, and one that does counts deliveries that were taken back before any handler saw them.
 */
function createFailureCounts(): FailureCounts {
  const counts = new Map<string, number>();
  const nameOf = ({ envelope, partition, position }: Delivery): string =>
    `${partition} ${position} ${envelope.topic}`;
  return {
    add(delivery) {
      const name = nameOf(delivery);
      const count = (counts.get(name) ?? 0) + 1;
      counts.delete(name);
      counts.set(name, count);
      // The oldest goes: messages that another consumer has taken over stay behind otherwise.
      const [oldest] = counts.keys();
      if (counts.size > failingMax && oldest !== undefined) counts.delete(oldest);
      return count;
    },
    forget(delivery) {
      if (counts.size > 0) counts.delete(nameOf(delivery));
    },
  };
}

async function dispositionOf(handler: Handler, delivery: Delivery): Promise<Disposition> {
  let said: unknown;
  try {
    said = await handler(delivery);
  } catch (error) {
    if (isWorldError(error)) throw error;
    return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) };
  }
  return isDisposition(said) ? said : { outcome: "ack" };
}

/** What the errors of `@reprise/worlds` bear; this package does not know that one. */
const worldErrorBrand = Symbol.for("@reprise/worlds/WorldError");

function isWorldError(error: unknown): boolean {
  return typeof error === "object" && error !== null && worldErrorBrand in error;
}

/** What else a handler returns, as arrow functions do, says nothing. */
function isDisposition(said: unknown): said is Disposition {
  if (typeof said !== "object" || said === null || !("outcome" in said)) return false;
  if (said.outcome === "ack" || said.outcome === "retry" || said.outcome === "reject") return true;
  const message = `handler said ${String(said.outcome)}, expected ack, retry or reject`;
  throw new MsgError("RESULT_INVALID", message);
}

/** At most `reasonLengthMax` characters, none of them half of a pair. */
function shortened(reason: string): string {
  return reason.slice(0, reasonLengthMax).toWellFormed();
}

/** A clock that goes back, or that counts fractions, still gives whole microseconds. */
function ticks(start: number, end: number): number {
  return Math.min(Math.max(0, Math.round(end - start)), latencyTicksMax);
}
