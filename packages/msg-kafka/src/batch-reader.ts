/**
 * One fetched batch on its way into the inbox. It is fenced before each step: a lease that is over, a
 * reader that has gone elsewhere, a message that came already is not delivered (kafkajs 1046, 1097,
 * 1300). kafkajs does not look at checksums: a message whose bytes are not those that were published
 * is fetched once more, and then put aside. So is, at once, what no envelope can carry.
 */
import { type Envelope, MsgError } from "@reprise/msg-core";
import { deadLetterOf, type Incoming, type LinkContext } from "@reprise/msg-core/driver";
import type { BatchTools, FetchedBatch, FetchedRecord, TopicPartition } from "./client.js";
import { beginAt, type Held, type Lease, openOffset, placeName } from "./lease.js";
import type { Mapping } from "./mapping.js";
import type { KafkaSettings } from "./options.js";
import type { Progress } from "./progress.js";
import type { KafkaHandle } from "./reader.js";
import type { Sender } from "./sender.js";
import { createDeferred, type Deferred, pause } from "./waiting.js";

export interface BatchReader {
  /** Rejects with what a heartbeat rejects with: the client joins again. */
  read(lease: Lease, batch: FetchedBatch, tools: BatchTools): Promise<void>;
  /** What `work` gives, with heartbeats until then. */
  whileBeating<Value>(work: Promise<Value>, tools: BatchTools): Promise<Value>;
  resume(): void;
}

export interface BatchReaderOptions {
  readonly mapping: Mapping;
  readonly sender: Pick<Sender, "send">;
  readonly learn: (topic: string) => Promise<void>;
  readonly context: LinkContext<KafkaHandle>;
  readonly settings: KafkaSettings;
  readonly driverId: string;
  readonly isCurrent: (lease: Lease) => boolean;
  readonly seek: (place: TopicPartition, offset: number) => void;
  readonly commit: (lease: Lease) => void;
  readonly closing: Promise<unknown>;
}

/** A record, and where it is. */
interface Found {
  readonly lease: Lease;
  readonly held: Held;
  readonly progress: Progress;
  readonly record: FetchedRecord;
  readonly offset: number;
}

/** "gone": the batch is not to be read any further. */
type Step = "next" | "full" | "gone";

export function createBatchReader(options: BatchReaderOptions): BatchReader {
  const { mapping, context, settings, isCurrent, closing } = options;
  const { ports } = context.options;
  let room: Deferred | undefined;

  const whileBeating = async <Value>(work: Promise<Value>, tools: BatchTools): Promise<Value> => {
    // Owned here, whoever else waits for it.
    work.catch(() => undefined);
    while (await pause(ports, settings.heartbeatMs, work)) await tools.heartbeat();
    return work;
  };

  const deliver = (found: Found, mapped: { envelope: Envelope; messageId: string | undefined }) => {
    const { lease, held, progress, offset, record } = found;
    const again = progress.isAgain(offset);
    const incoming: Incoming<KafkaHandle> = {
      envelope: mapped.envelope,
      partition: held.partition,
      position: record.offset,
      attempt: again ? 2 : 1,
      redelivered: again,
      messageId: mapped.messageId,
      handle: { lease, held, offset },
    };
    return context.deliver(incoming);
  };

  const putAside = async (
    found: Found,
    { problem, envelope }: { readonly problem: string; readonly envelope: Envelope },
  ): Promise<Step> => {
    const { held, progress, offset, record } = found;
    const where = `${held.topic} partition ${held.partition} offset ${record.offset}`;
    const topic = held.topic + settings.deadLetterSuffix;
    const delivery = {
      envelope,
      partition: held.partition,
      position: record.offset,
      attempt: 1,
      redelivered: false,
    };
    const reason = `MESSAGE_UNMAPPABLE: ${problem}`;
    try {
      await options.learn(topic);
      const [outcome] = await options.sender.send([deadLetterOf({ delivery, reason, topic })]);
      if (MsgError.is(outcome)) throw outcome;
    } catch (error) {
      // Neither dropped nor in the way for ever: it is read again, or the driver ends.
      progress.rewind(offset);
      if (MsgError.is(error) && isFinal(error)) context.health.failed(asideError(where, error));
      else await pause(ports, 1000, closing);
      return "gone";
    }
    context.tell("message.unmappable", `${where} is in ${topic}: ${problem}`);
    progress.settle(offset);
    held.isDirty = true;
    options.commit(found.lease);
    return "next";
  };

  /** At once for every message that is as it should be. */
  const take = (found: Found): Step | Promise<Step> => {
    const { held, progress, record, offset } = found;
    const reading = mapping.readingOf(record, held.topic);
    if ("problem" in reading) return putAside(found, reading);
    if (reading.intact) return deliver(found, reading) ? "next" : "full";
    const where = `${held.topic} partition ${held.partition} offset ${record.offset}`;
    const problem = "key, value or headers are not those that were published: the checksum differs";
    context.tell("message.damaged", `${where}: ${problem}`);
    if (held.suspect === offset) return putAside(found, { problem, envelope: reading.envelope });
    held.suspect = offset;
    progress.rewind(offset);
    return "gone";
  };

  /** Where the partition is read from now on; undefined where the batch is not it. */
  const enter = async (
    lease: Lease,
    batch: FetchedBatch,
    tools: BatchTools,
  ): Promise<{ held: Held; progress: Progress } | undefined> => {
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
      await whileBeating(opening, tools);
      held.isOpened = true;
    }
    return { held, progress };
  };

  const isGone = (lease: Lease, tools: BatchTools): boolean => !isCurrent(lease) || tools.isStale();

  return {
    async read(lease, batch, tools) {
      if (isGone(lease, tools)) return;
      const entered = await enter(lease, batch, tools);
      if (entered === undefined || isGone(lease, tools)) return;
      const { held, progress } = entered;
      if (batch.lastOffset < progress.next - 1) return;
      for (const record of batch.records) {
        const offset = Number(record.offset);
        if (!progress.accept(offset)) continue;
        const taken = take({ lease, held, progress, record, offset });
        if (taken === "next") continue;
        const step = typeof taken === "string" ? taken : await whileBeating(taken, tools);
        if (step === "gone" || isGone(lease, tools)) return;
        if (step === "next") continue;
        room ??= createDeferred();
        await whileBeating(Promise.race([room.promise, closing]), tools);
        if (isGone(lease, tools)) return;
      }
      progress.passed(batch.lastOffset);
      held.suspect = undefined;
      tools.resolve();
    },
    whileBeating,
    resume() {
      room?.resolve();
      room = undefined;
    },
  };
}

function isFinal({ code }: MsgError): boolean {
  return code === "TOPIC_UNKNOWN" || code === "BROKER_REFUSED";
}

function asideError(where: string, cause: MsgError): MsgError {
  const message = `${where} cannot be put aside: ${cause.message}`;
  return new MsgError(cause.code, message, { cause });
}
