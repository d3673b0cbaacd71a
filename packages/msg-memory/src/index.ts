export type { MemoryBroker } from "./broker.js";
export { createMemoryBroker } from "./broker.js";
export { deadLetterHeaders } from "./dead-letter.js";
export { openMemoryDriver } from "./driver.js";
export type {
  MemoryBrokerOptions,
  MemoryLimits,
  MemoryProfile,
  MemoryTopic,
  Timer,
} from "./options.js";
export { murmur2, partitionOf } from "./partitioner.js";
