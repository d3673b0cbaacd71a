/**
 * The partitions that the driver has in one generation of its group. With the next generation comes
 * another lease, and whatever belongs to this one is stale: deliveries, settlements, commits.
 */
import type { BatchTools, CommittedOffset, OffsetToCommit, TopicPartition } from "./client.js";
import { decodeNote, encodeNote } from "./offset-note.js";
import { createProgress, type Progress } from "./progress.js";

/** A partition of a lease. */
export interface Held extends TopicPartition {
  /** undefined: nothing is committed, and nothing has come. */
  progress: Progress | undefined;
  /** All there is when the first batch comes may have been handed out before. */
  isAllAgain: boolean;
  /** Committed by this driver, with a note that it is open. */
  isOpened: boolean;
  /** Settled since the last commit. */
  isDirty: boolean;
  /** An offset whose bytes were not those published; it is fetched once more. */
  suspect: number | undefined;
  /** Where the reader was sent because a batch began behind it. */
  soughtGap: number | undefined;
}

export interface Lease {
  readonly held: ReadonlyMap<string, Held>;
  /** Of the last batch. */
  tools: BatchTools | undefined;
  /** When the offsets are known and opened. */
  prepared: Promise<boolean> | undefined;
}

export function placeName({ topic, partition }: TopicPartition): string {
  return `${partition} ${topic}`;
}

export function createLease(partitions: readonly TopicPartition[]): Lease {
  const held = new Map<string, Held>();
  for (const { topic, partition } of partitions) {
    held.set(placeName({ topic, partition }), {
      topic,
      partition,
      progress: undefined,
      isAllAgain: false,
      isOpened: false,
      isDirty: false,
      suspect: undefined,
      soughtGap: undefined,
    });
  }
  return { held, tools: undefined, prepared: undefined };
}

export interface Beginning {
  readonly committed: CommittedOffset | undefined;
  readonly driverId: string;
  /** Where this driver had come to in an earlier lease. */
  readonly cameTo: number;
}

/** Where to read on, from what is committed: by this driver, by another one, by somebody else. */
export function begin(held: Held, { committed, driverId, cameTo }: Beginning): void {
  if (committed === undefined || committed.offset < 0) return;
  const note = decodeNote(committed.metadata);
  const progress = createProgress({ committed: committed.offset, done: note?.done ?? [] });
  held.progress = progress;
  if (note?.state === "closed") progress.markAgain(note.handed);
  else if (note?.driver === driverId) progress.markAgain(cameTo);
  else held.isAllAgain = true;
}

/** Nothing was committed: the first that comes is the first. */
export function beginAt(held: Held, offset: number): Progress {
  held.progress ??= createProgress({ committed: offset, done: [] });
  return held.progress;
}

/** What to commit of a partition while it is read. */
export function openOffset(held: Held, progress: Progress, driver: string): OffsetToCommit {
  const note = encodeNote({ state: "open", driver, handed: 0, done: progress.done() });
  return offsetOf(held, progress.committed, note);
}

/** Of each partition that has something committed, and is not open yet. */
export function openingOffsets({ held }: Lease, driver: string): readonly OffsetToCommit[] {
  const offsets: OffsetToCommit[] = [];
  for (const one of held.values()) {
    if (one.progress !== undefined && !one.isOpened) {
      offsets.push(openOffset(one, one.progress, driver));
    }
  }
  return offsets;
}

/** Of each that is open, when it is let go of; `handed`: offsets by place name. */
export function closingOffsets(
  { held }: Lease,
  { driverId, handed }: { readonly driverId: string; readonly handed: ReadonlyMap<string, number> },
): readonly OffsetToCommit[] {
  const offsets: OffsetToCommit[] = [];
  for (const [name, one] of held) {
    const { progress, isOpened } = one;
    if (!isOpened || progress === undefined) continue;
    const given = { driver: driverId, handed: handed.get(name) ?? 0, done: progress.done() };
    offsets.push(offsetOf(one, progress.committed, encodeNote({ state: "closed", ...given })));
  }
  return offsets;
}

function offsetOf({ topic, partition }: Held, offset: number, metadata: string): OffsetToCommit {
  return { topic, partition, offset, metadata };
}
