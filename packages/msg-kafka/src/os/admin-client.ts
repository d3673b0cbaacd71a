/** kafkajs' admin client, as the driver wants it. */
import type { AdminClient } from "../client.js";

/** What is asked of kafkajs' own. */
export interface AdminCalls {
  fetchTopicMetadata(of: { topics: string[] }): Promise<{
    topics: readonly {
      readonly name: string;
      readonly partitions: readonly { readonly partitionId: number; readonly leader: number }[];
    }[];
  }>;
  listTopics(): Promise<string[]>;
  createTopics(options: {
    waitForLeaders: boolean;
    topics: { topic: string; numPartitions: number; replicationFactor: number }[];
  }): Promise<boolean>;
  fetchTopicOffsets(
    topic: string,
  ): Promise<
    readonly { readonly partition: number; readonly low: string; readonly high: string }[]
  >;
  fetchOffsets(of: { groupId: string; topics: string[] }): Promise<
    readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly offset: string;
        readonly metadata: string | null;
      }[];
    }[]
  >;
  describeConfigs(of: {
    includeSynonyms: boolean;
    resources: { type: number; name: string; configNames: string[] }[];
  }): Promise<{
    resources: readonly {
      readonly resourceName: string;
      readonly configEntries: readonly { readonly configValue: string }[];
    }[];
  }>;
  disconnect(): Promise<void>;
}

/** `isRegistered`: whether kafkajs has a codec of that name. */
export function adminOf(admin: AdminCalls, isRegistered: (codec: string) => boolean): AdminClient {
  return {
    async leadersOf(topic) {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      const found = topics.find(({ name }) => name === topic);
      return (found?.partitions ?? []).map(({ partitionId: partition, leader }) => ({
        partition,
        leader,
      }));
    },
    async createTopics(topics, { partitions, replicas }) {
      const existing = new Set(await admin.listTopics());
      const missing = topics.filter((topic) => !existing.has(topic));
      if (missing.length === 0) return;
      await admin.createTopics({
        waitForLeaders: true,
        topics: missing.map((topic) => ({
          topic,
          numPartitions: partitions,
          // -1: the brokers' own default.
          replicationFactor: replicas ?? -1,
        })),
      });
    },
    async endsOf(topic) {
      const ends = await admin.fetchTopicOffsets(topic);
      return ends.map(({ partition, low, high }) => ({
        partition,
        low: Number(low),
        high: Number(high),
      }));
    },
    async committedBy(groupId, topics) {
      const found = await admin.fetchOffsets({ groupId, topics: [...topics] });
      return found.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition, offset, metadata }) => ({
          topic,
          partition,
          offset: Number(offset),
          metadata,
        })),
      );
    },
    async compressionOf(topics) {
      const resources = topics.map((name) => ({
        type: topicResource,
        name,
        configNames: ["compression.type"],
      }));
      const { resources: found } = await admin.describeConfigs({
        includeSynonyms: false,
        resources,
      });
      return found.map(({ resourceName, configEntries }) => {
        const codec = configEntries[0]?.configValue ?? "producer";
        return { topic: resourceName, codec, isRegistered: isRegistered(codec) };
      });
    },
    disconnect: () => admin.disconnect(),
  };
}

/** `ConfigResourceTypes.TOPIC`, which is an enum of the types and not of the code. */
const topicResource = 2;
