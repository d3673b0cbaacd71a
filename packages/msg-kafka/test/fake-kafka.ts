/**
 * A cluster in memory behind the driver's own idea of a client, and every call to break into. What
 * kafkajs does by itself (joining, fetching) a test does by hand: `join`, `fetch`.
 */
import type {
  AdminClient,
  BatchTools,
  CommittedOffset,
  ConsumerClient,
  ConsumerHandlers,
  FetchedRecord,
  KafkaClient,
  OffsetToCommit,
  ProducerClient,
  StoredBatch,
  TopicPartition,
  TopicRecords,
} from "../src/client.js";

/** As kafkajs throws them. */
export function kafkaError(type: string, retriable = true): Error {
  return Object.assign(new Error(type), { name: "KafkaJSProtocolError", type, retriable });
}

export function connectionError(): Error {
  const error = new Error("Connection error: connect ECONNREFUSED 127.0.0.1:9092");
  return Object.assign(error, { name: "KafkaJSConnectionError", retriable: true });
}

export interface SentBatch {
  /** From 1: which producer it came from. */
  readonly producer: number;
  readonly batches: readonly TopicRecords[];
}

export interface FakeKafka {
  readonly client: KafkaClient;
  /** By topic and partition, `orders/0`. */
  readonly logs: Map<string, FetchedRecord[]>;
  readonly leaders: Map<string, number>;
  readonly sent: SentBatch[];
  readonly committed: Map<string, OffsetToCommit>;
  readonly consumers: FakeConsumer[];
  /** What a test changes; each may throw, and is asked first. */
  readonly faults: Faults;
  readonly calls: { producers: number; disconnected: number; destroyed: number; outside: number };
}

export interface Faults {
  send?: (batch: SentBatch) => Promise<readonly StoredBatch[] | "store">;
  commit?: (offsets: readonly OffsetToCommit[]) => Promise<void>;
  connectAdmin?: () => Promise<void>;
  connectProducer?: () => Promise<void>;
  committedBy?: () => Promise<void>;
  run?: () => Promise<void>;
  disconnectConsumer?: () => Promise<void>;
  heartbeat?: () => Promise<void>;
  compression?: string;
}

export interface FakeConsumer {
  readonly handlers: ConsumerHandlers;
  readonly seeks: (TopicPartition & { readonly offset: number })[];
  heartbeats: number;
  isDisconnected: boolean;
  isDestroyed: boolean;
  join(...partitions: readonly number[]): void;
  /** Delivers what there is from the reader's place on, as one batch; resolves as eachBatch does. */
  fetch(partition: number, count?: number): Promise<void>;
  /** The place of the reader. */
  position(partition: number): number;
}

export const topic = "orders";

export function createFakeKafka(partitions = 3): FakeKafka {
  const cluster: Cluster = {
    logs: new Map(),
    leaders: new Map(),
    committed: new Map(),
    sent: [],
    consumers: [],
    faults: {},
    calls: { producers: 0, disconnected: 0, destroyed: 0, outside: 0 },
  };
  for (const name of [topic, `${topic}.dead-letter`, "other"]) addTopic(cluster, name, partitions);
  return { ...cluster, client: createFakeClient(cluster) };
}

type Cluster = Omit<FakeKafka, "client">;

function addTopic({ logs, leaders }: Cluster, name: string, partitions: number): void {
  for (let partition = 0; partition < partitions; partition++) {
    const place = `${name}/${partition}`;
    if (!logs.has(place)) logs.set(place, []);
    leaders.set(place, 1);
  }
}

function createFakeClient(cluster: Cluster): KafkaClient {
  const { committed, faults, calls } = cluster;
  return {
    async connectAdmin() {
      await faults.connectAdmin?.();
      return createFakeAdmin(cluster);
    },
    async connectProducer() {
      calls.producers += 1;
      const producer = calls.producers;
      await faults.connectProducer?.();
      return createFakeProducer(cluster, producer);
    },
    createConsumer: (handlers) => createFakeConsumerClient(cluster, handlers),
    async commitFromOutside(_group, offsets) {
      calls.outside += 1;
      for (const one of offsets) committed.set(`${one.topic}/${one.partition}`, one);
    },
    destroy() {
      calls.destroyed += 1;
    },
  };
}

