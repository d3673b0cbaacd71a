/**
 * The lease that the driver has at present, and what is committed in its name: at the beginning that
 * its partitions are open, at the end what was handed out. It outlives consumers, and knows how far
 * the driver has come in all its leases.
 */
import type { Incoming, LinkContext } from "@reprise/msg-core/driver";
import type { AdminClient, BatchTools, TopicPartition } from "./client.js";
import { type Commits, createCommits } from "./commits.js";
import {
  begin,
  closingOffsets,
  createLease,
  type Lease,
  openingOffsets,
  placeName,
} from "./lease.js";
import type { KafkaSettings } from "./options.js";
import type { KafkaHandle } from "./reader.js";
import { createDeferred, type Deferred, persist } from "./waiting.js";

export interface LeaseHolder {
  current(): Lease | undefined;
  /** Whether anything of it may be delivered. */
  isCurrent(lease: Lease): boolean;
  commitsOf(lease: Lease): Commits;
  /** The group gave these partitions, and no others: another lease, and the one before is over. */
  begin(partitions: readonly TopicPartition[]): void;
  /** The present lease is over, if there is one: what came of it is taken back. */
  end(): void;
  /**
   * Whether the lease may be read: its offsets are known, and noted as open. Rejects where they cannot
   * be had; the next call tries again.
   */
  prepare(lease: Lease, tools: BatchTools): Promise<boolean>;
  /** Notes what was handed out. Never rejects. */
  close(unsettled: readonly Incoming<KafkaHandle>[]): Promise<void>;
}

export interface LeaseHolderOptions {
  readonly committedBy: AdminClient["committedBy"];
  readonly context: LinkContext<KafkaHandle>;
  readonly settings: KafkaSettings;
  readonly driverId: string;
  readonly isClosing: () => boolean;
  readonly closing: Promise<unknown>;
}

interface Present {
  readonly lease: Lease;
  readonly commits: Commits;
  /** Resolved when the lease is over. */
  readonly over: Deferred;
}

export function createLeaseHolder(options: LeaseHolderOptions): LeaseHolder {
  const { context, settings, driverId, isClosing, closing } = options;
  const { ports } = context.options;
  /** By place name. */
  const cameTo = new Map<string, number>();
  let present: Present | undefined;

  const isCurrent = (lease: Lease): boolean => !isClosing() && present?.lease === lease;

  const end = (): void => {
    if (present === undefined) return;
    const { lease, over } = present;
    present = undefined;
    over.resolve();
    for (const [name, { progress }] of lease.held) {
      if (progress !== undefined) cameTo.set(name, Math.max(progress.next, cameTo.get(name) ?? 0));
    }
    context.revoke(({ handle }) => handle.lease === lease);
  };

  return {
    current: () => present?.lease,
    isCurrent,
    commitsOf(lease) {
      const commits = present?.lease === lease ? present.commits : undefined;
      return commits ?? { flush: async () => "stale" };
    },
    begin(partitions) {
      end();
      const lease = createLease(partitions);
      const over = createDeferred();
      const commits = createCommits({
        lease,
        isCurrent: () => present?.lease === lease,
        ended: over.promise,
        ports,
        settleTimeoutMs: settings.settleTimeoutMs,
        driverId,
      });
      present = { lease, commits, over };
    },
    end,
    prepare(lease, tools) {
      if (lease.prepared !== undefined) return lease.prepared;
      const over = present?.over.promise ?? Promise.resolve();
      const ended = Promise.race([over, closing]);
      const isEnded = (): boolean => !isCurrent(lease);
      lease.prepared = prepare(options, lease, { tools, cameTo, ended, isEnded });
      return lease.prepared;
    },
    async close(unsettled) {
      if (present !== undefined) await noteHandedOut(present.lease, unsettled, driverId);
    },
  };
}

interface Preparation {
  readonly tools: BatchTools;
  readonly cameTo: ReadonlyMap<string, number>;
  readonly ended: Promise<unknown>;
  readonly isEnded: () => boolean;
}

async function prepare(
  { committedBy, context, settings, driverId }: LeaseHolderOptions,
  lease: Lease,
  { tools, cameTo, ended, isEnded }: Preparation,
): Promise<boolean> {
  const { group, topics, settleTimeoutMs: ms } = settings;
  const times = { ports: context.options.ports, ms, ended, isEnded, goesOn: () => true };
  try {
    const read = () => committedBy(group, topics);
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
    return !isEnded();
  } catch (error) {
    lease.prepared = undefined;
    if (isEnded()) return false;
    context.tell("group.unready", error instanceof Error ? error.message : String(error));
    throw error;
  }
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
