export { deadLetterHeaders } from "./broker-driver/dead-letter.js";
export { firstDifference } from "./bytes.js";
export type { ConsumeOptions, ConsumeSummary } from "./consume.js";
export { consume } from "./consume.js";
export { readContract } from "./contract.js";
export type { Deduplication } from "./deduplication.js";
export type {
  CloseOptions,
  Delivery,
  Driver,
  DriverCapabilities,
  DriverKind,
  Outcome,
  PollRequest,
  PublishOptions,
  Receipt,
  Settlement,
} from "./driver.js";
export { reasonLengthMax } from "./driver.js";
export type { Envelope } from "./envelope.js";
export { decodeEnvelope, encodeEnvelope, envelopeSizeMax } from "./envelope.js";
export type { Fault, MsgErrorCode, MsgErrorDetails } from "./errors.js";
export { MsgError } from "./errors.js";
export type { Disposition, Handler } from "./handling.js";
export type {
  DriverEvent,
  LiveEvent,
  Observer,
  Observers,
  OperationName,
  RecordedEvent,
} from "./observer.js";
export { createObservers, isLive, settledEvent } from "./observer.js";
export type { RrEntry } from "./rr-entry.js";
export { decodeRrEntry, encodeRrEntry, rrAck, rrDriverKind, rrOp } from "./rr-entry.js";
export type {
  StreamAddOptions,
  StreamBus,
  StreamCapabilities,
  StreamCodec,
  StreamDelivery,
  StreamEntry,
  StreamEvent,
  StreamGroupOptions,
  StreamIterateOptions,
  StreamLog,
  StreamNotice,
  StreamObserver,
  StreamReadOptions,
} from "./stream-bus.js";
export type { StreamDeadLetter } from "./stream-dead-letter.js";
export { streamDeadLetterCodec } from "./stream-dead-letter.js";
export {
  heldEntriesMax,
  readCountMax,
  readStreamsMax,
  streamMaxLengthDefault,
} from "./stream-limits.js";
export type {
  HeldPlace,
  RawEntry,
  StreamAddRequest,
  StreamGroupRequest,
  StreamLink,
  StreamPlace,
  StreamReadRequest,
} from "./stream-link.js";
export type { StreamShellParts } from "./stream-shell.js";
export { createStreamBus } from "./stream-shell.js";
export type { Topic, TopicCatalogue } from "./topic-catalogue.js";
export { readTopicCatalogue } from "./topic-catalogue.js";