function createFakeAdmin(cluster: Cluster): AdminClient {
  const { logs, leaders, committed, faults, calls } = cluster;
  return {
    leadersOf: async (name) =>
      partitionsOf(cluster, name).map((partition) => ({
        partition,
        leader: leaders.get(`${name}/${partition}`) ?? -1,
      })),
    async createTopics(topics, { partitions }) {
      for (const name of topics) addTopic(cluster, name, partitions);
    },
    endsOf: async (name) =>
      partitionsOf(cluster, name).map((partition) => ({
        partition,
        low: 0,
        high: logs.get(`${name}/${partition}`)?.length ?? 0,
      })),
    async committedBy(_group, topics) {
      await faults.committedBy?.();
      return topics.flatMap((name) =>
        partitionsOf(cluster, name).map((partition): CommittedOffset => {
          const found = committed.get(`${name}/${partition}`);
          return found ?? { topic: name, partition, offset: -1, metadata: null };
        }),
      );
    },
    compressionOf: async (topics) =>
      topics.map((name) => ({
        topic: name,
        codec: faults.compression ?? "producer",
        isRegistered: faults.compression === undefined,
      })),
    async disconnect() {
      calls.disconnected += 1;
    },
  };
}

function partitionsOf({ logs }: Cluster, name: string): readonly number[] {
  const found = [...logs.keys()].filter((place) => place.startsWith(`${name}/`));
  if (found.length === 0) throw kafkaError("UNKNOWN_TOPIC_OR_PARTITION");
  return found.map((place) => Number(place.slice(name.length + 1)));
}

function createFakeProducer(
  { logs, sent, faults, calls }: Cluster,
  producer: number,
): ProducerClient {
  return {
    async send(batches) {
      const batch = { producer, batches };
      sent.push(batch);
      const fate = (await faults.send?.(batch)) ?? "store";
      return fate === "store" ? store(logs, batches) : fate;
    },
    async disconnect() {
      calls.disconnected += 1;
    },
  };
}

/** As a broker does: in order, each partition's behind what is there. */
export function store(
  logs: ReadonlyMap<string, FetchedRecord[]>,
  batches: readonly TopicRecords[],
): readonly StoredBatch[] {
  const stored = new Map<string, StoredBatch>();
  for (const { topic: name, messages } of batches) {
    for (const { key, value, headers, partition } of messages) {
      const log = logs.get(`${name}/${partition}`);
      if (log === undefined) throw kafkaError("UNKNOWN_TOPIC_OR_PARTITION");
      const place = `${name}/${partition}`;
      if (!stored.has(place)) {
        stored.set(place, { topic: name, partition, baseOffset: log.length });
      }
      log.push({ key, value, headers, offset: String(log.length) });
    }
  }
  return [...stored.values()];
}

function createFakeConsumerClient(cluster: Cluster, handlers: ConsumerHandlers): ConsumerClient {
  const { consumers, faults } = cluster;
  const consumer = createFakeConsumer(cluster, handlers);
  consumers.push(consumer);
  return {
    run: async () => faults.run?.(),
    seek: (place, offset) => {
      consumer.seeks.push({ ...place, offset });
      consumer.seekTo(place, offset);
    },
    async disconnect() {
      consumer.isDisconnected = true;
      await faults.disconnectConsumer?.();
    },
    destroy() {
      consumer.isDestroyed = true;
    },
  };
}

function createFakeConsumer(
  { logs, committed, faults }: Cluster,
  handlers: ConsumerHandlers,
): FakeConsumer & { seekTo(place: TopicPartition, offset: number): void } {
  const positions = new Map<number, number>();
  const pending = new Set<number>();
  const consumer = {
    handlers,
    seeks: [],
    heartbeats: 0,
    isDisconnected: false,
    isDestroyed: false,
    seekTo({ partition }: TopicPartition, offset: number) {
      positions.set(partition, offset);
      pending.add(partition);
    },
    join(...partitions: readonly number[]) {
      positions.clear();
      for (const partition of partitions) {
        positions.set(partition, committed.get(`${topic}/${partition}`)?.offset ?? 0);
      }
      handlers.joined(partitions.map((partition) => ({ topic, partition })));
    },
    position: (partition: number) => positions.get(partition) ?? 0,
    async fetch(partition: number, count = Number.POSITIVE_INFINITY) {
      pending.delete(partition);
      const log = logs.get(`${topic}/${partition}`) ?? [];
      const from = positions.get(partition) ?? 0;
      const records = log.slice(from, from + count);
      if (records.length === 0) return;
      const lastOffset = from + records.length - 1;
      const tools: BatchTools = {
        resolve: () => positions.set(partition, lastOffset + 1),
        async heartbeat() {
          consumer.heartbeats += 1;
          await faults.heartbeat?.();
          handlers.heartbeat();
        },
        isStale: () => pending.has(partition),
        async commit(offsets) {
          await faults.commit?.(offsets);
          for (const one of offsets) committed.set(`${one.topic}/${one.partition}`, one);
        },
      };
      const batch = { topic, partition, fetchedOffset: from, records, lastOffset };
      await handlers.batch({ ...batch, highWatermark: log.length }, tools);
    },
  };
  return consumer;
}
