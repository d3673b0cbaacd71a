export type { Budgets } from "./budgets.js";
export { cassetteBytesMax } from "./budgets.js";
export type { CassetteEntry, ExtraField } from "./cassette-entry.js";
export { decodeCassette } from "./cassette-entry.js";
export { checkCassettePath } from "./cassette-path.js";
export type {
  CassetteExtent,
  CassetteReader,
  CassetteReaderOptions,
  ReadEntry,
} from "./cassette-reader.js";
export { cassetteExtent, createCassetteReader, frameBytesMaxDefault } from "./cassette-reader.js";
export type { CassetteStore, MemoryStore } from "./cassette-store.js";
export { createMemoryStore } from "./cassette-store.js";
export type { Checksum } from "./checksum.js";
export { crc32 } from "./checksum.js";
export type { Document, DocumentMap, DocumentValue, NumberLexeme } from "./document.js";
export { decodeDocument, documentDepthMax, encodeDocument } from "./document.js";
export { documentToJson, jsonToDocument } from "./document-json.js";
export type { Draw } from "./draws.js";
export { decodeDraw } from "./draws.js";
export type { ReplayOptions, SessionDriverOptions } from "./driver-options.js";
export { encodeCassetteEntry } from "./entry-frame.js";
export type { EntryTable, LoadOptions } from "./entry-table.js";
export { loadEntryTable } from "./entry-table.js";
export type { MatchMode, Mode } from "./modes.js";
export { isMode, modes } from "./modes.js";
export type { Operations } from "./operations.js";
export { operationsOf, rrKind } from "./operations.js";
export type { Matching, Policy, PolicyIndex, PolicyIndexEntry, PublishOrder } from "./policy.js";
export { readMatching, readPolicy, readPolicyIndex } from "./policy.js";
export { recordingDriver } from "./recording-driver.js";
export type { BrokerEvent, Failure, Handover, SettlementRecord } from "./records.js";
export {
  decodeEvent,
  decodeFailure,
  decodeHandover,
  decodeReceipt,
  decodeSettlement,
  encodeEvent,
} from "./records.js";
export { replayDriver } from "./replay-driver.js";
export type { Sanitizer } from "./sanitizer.js";
export { readSanitizer } from "./sanitizer.js";
export type { Session, SessionOptions, SessionPolicy } from "./session.js";
export { openSession } from "./session.js";
export { sessionDriver } from "./session-driver.js";
export type { SessionSourcesOptions } from "./session-sources.js";
export { sessionSources } from "./session-sources.js";
export { checkAllUsed } from "./unused-entries.js";
