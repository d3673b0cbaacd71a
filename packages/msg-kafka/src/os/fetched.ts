/** A batch as kafkajs hands it to its callback, and what may be done about it. */
import type { BatchTools, FetchedBatch, FetchedRecord, OffsetToCommit } from "../client.js";

/** What is used of kafkajs' payload. */
export interface BatchPayload {
  readonly batch: {
    readonly topic: string;
    readonly partition: number;
    readonly highWatermark: string;
    readonly messages: readonly { readonly offset: string }[];
    lastOffset(): string;
  };
  resolveOffset(offset: string): void;
  heartbeat(): Promise<void>;
  isStale(): boolean;
  commitOffsetsIfNecessary(offsets: { topics: TopicOffsets[] }): Promise<void>;
}

interface TopicOffsets {
  topic: string;
  partitions: { partition: number; offset: string; metadata: string }[];
}

export function batchOf({ batch }: BatchPayload): FetchedBatch {
  const { topic, partition, highWatermark, messages } = batch;
  // A member that the types leave out: where the fetch began.
  const { fetchedOffset } = batch as unknown as { readonly fetchedOffset: string };
  return {
    topic,
    partition,
    fetchedOffset: Number(fetchedOffset),
    highWatermark: Number(highWatermark),
    // Each is a record as it was decoded: `offset` is all that is looked at here.
    records: messages as readonly FetchedRecord[],
    lastOffset: Number(batch.lastOffset()),
  };
}

export function toolsOf(payload: BatchPayload): BatchTools {
  const { batch, resolveOffset, heartbeat, isStale, commitOffsetsIfNecessary } = payload;
  const last = batch.messages[batch.messages.length - 1]?.offset ?? batch.lastOffset();
  return {
    resolve: () => resolveOffset(last),
    heartbeat,
    isStale,
    // Straight to the coordinator: one attempt, and it says when it has not committed.
    commit: (offsets) => commitOffsetsIfNecessary({ topics: topicsOf(offsets) }),
  };
}

export function topicsOf(offsets: readonly OffsetToCommit[]): TopicOffsets[] {
  const topics = new Map<string, { partition: number; offset: string; metadata: string }[]>();
  for (const { topic, partition, offset, metadata } of offsets) {
    const partitions = topics.get(topic) ?? [];
    partitions.push({ partition, offset: String(offset), metadata });
    topics.set(topic, partitions);
  }
  return [...topics].map(([topic, partitions]) => ({ topic, partitions }));
}
