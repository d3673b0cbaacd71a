/**
 * What Reprise keeps inside an entry, besides the envelope.
 *
 * ```
 * receipt      u32 partition | len+position                        ack of a publish
 * handover     u32 batch_index | u32 batch_size | u32 attempt      ack of a delivery
 *              | u32 redelivered | u32 partition | len+position
 * settlement   u32 partition | u32 attempt | len+position          req of a settlement
 *              | len+topic | u32 outcome | len+reason              1 ack, 2 retry, 3 reject
 * failure      canonical JSON: code, message, scope                ack of what failed
 * event        canonical JSON: name, detail                        req of a broker event
 * waited       canonical JSON: during, older, size                 detail of `poll.waited` and
 *                                                                  `publish.waited`
 * ```
 *
 * Integers are little-endian u32. Nothing may follow the last field. A delivery's batch is what one
 * poll handed out: replay hands it out again as one.
 */
import { canonicalBytes, canonicalize, type JsonValue, parseJson } from "@reprise/canonical-json";
import {
  type Delivery,
  MsgError,
  type MsgErrorCode,
  type Outcome,
  type Receipt,
  reasonLengthMax,
  type Settlement,
} from "@reprise/msg-core";
import { createRecordReader, lastTextAt, mismatch, u32At } from "./record-reader.js";
import { putText, putU32, recordOf } from "./record-writer.js";

export interface Handover {
  readonly batchIndex: number;
  readonly batchSize: number;
  readonly attempt: number;
  readonly redelivered: boolean;
  readonly partition: number;
  readonly position: string;
}

export interface SettlementRecord {
  readonly topic: string;
  readonly partition: number;
  readonly position: string;
  readonly attempt: number;
  readonly outcome: Outcome;
  /** "" for none. */
  readonly reason: string;
}

/** `batch`: the call failed as a whole; `message`: this envelope was refused. */
export interface Failure {
  readonly code: MsgErrorCode;
  readonly message: string;
  readonly scope: "batch" | "message";
}

export interface BrokerEvent {
  readonly name: string;
  readonly detail: string;
}

/**
 * A call that ended after others that were made later, or before older ones. Replay gives its result
 * when as much has happened, and not before.
 */
export interface Waited {
  /**
   * Messages that other calls, of all drivers of the session, began to publish or settle meanwhile.
   */
  readonly during: number;
  /** Calls of the same kind and driver that were made before it and had not ended. */
  readonly older: number;
  /** Entries of the call itself. */
  readonly size: number;
}

const text = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeReceipt({ partition, position }: Receipt): Uint8Array {
  return recordOf(() => {
    putU32(partition);
    putText(position);
  });
}

/** Throws RECORDED_MISMATCH. */
export function decodeReceipt(bytes: Uint8Array): Receipt {
  // First: it sees to it that all of the record is there.
  const position = lastTextAt(bytes, 4, "receipt");
  return { partition: u32At(bytes, 0), position };
}

export function encodeHandover(handover: Handover): Uint8Array {
  const { batchIndex, batchSize, attempt, redelivered, partition, position } = handover;
  return recordOf(() => {
    putU32(batchIndex);
    putU32(batchSize);
    putU32(attempt);
    putU32(redelivered ? 1 : 0);
    putU32(partition);
    putText(position);
  });
}

/** Throws RECORDED_MISMATCH. */
export function decodeHandover(bytes: Uint8Array): Handover {
  // First: it sees to it that all of the record is there.
  const position = lastTextAt(bytes, 20, "handover");
  const batchIndex = u32At(bytes, 0);
  const batchSize = u32At(bytes, 4);
  const attempt = u32At(bytes, 8);
  const redelivered = u32At(bytes, 12);
  const partition = u32At(bytes, 16);
  if (redelivered > 1) throw mismatch("handover", `redelivered is ${redelivered}, expected 0 or 1`);
  if (batchIndex < batchSize) {
    return { batchIndex, batchSize, attempt, redelivered: redelivered === 1, partition, position };
  }
  throw mismatch("handover", `batch_index ${batchIndex} of a batch of ${batchSize}`);
}

