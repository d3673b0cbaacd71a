/**
 * One fetched batch on its way into the inbox. It is fenced before each step: a lease that is over, a
 * reader that has gone elsewhere, a message that came already is not delivered (kafkajs 1046, 1097,
 * 1300). What becomes of each record, `intake.ts` decides.
 */
import type { BatchTools, FetchedBatch, TopicPartition } from "./client.js";
import { createIntake, type IntakeOptions } from "./intake.js";
import { beginAt, type Held, type Lease, openOffset, placeName } from "./lease.js";
import type { Progress } from "./progress.js";
import { createDeferred, type Deferred, pause } from "./waiting.js";

export interface BatchReader {
  /** Rejects with what a heartbeat rejects with: the client joins again. */
  read(lease: Lease, batch: FetchedBatch, tools: BatchTools): Promise<void>;
  /** What `work` gives, with heartbeats until then. */
  whileBeating<Value>(work: Promise<Value>, tools: BatchTools): Promise<Value>;
  resume(): void;
}

export interface BatchReaderOptions extends IntakeOptions {
  readonly driverId: string;
  readonly isCurrent: (lease: Lease) => boolean;
  readonly seek: (place: TopicPartition, offset: number) => void;
}

/** A batch, and in whose name it came. */
interface Arrival {
  readonly lease: Lease;
  readonly batch: FetchedBatch;
  readonly tools: BatchTools;
}

export function createBatchReader(options: BatchReaderOptions): BatchReader {
  const { context, isCurrent, closing } = options;
  const intake = createIntake(options);
  let room: Deferred | undefined;
  const resume = (): void => {
    room?.resolve();
    room = undefined;
  };
  // Once, for good: a race against it for each wait would be kept until the driver is closed.
  closing.then(resume);

  const isGone = (lease: Lease, tools: BatchTools): boolean => !isCurrent(lease) || tools.isStale();

  return {
    async read(lease, batch, tools) {
      if (isGone(lease, tools)) return;
      const entered = await enter(options, { lease, batch, tools });
      if (entered === undefined || isGone(lease, tools)) return;
      const { held, progress } = entered;
      if (batch.lastOffset < progress.next - 1) return;
      context.lag(held, Math.max(0, batch.highWatermark - 1 - batch.lastOffset));
      for (const record of batch.records) {
        const offset = Number(record.offset);
        if (!progress.accept(offset)) continue;
        const taken = intake.take({ lease, held, progress, record, offset });
        if (taken === "next") continue;
        const step = typeof taken === "string" ? taken : await whileBeating(options, taken, tools);
        if (step === "gone" || isGone(lease, tools)) return;
        if (step === "next") continue;
        room ??= createDeferred();
        await whileBeating(options, room.promise, tools);
        if (isGone(lease, tools)) return;
      }
      progress.passed(batch.lastOffset);
      held.suspect = undefined;
      tools.resolve();
    },
    whileBeating: (work, tools) => whileBeating(options, work, tools),
    resume,
  };
}

/** Where the partition is read from now on; undefined where the batch is not it. */
async function enter(
  options: BatchReaderOptions,
  { lease, batch, tools }: Arrival,
): Promise<{ held: Held; progress: Progress } | undefined> {
  const held = lease.held.get(placeName(batch));
  if (held === undefined) return undefined;
  const progress = beginAt(held, batch.fetchedOffset);
  if (batch.fetchedOffset > progress.next && held.soughtGap !== progress.next) {
    // Fetched before the reader was sent back, by another connection; or nothing is there.
    held.soughtGap = progress.next;
    options.seek(batch, progress.next);
    return undefined;
  }
  if (held.isAllAgain) {
    held.isAllAgain = false;
    progress.markAgain(batch.highWatermark);
  }
  if (!held.isOpened) {
    const opening = tools.commit([openOffset(held, progress, options.driverId)]);
    await whileBeating(options, opening, tools);
    held.isOpened = true;
  }
  return { held, progress };
}

async function whileBeating<Value>(
  { context, settings }: BatchReaderOptions,
  work: Promise<Value>,
  tools: BatchTools,
): Promise<Value> {
  // Owned here, whoever else waits for it.
  work.catch(() => undefined);
  while (await pause(context.options.ports, settings.heartbeatMs, work)) await tools.heartbeat();
  return work;
}
