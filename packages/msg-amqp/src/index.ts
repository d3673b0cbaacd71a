export type { Wire } from "./mapping.js";
export type {
  AmqpDriverOptions,
  AmqpLimits,
  QueueType,
} from "./options.js";
export type { AmqpProfile } from "./profile.js";
export { readAmqpProfile } from "./profile.js";
export type {
  AmqpBinding,
  AmqpExchange,
  AmqpQueue,
  AmqpTopology,
  ExchangeType,
} from "./topology.js";
export { readAmqpTopology } from "./topology.js";
