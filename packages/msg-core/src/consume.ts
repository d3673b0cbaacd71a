/**
 * The loop between a driver and a handler: poll, handle one after another, settle. A message whose
 * handler fails is retried a bounded number of times and then rejected to the dead letter, so that a
 * poisoned one cannot hold up its neighbours for ever.
 *
 * Settlements are sent when the batch is done, and at once when a message fails: a crash in between
 * means up to `batchSize` messages handled twice, never one lost.
 */
import { inRange } from "./broker-driver/bounds.js";
import { createDone, type Deduplication, type Done } from "./deduplication.js";
import type { Delivery, Driver, Outcome, Settlement } from "./driver.js";
import { MsgError } from "./errors.js";
import { createHandling, type Handler } from "./handling.js";

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
  /** Ack without the handler what the handler has been through. Default: hand it over again. */
  readonly deduplicate?: Deduplication;
}

export interface ConsumeSummary {
  readonly delivered: number;
  readonly acked: number;
  readonly retried: number;
  readonly rejected: number;
  /** Acked without the handler. They are in no other count, `limit`'s included. */
  readonly duplicates: number;
  readonly ended: "limit" | "idle" | "aborted" | "closed";
}

const countMax = Number.MAX_SAFE_INTEGER;
const batchSizeMax = 10_000;

/**
 * Consumes until `limit`, idleness, `signal`, or the driver's `close`. Rejects with what the driver
 * rejects with, with LIMIT_EXCEEDED for an option out of range, and for a mistake that no retry mends:
 * with RESULT_INVALID for a handler that says an outcome there is not, and with its own error for one
 * that throws a world's (see `handling.ts`). What is unsettled then is given back when the driver
 * closes.
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
  const counts = { delivered: 0, ack: 0, retry: 0, reject: 0, duplicate: 0 };
  const done = createDone(options.deduplicate);
  const handle = createHandling(handler, { maxAttempts, clock: options.clock });
  const summary = (ended: ConsumeSummary["ended"]): ConsumeSummary => ({
    delivered: counts.delivered,
    acked: counts.ack,
    retried: counts.retry,
    rejected: counts.reject,
    duplicates: counts.duplicate,
    ended,
  });

  while (counts.ack + counts.reject < limit) {
    if (isAborted(signal)) return summary("aborted");
    try {
      const batch = await driver.poll({
        maxItems: Math.min(batchSize, limit - counts.ack - counts.reject),
        ...(waitMs === undefined ? {} : { waitMs }),
        ...(signal === undefined ? {} : { signal }),
      });
      if (batch.length === 0 && options.stopWhenIdle === true) {
        return summary(isAborted(signal) ? "aborted" : "idle");
      }
      await handleBatch(driver, batch, { handle, counts, done, signal });
    } catch (error) {
      if (MsgError.is(error) && error.code === "CLOSED") return summary("closed");
      throw error;
    }
  }
  return summary("limit");
}

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted === true;
}

interface Batch {
  readonly handle: (delivery: Delivery) => Promise<Settlement>;
  readonly counts: Record<"delivered" | "duplicate" | Outcome, number>;
  readonly done: Done;
  readonly signal: AbortSignal | undefined;
}

async function handleBatch(
  driver: Driver,
  deliveries: readonly Delivery[],
  { handle, counts, done, signal }: Batch,
): Promise<void> {
  /** Partitions of which a message is retried: what follows it comes again, behind it. */
  const held = new Set<string>();
  let pending: Settlement[] = [];
  const settlePending = async (): Promise<void> => {
    if (pending.length === 0) return;
    await driver.settle(pending);
    // Only now: a settlement that was not accepted did not happen.
    for (const { outcome, duplicate } of pending) {
      counts[duplicate === true ? "duplicate" : outcome] += 1;
    }
    pending = [];
  };
  for (const delivery of deliveries) {
    // What was polled and not handled is given back when the driver closes.
    if (isAborted(signal)) break;
    const partition = `${delivery.partition} ${delivery.envelope.topic}`;
    if (held.has(partition)) continue;
    if (done.has(delivery)) {
      pending.push({ delivery, outcome: "ack", duplicate: true });
      continue;
    }
    const settlement = await handle(delivery);
    counts.delivered += 1;
    // Before it is settled: where the ack is lost, the handler has still been through it.
    if (settlement.outcome === "ack") done.add(delivery);
    pending.push(settlement);
    if (settlement.outcome !== "retry") continue;
    if (driver.capabilities.orderAfterRetry) held.add(partition);
    await settlePending();
  }
  await settlePending();
}
