export type { MemoryBroker } from "./broker.js";
export { createMemoryBroker } from "./broker.js";
export { openMemoryDriver } from "./driver.js";
export type {
  MemoryBrokerOptions,
  MemoryLimits,
  MemoryProfile,
  MemoryTopic,
} from "./options.js";