const countMax = 2 ** 32 - 1;
const outcomes: readonly Outcome[] = ["ack", "retry", "reject"];

export function encodeSettlement(settlement: SettlementRecord): Uint8Array {
  const { partition, attempt, position, topic, outcome, reason } = settlement;
  return recordOf(() => {
    putU32(partition);
    putU32(attempt);
    putText(position);
    putText(topic);
    putU32(outcomes.indexOf(outcome) + 1);
    putText(reason);
  });
}

/** What a settlement is compared by. */
export function settlementRecordOf({ delivery, outcome, reason }: Settlement): SettlementRecord {
  return {
    topic: delivery.envelope.topic,
    partition: delivery.partition,
    position: delivery.position,
    attempt: delivery.attempt,
    outcome,
    // As the driver keeps it.
    reason: (reason ?? "").slice(0, reasonLengthMax).toWellFormed(),
  };
}

/** What names a delivery, as one text. */
export function deliveryKey({
  topic,
  partition,
  position,
  attempt,
}: Pick<SettlementRecord, "topic" | "partition" | "position" | "attempt">): string {
  return `${partition} ${attempt} ${position.length} ${position}${topic}`;
}

export function keyOf({ envelope, partition, position, attempt }: Delivery): string {
  return deliveryKey({ topic: envelope.topic, partition, position, attempt });
}

/** Throws RECORDED_MISMATCH. */
export function decodeSettlement(bytes: Uint8Array): SettlementRecord {
  const reader = createRecordReader(bytes, "settlement");
  const partition = reader.u32();
  const attempt = reader.u32();
  const position = reader.text();
  const topic = reader.text();
  const outcome = outcomes[reader.u32() - 1];
  const reason = reader.text();
  reader.end();
  if (outcome === undefined) throw mismatch("settlement", "outcome is not 1, 2 or 3");
  return { topic, partition, position, attempt, outcome, reason };
}

export function encodeFailure({ code, message, scope }: Failure): Uint8Array {
  return canonicalBytes({ code, message, scope });
}

/** Throws RECORDED_MISMATCH. */
export function decodeFailure(bytes: Uint8Array): Failure {
  const { code, message, scope } = jsonRecord(bytes, "failure");
  if (typeof code !== "string" || typeof message !== "string" || !MsgError.isCode(code)) {
    throw mismatch("failure", "code or message is missing or unknown");
  }
  if (scope !== "batch" && scope !== "message") {
    throw mismatch("failure", "scope is neither batch nor message");
  }
  return { code, message, scope };
}

export function encodeEvent({ name, detail }: BrokerEvent): Uint8Array {
  return canonicalBytes({ name, detail });
}

/** Throws RECORDED_MISMATCH. */
export function decodeEvent(bytes: Uint8Array): BrokerEvent {
  const { name, detail } = jsonRecord(bytes, "event");
  if (typeof name !== "string" || typeof detail !== "string") {
    throw mismatch("event", "name or detail is missing");
  }
  return { name, detail };
}

export function encodeWaited({ during, older, size }: Waited): string {
  return canonicalize({ during, older, size });
}

/** Throws RECORDED_MISMATCH. */
export function decodeWaited(detail: string): Waited {
  const { during, older, size } = jsonRecord(text.encode(detail), "waited");
  if (!isCount(during) || !isCount(older) || !isCount(size)) {
    throw mismatch("waited", "during, older or size is no count");
  }
  return { during, older, size };
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= countMax;
}

function jsonRecord(bytes: Uint8Array, what: string): Readonly<Record<string, JsonValue>> {
  try {
    const value = parseJson(utf8.decode(bytes));
    // An array has no such members: its fields are then found missing.
    if (typeof value === "object" && value !== null) return value as Record<string, JsonValue>;
  } catch (cause) {
    throw new MsgError("RECORDED_MISMATCH", `recorded ${what} is not JSON`, { cause });
  }
  throw mismatch(what, "not a JSON object");
}
