/**
 * Commits for a group that one is not in, whether it has members or not: as part of a transaction,
 * which brokers do not hold to a member. `admin.setOffsets` joins the group for it, which takes seconds
 * and wants it empty.
 */
import type { OffsetToCommit } from "../client.js";
import { topicsOf } from "./fetched.js";

/** What is used of kafkajs' transactional producer. */
export interface TransactionalProducer {
  connect(): Promise<void>;
  transaction(): Promise<{
    sendOffsets(offsets: {
      consumerGroupId: string;
      topics: ReturnType<typeof topicsOf>;
    }): Promise<void>;
    commit(): Promise<void>;
  }>;
  disconnect(): Promise<void>;
}

export interface OutsideCommit {
  readonly group: string;
  readonly offsets: readonly OffsetToCommit[];
}

export async function commitInTransaction(
  producer: TransactionalProducer,
  { group, offsets }: OutsideCommit,
): Promise<void> {
  await producer.connect();
  try {
    const transaction = await producer.transaction();
    await transaction.sendOffsets({ consumerGroupId: group, topics: topicsOf(offsets) });
    await transaction.commit();
  } finally {
    await producer.disconnect();
  }
}
