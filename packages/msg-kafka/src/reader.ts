/**
 * The consuming side: a consumer of the group, its lease, and another consumer when one has crashed.
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
import type {
  AdminClient,
  BatchTools,
  ConsumerClient,
  FetchedBatch,
  KafkaClient,
} from "./client.js";
import { type Commits, createCommits } from "./commits.js";
import { errorOf, type Failure, failureOf, isPassing } from "./failure.js";
import {
  begin,
  closingOffsets,
  createLease,
  type Held,
  type Lease,
  openingOffsets,
  placeName,
} from "./lease.js";
import type { Mapping } from "./mapping.js";
import type { KafkaSettings } from "./options.js";
import type { Sender } from "./sender.js";
import { createSignsOfLife, type SignsOfLife } from "./signs-of-life.js";
import { backoffMs, createDeferred, type Deferred, pause, persist } from "./waiting.js";

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

interface Session {
  readonly consumer: ConsumerClient;
  lease: Lease | undefined;
  commits: Commits | undefined;
  /** Resolved when the lease is over. */
  over: Deferred;
  readonly signs: SignsOfLife;
}

/** Crashes in a row, without a batch in between, after which trying again is of no use. */
const crashesMax = 5;

export function createReader(options: ReaderOptions): Reader {
  const { client, context, settings, driverId } = options;
  const { ports } = context.options;
  const closing = createDeferred();
  let isClosing = false;
  let session: Session | undefined;
  let crashes = 0;
  const reading = `consuming ${settings.topics.join(", ")}`;
  /** Where this driver has come to in each partition, in all its leases. */
  const cameTo = new Map<string, number>();
  let running: Promise<void> = Promise.resolve();

  const isCurrent = (lease: Lease): boolean => !isClosing && session?.lease === lease;

  const endLease = (of: Session): void => {
    const { lease } = of;
    of.over.resolve();
    of.lease = undefined;
    of.commits = undefined;
    if (lease === undefined) return;
    for (const [name, { progress }] of lease.held) {
      if (progress !== undefined) cameTo.set(name, Math.max(progress.next, cameTo.get(name) ?? 0));
    }
    context.revoke(({ handle }) => handle.lease === lease);
  };

  const startLease = (of: Session, lease: Lease): void => {
    endLease(of);
    const over = createDeferred();
    of.lease = lease;
    of.over = over;
    of.commits = createCommits({
      lease,
      isCurrent: () => session === of && of.lease === lease,
      ended: over.promise,
      ports,
      settleTimeoutMs: settings.settleTimeoutMs,
      driverId,
    });
  };

  /** Whether the lease may be read: its offsets are known, and noted as open. */
  const prepare = async (lease: Lease, tools: BatchTools): Promise<boolean> => {
    const over = session?.over.promise ?? Promise.resolve();
    const ended = Promise.race([over, closing.promise]);
    const isEnded = (): boolean => !isCurrent(lease);
    const times = { ports, ms: settings.settleTimeoutMs, ended, isEnded, goesOn: () => true };
    try {
      const { group, topics } = settings;
      const read = () => options.committedBy(group, topics);
      const committed = await persist(read, { ...times, doing: `offsets of the group ${group}` });
      if (isEnded()) return false;
      for (const [name, held] of lease.held) {
        const place = committed.find((one) => placeName(one) === name);
        begin(held, { committed: place, driverId, cameTo: cameTo.get(name) ?? 0 });
      }
      const offsets = openingOffsets(lease, driverId);
      const write = () => tools.commit(offsets);
      if (offsets.length > 0) await persist(write, { ...times, doing: "opening the partitions" });
      for (const held of lease.held.values()) held.isOpened = held.progress !== undefined;
      return isCurrent(lease);
    } catch (error) {
      lease.prepared = undefined;
      if (isEnded()) return false;
      context.tell("group.unready", error instanceof Error ? error.message : String(error));
      throw error;
    }
  };

  const batches: BatchReader = createBatchReader({
    ...options,
    isCurrent,
    seek: (place, offset) => session?.consumer.seek(place, offset),
    closing: closing.promise,
    commit: (lease) => {
      if (session?.lease === lease) session.commits?.flush().catch(() => undefined);
    },
  });

  const onBatch = async (of: Session, batch: FetchedBatch, tools: BatchTools): Promise<void> => {
    const { lease } = of;
    if (lease === undefined || session !== of || isClosing) return;
    lease.tools = tools;
    crashes = 0;
    lease.prepared ??= prepare(lease, tools);
    if (!(await batches.whileBeating(lease.prepared, tools))) return;
    options.trouble(undefined);
    await batches.read(lease, batch, tools);
  };

  const connect = async (): Promise<void> => {
    const consumer = client.createConsumer({
      joined(partitions) {
        if (session !== of || isClosing) return;
        of.signs.heartbeat();
        startLease(of, createLease(partitions));
        options.trouble(undefined);
        context.tell("rebalanced", partitions.map(placeText).join(", ") || "no partition");
      },
      batch: (batch, tools) => onBatch(of, batch, tools),
      fetched() {
        if (session !== of) return;
        of.signs.fetched();
        options.trouble(undefined);
      },
      heartbeat: () => of.signs.heartbeat(),
      mustRejoin: () => of.signs.mustRejoin() && !isClosing,
      lost(error) {
        if (session !== of || isClosing || !of.signs.lost()) return;
        options.trouble(errorOf(failureOf(error), reading, "CONNECTION_LOST"));
      },
      crashed(error) {
        if (session === of) onCrash(of, error);
      },
    });
    const of: Session = {
      consumer,
      lease: undefined,
      commits: undefined,
      over: createDeferred(),
      signs: createSignsOfLife({ ...settings, ports, onSilence: (error) => onCrash(of, error) }),
    };
    session = of;
    try {
      await consumer.run();
    } catch (error) {
      if (session === of) onCrash(of, error);
    }
  };

  const onCrash = (of: Session, error: unknown): void => {
    endLease(of);
    of.signs.stop();
    session = undefined;
    // It has ended by itself; what is left of it is nobody's, and must not come back.
    of.consumer.disconnect().catch(() => undefined);
    of.consumer.destroy();
    if (isClosing) return;
    const failure = failureOf(error);
    const cause = errorOf(failure, reading);
    context.tell("consumer.crashed", cause.message);
    if (isHopeless(failure, crashes)) {
      context.health.failed(cause);
      return;
    }
    if (!isPassing(failure)) crashes += 1;
    options.trouble(cause);
    running = again();
  };
  const again = async (): Promise<void> => {
    await pause(ports, backoffMs(crashes + 2), closing.promise);
    if (!isClosing) await connect();
  };

  return {
    async start() {
      running = connect();
      await running;
    },
    resume: batches.resume,
    current: () => session?.lease,
    commitsOf(lease) {
      const commits = session?.lease === lease ? session.commits : undefined;
      return commits ?? { flush: async () => "stale" };
    },
    seek(lease, place, offset) {
      if (session?.lease === lease) session.consumer.seek(place, offset);
    },
    async end(unsettled) {
      isClosing = true;
      const of = session;
      of?.signs.stop();
      if (of?.lease !== undefined) await noteHandedOut(of.lease, unsettled, driverId);
      closing.resolve();
      // kafkajs leaves a consumer running that is stopped while it joins (issue 1639).
      await running;
      await of?.consumer.disconnect();
    },
  };
}

function isHopeless(failure: Failure, crashes: number): boolean {
  const { kind } = failure;
  if (isPassing(failure)) return false;
  return kind === "codec" || kind === "login" || kind === "denied" || crashes + 1 >= crashesMax;
}

/** For the next reader. Where it cannot be written, the partitions stay open: that says "unknown". */
async function noteHandedOut(
  lease: Lease,
  unsettled: readonly Incoming<KafkaHandle>[],
  driverId: string,
): Promise<void> {
  const handed = new Map<string, number>();
  for (const { handle } of unsettled) {
    const name = placeName(handle.held);
    handed.set(name, Math.max(handed.get(name) ?? 0, handle.offset + 1));
  }
  const offsets = closingOffsets(lease, { driverId, handed });
  if (offsets.length > 0) await lease.tools?.commit(offsets).catch(() => undefined);
}

function placeText({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}
