/**
 * The loop between a driver and a handler: poll, handle one after another, settle. A message whose
 * handler fails is retried a bounded number of times and then rejected to the dead letter, so that a
 * poisoned one cannot hold up its neighbours for ever.
 *
 * Settlements are sent when the batch is done, and at once when a message fails: a crash in between
 * means up to `batchSize` messages handled twice, never one lost.
 */
import {
  type Delivery,
  type Driver,
  type Outcome,
  reasonLengthMax,
  type Settlement,
} from "./driver.js";
import { MsgError } from "./errors.js";

/** What a handler may say of a delivery. Nothing said is `ack`; a throw is `retry`. */
export interface Disposition {
  readonly outcome: Outcome;
  readonly reason?: string;
}

// biome-ignore lint/suspicious/noConfusingVoidType: most handlers return nothing
type Said = Disposition | undefined | void;

export type Handler = (delivery: Delivery) => Said | Promise<Said>;

export interface ConsumeOptions {
  /** How often the handler may fail on one message before it is rejected, at least 1. Default 5. */
  readonly maxAttempts?: number;
  /** Messages asked for at once, 1 to 10,000. Default 100. */
  readonly batchSize?: number;
  /** Stop when so many messages are done (acked or rejected). */
  readonly limit?: number;
  /** Stop when a poll brings nothing within `waitMs`. */
  readonly stopWhenIdle?: boolean;
  /** How long a poll waits. Default: without a limit, or 1,000 with `stopWhenIdle`. */
  readonly waitMs?: number;
  /**
   * Stop after the message at hand. What was polled with it stays with the driver, unsettled, until
   * the driver closes.
   */
  readonly signal?: AbortSignal;
  /** Microseconds from any origin: where given, settlements carry what the handler took. */
  readonly clock?: () => number;
}

export interface ConsumeSummary {
  readonly delivered: number;
  readonly acked: number;
  readonly retried: number;
  readonly rejected: number;
  readonly ended: "limit" | "idle" | "aborted" | "closed";
}

const countMax = Number.MAX_SAFE_INTEGER;
const batchSizeMax = 10_000;
/** Messages that are failing at a time, of which the failures are counted. */
const failingMax = 10_000;
/** What a cassette can hold: some 71 minutes. */
const latencyTicksMax = 2 ** 32 - 1;

/**
 * Consumes until `limit`, idleness, `signal`, or the driver's `close`. Rejects with what the driver
 * rejects with, with LIMIT_EXCEEDED for an option out of range, and with RESULT_INVALID for a handler
 * that says an outcome there is not: a mistake that no retry mends.
 */
export async function consume(
  driver: Driver,
  handler: Handler,
  options: ConsumeOptions = {},
): Promise<ConsumeSummary> {
  const { signal } = options;
  const limit = inRange("limit", options.limit ?? countMax, { min: 0, max: countMax });
  const maxAttempts = inRange("maxAttempts", options.maxAttempts ?? 5, { min: 1, max: countMax });
  const batchSize = inRange("batchSize", options.batchSize ?? 100, { min: 1, max: batchSizeMax });
  const waitMs = options.waitMs ?? (options.stopWhenIdle === true ? 1000 : undefined);
  const counts = { delivered: 0, ack: 0, retry: 0, reject: 0 };
  const handle = createHandling(handler, { maxAttempts, clock: options.clock });
  const done = (ended: ConsumeSummary["ended"]): ConsumeSummary => ({
    delivered: counts.delivered,
    acked: counts.ack,
    retried: counts.retry,
    rejected: counts.reject,
    ended,
  });

  while (counts.ack + counts.reject < limit) {
    if (isAborted(signal)) return done("aborted");
    try {
      const batch = await driver.poll({
        maxItems: Math.min(batchSize, limit - counts.ack - counts.reject),
        ...(waitMs === undefined ? {} : { waitMs }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (batch.length === 0 && options.stopWhenIdle === true) {
        return done(isAborted(signal) ? "aborted" : "idle");
      }
      await handleBatch(driver, batch, { handle, counts, signal });
    } catch (error) {
      if (MsgError.is(error) && error.code === "CLOSED") return done("closed");
      throw error;
    }
  }
  return done("limit");
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

function inRange(name: string, value: number, { min, max }: { min: number; max: number }): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const message = `${name} is ${value}, expected a whole number from ${min} to ${max}`;
  throw new MsgError("LIMIT_EXCEEDED", message, { limit: max, actual: value });
}

interface Batch {
  readonly handle: (delivery: Delivery) => Promise<Settlement>;
  readonly counts: Record<"delivered" | Outcome, number>;
  readonly signal: AbortSignal | undefined;
}

async function handleBatch(
  driver: Driver,
  deliveries: readonly Delivery[],
  { handle, counts, signal }: Batch,
): Promise<void> {
  /** Partitions of which a message is retried: what follows it comes again, behind it. */
  const held = new Set<string>();
  let pending: Settlement[] = [];
  const settlePending = async (): Promise<void> => {
    if (pending.length === 0) return;
    await driver.settle(pending);
    // Only now: a settlement that was not accepted did not happen.
    for (const { outcome } of pending) counts[outcome] += 1;
    pending = [];
  };
  for (const delivery of deliveries) {
    // What was polled and not handled is given back when the driver closes.
    if (isAborted(signal)) break;
    const partition = `${delivery.partition} ${delivery.envelope.topic}`;
    if (held.has(partition)) continue;
    const settlement = await handle(delivery);
    counts.delivered += 1;
    pending.push(settlement);
    if (settlement.outcome !== "retry") continue;
    if (driver.capabilities.orderAfterRetry) held.add(partition);
    await settlePending();
  }
  await settlePending();
}

function createHandling(
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
    return { outcome: "retry", reason: error instanceof Error ? error.message : String(error) };
  }
  return isDisposition(said) ? said : { outcome: "ack" };
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
