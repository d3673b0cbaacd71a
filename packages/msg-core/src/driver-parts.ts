/** Entry `./driver`: what drivers of real brokers are made of. */
export {
  checkName,
  deadLetterSuffixLengthMax,
  endpointLengthMax,
  groupLengthMax,
  inRange,
  revokedMax,
  topicLengthMax,
  waitingPollsMax,
  waitMsMax,
} from "./broker-driver/bounds.js";
export type { BrokerDriver, CreateLink } from "./broker-driver/broker-driver.js";
export { openBrokerDriver } from "./broker-driver/broker-driver.js";
export type {
  BrokerLink,
  DriverPorts,
  Incoming,
  LinkContext,
  LinkLimits,
  LinkOptions,
  SendOutcome,
  SettleStep,
  Unsettled,
} from "./broker-driver/broker-link.js";
export { createCopies } from "./broker-driver/copies.js";
export { deadLetterOf } from "./broker-driver/dead-letter.js";
export type { Health, HealthReport, HealthState } from "./broker-driver/health.js";
export type { OperationCall, Operations } from "./broker-driver/operations.js";
export { createOperations } from "./broker-driver/operations.js";
export { murmur2, partitionOf } from "./broker-driver/partitioner.js";
export type { ContractReference, ProfileFiles } from "./broker-driver/profile-files.js";
export { readListed, readProfileFile } from "./broker-driver/profile-files.js";
export type { RecentNames } from "./broker-driver/recent-names.js";
export { createRecentNames } from "./broker-driver/recent-names.js";
export type { Credentials, SecretIds, SecretResolver } from "./broker-driver/secrets.js";
export { resolveCredentials } from "./broker-driver/secrets.js";
export type { Timer } from "./broker-driver/timer.js";
export { withDeadline } from "./broker-driver/timer.js";
export type { WaitingPolls } from "./broker-driver/waiting-polls.js";
export { createWaitingPolls } from "./broker-driver/waiting-polls.js";
