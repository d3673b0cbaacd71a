export type { MemoryBroker } from "./broker.js";
export { createMemoryBroker } from "./broker.js";
export { openMemoryDriver } from "./driver.js";
export type {
  MemoryBrokerOptions,
  MemoryLimits,
  MemoryProfile,
  MemoryTopic,
} from "./options.js";
export type { StreamStoreLimits } from "./stream-store.js";
export type { MemoryStreams, MemoryStreamsOptions } from "./streams.js";
export { createMemoryStreams, openMemoryStreams } from "./streams.js";
