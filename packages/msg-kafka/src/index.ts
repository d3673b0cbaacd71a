export type { NewTopics } from "./client.js";
export type {
  KafkaDriverOptions,
  KafkaLimits,
  KafkaTls,
} from "./options.js";
export type { KafkaProfile, KafkaProfileLimits, KafkaSecurity } from "./profile.js";
export { readKafkaProfile } from "./profile.js";
