export type { SignatureOf } from "./amp-fields.js";
export type { ClientFrame } from "./client-frame.js";
export type { CloseCode } from "./close-codes.js";
export { closeCodes } from "./close-codes.js";
export type {
  AmpFields,
  BeatFrame,
  Body,
  BrokerFrame,
  Direction,
  GapFrame,
  HelloFrame,
  LockedFrame,
  MessageFrame,
  ServerFrame,
  SignatureState,
  SubscribedFrame,
} from "./frame.js";
export { mirrorProtocol } from "./frame.js";
export type { MirrorErrorCode, MirrorErrorDetails, MirrorFault } from "./mirror-error.js";
export { MirrorError } from "./mirror-error.js";
export type { MirrorLimits, MirrorOptions } from "./options.js";
export { mirrorLimits } from "./options.js";
export type { StreamEvent } from "./sighting.js";
export type { SubscriptionRequest } from "./subscription.js";
