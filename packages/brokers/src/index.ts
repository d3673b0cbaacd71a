export type { BrokersErrorCode, BrokersErrorDetails, BrokersFault } from "./errors.js";
export { BrokersError, brokersErrors } from "./errors.js";
export type {
  BrokerReport,
  BrokerState,
  Fleet,
  LogOptions,
  UpOptions,
  ViaChoice,
} from "./fleet.js";
export type {
  DockerRecord,
  FleetRecord,
  FleetState,
  NativeRecord,
  ProcessIdentity,
  Via,
} from "./fleet-state.js";
export { decodeFleetState, encodeFleetState, stateSizeMax } from "./fleet-state.js";
export type { KafkaConfigOptions, KafkaRole, MetaPropertiesOptions } from "./kafka-config.js";
export { renderKafkaConfig, renderMetaProperties } from "./kafka-config.js";
export type { BrokerKind, BrokerOptions, CheckedOptions } from "./options.js";
export {
  answerWithinMsMax,
  brokerKinds,
  checkBrokerOptions,
  configLineLengthMax,
  configLinesMax,
  defaultPorts,
  loopback,
} from "./options.js";
export type { RabbitmqConfigOptions, RabbitmqEnvironmentOptions } from "./rabbitmq-config.js";
export { rabbitmqEnvironment, renderRabbitmqConfig } from "./rabbitmq-config.js";
export type { RedisConfigOptions } from "./redis-config.js";
export { renderRedisConfig } from "./redis-config.js";
