export type { AmpErrorCode, AmpErrorDetails, AmpFault } from "./amp-error.js";
export { AmpError, ampFaults } from "./amp-error.js";
export type { AmpCausalityTree, AmpChain } from "./causality.js";
export { causalityTree, treeMessagesMax } from "./causality.js";
export type { AmpDraft, AmpPorts } from "./creation.js";
export { causedBy, createAmpMessage } from "./creation.js";
export type { AmpOnStream } from "./envelope-mapping.js";
export { ampOfEnvelope, envelopeOfAmp } from "./envelope-mapping.js";
export type { AmpOnce, AmpOnceOptions, AmpStore } from "./idempotency.js";
export { ampDeduplication, applyingMax, createAmpOnce, onceWindowMax } from "./idempotency.js";
export type {
  AmpKey,
  AmpKeyPair,
  AmpKeyring,
  AmpPublicKey,
  AmpSecret,
  AmpVerdict,
} from "./keyring.js";
export { createAmpKeyring, keysMax } from "./keyring.js";
export type { AmpCausality, AmpMessage } from "./message.js";
export { messageSizeMax, nameLengthMax } from "./message.js";
export type { ReadAmpOptions } from "./message-text.js";
export { encodeAmpMessage, parseAmpMessage, signedBytes } from "./message-text.js";
export { nobleSignatures } from "./noble-signatures.js";
export type { SignaturePort } from "./signature-port.js";
export type { AmpScheme } from "./signature-text.js";
export { ampStreamCodec } from "./stream-codec.js";
export type { AmpStreamNames, AmpStreamPlace } from "./stream-names.js";
export { ampStreamNames, readAmpStreamName } from "./stream-names.js";
