/**
 * What the driver needs of a Kafka client, in its own words: `os/driver.ts` makes it of kafkajs, tests
 * make it of nothing. All reject with the client's own errors, which `failure.ts` reads.
 */
import type { KafkaRecord } from "./mapping.js";

export interface KafkaClient {
  connectAdmin(): Promise<AdminClient>;
  /** Idempotent, one request in flight; each has a sequence of its own. */
  connectProducer(): Promise<ProducerClient>;
  createConsumer(handlers: ConsumerHandlers): ConsumerClient;
  /**
   * Commits offsets for a group from outside, whether it has members or not. They may take a moment
   * to be seen.
   */
  commitFromOutside(group: string, offsets: readonly OffsetToCommit[]): Promise<void>;
  /** Ends every connection there is, and refuses new ones. */
  destroy(): void;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface OffsetToCommit extends TopicPartition {
  readonly offset: number;
  readonly metadata: string;
}

export interface CommittedOffset extends TopicPartition {
  /** Negative: none. */
  readonly offset: number;
  readonly metadata: string | null;
}

export interface PartitionLeader {
  readonly partition: number;
  /** Negative: none at present. */
  readonly leader: number;
}

export interface AdminClient {
  /** Rejects where there is no such topic. */
  leadersOf(topic: string): Promise<readonly PartitionLeader[]>;
  /** Those that are not there. */
  createTopics(topics: readonly string[], form: NewTopics): Promise<void>;
  endsOf(topic: string): Promise<readonly PartitionEnds[]>;
  committedBy(group: string, topics: readonly string[]): Promise<readonly CommittedOffset[]>;
  /** The codecs that brokers write the topics with; "producer" where that is the publisher's choice. */
  compressionOf(topics: readonly string[]): Promise<readonly TopicCompression[]>;
  disconnect(): Promise<void>;
}

/** What a topic is created with. */
export interface NewTopics {
  /** 1 to 10,000. */
  readonly partitions: number;
  /** Copies of each message. Default: the brokers' default. */
  readonly replicas?: number;
}

export interface PartitionEnds {
  readonly partition: number;
  /** The first offset there is, and the one that the next message gets. */
  readonly low: number;
  readonly high: number;
}

export interface TopicCompression {
  readonly topic: string;
  readonly codec: string;
  readonly isRegistered: boolean;
}

export interface PlacedRecord extends KafkaRecord {
  readonly partition: number;
}

export interface TopicRecords {
  readonly topic: string;
  readonly messages: readonly PlacedRecord[];
}

/** What a broker says it has stored: all messages of that partition, one after another. */
export interface StoredBatch extends TopicPartition {
  readonly baseOffset: number;
}

export interface ProducerClient {
  send(batches: readonly TopicRecords[]): Promise<readonly StoredBatch[]>;
  disconnect(): Promise<void>;
}

export interface FetchedRecord extends KafkaRecord {
  readonly offset: string;
}

export interface FetchedBatch extends TopicPartition {
  /** Where the fetch began; records before that are not here. */
  readonly fetchedOffset: number;
  /** The one that the next message gets. */
  readonly highWatermark: number;
  readonly records: readonly FetchedRecord[];
  /** Of all that was fetched, control records too. */
  readonly lastOffset: number;
}

/** What may be done about a batch; the last one's serve until the group is joined again. */
export interface BatchTools {
  /** Fetches go on behind this batch. */
  resolve(): void;
  /** Rejects where the group moves on. */
  heartbeat(): Promise<void>;
  /** Whether the reader has gone elsewhere since: a batch that must not be delivered. */
  isStale(): boolean;
  /** One attempt, in the name of the present generation. */
  commit(offsets: readonly OffsetToCommit[]): Promise<void>;
}

export interface ConsumerHandlers {
  /** In a generation of the group: these are ours from now on, and nothing else. */
  joined(partitions: readonly TopicPartition[]): void;
  batch(batch: FetchedBatch, tools: BatchTools): Promise<void>;
  /** Brokers answer. Called often. */
  fetched(): void;
  /** The group's coordinator answers. */
  heartbeat(): void;
  /** Whether to join again, as the member that it is: the coordinator may be another one by now. */
  mustRejoin(): boolean;
  /** A connection broke, or is not to be had; it tries again by itself. */
  lost(error: unknown): void;
  /** It has ended for good; another one may be made. */
  crashed(error: unknown): void;
}

export interface ConsumerClient {
  /** Resolves when it has joined, or has crashed. */
  run(): Promise<void>;
  seek(place: TopicPartition, offset: number): void;
  /** Leaves the group. Rejects or hangs where there is no broker. */
  disconnect(): Promise<void>;
  /** Ends its connections and refuses new ones: it cannot come back to the group. */
  destroy(): void;
}
