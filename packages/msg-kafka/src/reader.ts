/**
 * The consuming side: a consumer of the group, and another one when it has crashed (`consumers.ts`); its
 * lease (`lease-holder.ts`); its batches (`batch-reader.ts`).
 *
 * ```
 *  run -> joined: a lease -> batch -> (offsets known, opened) -> delivery -> deliver -> inbox
 *   ^        |                 ^                                              |
 *   |        +- joined again --+- waits for room, with heartbeats <-----------+ full
 *   +- crashed, after a while; for good where trying again is of no use
 * ```
 *
 * Handlers never run inside the client's callback: while they work, fetches and heartbeats go on
 * (kafkajs 387, 1277, 1527, 1566, 1719, 1720). The callback waits for room in the inbox, and sends
 * heartbeats itself while it does.
 */
import type { MsgError } from "@reprise/msg-core";
import type { Incoming, LinkContext } from "@reprise/msg-core/driver";
import { type BatchReader, createBatchReader } from "./batch-reader.js";
import type { AdminClient, BatchTools, FetchedBatch, KafkaClient } from "./client.js";
import type { Commits } from "./commits.js";
import { createConsumers } from "./consumers.js";
import type { Held, Lease } from "./lease.js";
import { createLeaseHolder } from "./lease-holder.js";
import type { Mapping } from "./mapping.js";
import type { KafkaSettings } from "./options.js";
import type { Sender } from "./sender.js";
import { createDeferred } from "./waiting.js";

/** What a settlement needs of a delivery. */
export interface KafkaHandle {
  readonly lease: Lease;
  readonly held: Held;
  readonly offset: number;
}

export interface Reader {
  /** Rejects where the first consumer cannot be had and trying again is of no use. */
  start(): Promise<void>;
  /** There is room in the inbox again. */
  resume(): void;
  current(): Lease | undefined;
  commitsOf(lease: Lease): Commits;
  /** Fetches go on there; what was delivered from there on has been taken back. */
  seek(
    lease: Lease,
    place: { readonly topic: string; readonly partition: number },
    offset: number,
  ): void;
  /** Notes what was handed out, and leaves the group. May hang or reject: the caller has a deadline. */
  end(unsettled: readonly Incoming<KafkaHandle>[]): Promise<void>;
}

export interface ReaderOptions {
  readonly client: Pick<KafkaClient, "createConsumer">;
  readonly committedBy: AdminClient["committedBy"];
  readonly mapping: Mapping;
  readonly sender: Pick<Sender, "send">;
  readonly learn: (topic: string) => Promise<void>;
  readonly context: LinkContext<KafkaHandle>;
  readonly settings: KafkaSettings;
  readonly driverId: string;
  readonly trouble: (cause: MsgError | undefined) => void;
}

export function createReader(options: ReaderOptions): Reader {
  const closing = createDeferred();
  let isClosing = false;
  const ends = { isClosing: () => isClosing, closing: closing.promise };
  const leases = createLeaseHolder({ ...options, ...ends });
  const batches: BatchReader = createBatchReader({
    ...options,
    isCurrent: leases.isCurrent,
    seek: (place, offset) => consumers.seek(place, offset),
    closing: closing.promise,
    commit(lease) {
      leases
        .commitsOf(lease)
        .flush()
        .catch(() => undefined);
    },
  });

  const onBatch = async (batch: FetchedBatch, tools: BatchTools): Promise<void> => {
    const lease = leases.current();
    if (lease === undefined) return;
    lease.tools = tools;
    if (!(await batches.whileBeating(leases.prepare(lease, tools), tools))) return;
    options.trouble(undefined);
    await batches.read(lease, batch, tools);
  };

  const consumers = createConsumers({
    ...options,
    ...ends,
    joined: leases.begin,
    batch: onBatch,
    crashed: leases.end,
  });

  return {
    start: consumers.start,
    resume: batches.resume,
    current: leases.current,
    commitsOf: leases.commitsOf,
    seek(lease, place, offset) {
      if (leases.current() === lease) consumers.seek(place, offset);
    },
    async end(unsettled) {
      isClosing = true;
      await consumers.end(async () => {
        await leases.close(unsettled);
        closing.resolve();
      });
    },
  };
}
