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
 * ```
 *
 * Integers are little-endian u32. Nothing may follow the last field. A delivery's batch is what one
 * poll handed out: replay hands it out again as one.
 */
import { canonicalBytes, type JsonValue, parseJson } from "@reprise/canonical-json";
import { MsgError, type MsgErrorCode, type Outcome, type Receipt } from "@reprise/msg-core";
import { concat, u32 } from "./document.js";

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

const text = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function encodeReceipt({ partition, position }: Receipt): Uint8Array {
  return concat([u32(partition), ...field(position)]);
}

/** Throws RECORDED_MISMATCH. */
export function decodeReceipt(bytes: Uint8Array): Receipt {
  const reader = createReader(bytes, "receipt");
  const partition = reader.u32();
  const position = reader.text();
  reader.end();
  return { partition, position };
}

export function encodeHandover(handover: Handover): Uint8Array {
  const { batchIndex, batchSize, attempt, redelivered, partition, position } = handover;
  return concat([
    u32(batchIndex),
    u32(batchSize),
    u32(attempt),
    u32(redelivered ? 1 : 0),
    u32(partition),
    ...field(position),
  ]);
}

/** Throws RECORDED_MISMATCH. */
export function decodeHandover(bytes: Uint8Array): Handover {
  const reader = createReader(bytes, "handover");
  const handover = {
    batchIndex: reader.u32(),
    batchSize: reader.u32(),
    attempt: reader.u32(),
    redelivered: reader.u32() !== 0,
    partition: reader.u32(),
    position: reader.text(),
  };
  reader.end();
  return handover;
}

const outcomes: readonly Outcome[] = ["ack", "retry", "reject"];

export function encodeSettlement(settlement: SettlementRecord): Uint8Array {
  return concat([
    deliveryName(settlement),
    u32(outcomes.indexOf(settlement.outcome) + 1),
    ...field(settlement.reason),
  ]);
}

/** The bytes that name a delivery: those that its settlement begins with. */
export function deliveryName(delivery: Omit<SettlementRecord, "outcome" | "reason">): Uint8Array {
  const { partition, attempt, position, topic } = delivery;
  return concat([u32(partition), u32(attempt), ...field(position), ...field(topic)]);
}

/** Throws RECORDED_MISMATCH. */
export function decodeSettlement(bytes: Uint8Array): SettlementRecord {
  const reader = createReader(bytes, "settlement");
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
  return { code, message, scope: scope === "batch" ? "batch" : "message" };
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

function field(value: string): readonly [Uint8Array, Uint8Array] {
  const bytes = text.encode(value);
  return [u32(bytes.length), bytes];
}

interface RecordReader {
  u32(): number;
  text(): string;
  end(): void;
}

function createReader(bytes: Uint8Array, what: string): RecordReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const u32 = (): number => {
    if (view.byteLength - at < 4) throw mismatch(what, "cut short");
    at += 4;
    return view.getUint32(at - 4, true);
  };
  return {
    u32,
    text() {
      const length = u32();
      if (length > view.byteLength - at) throw mismatch(what, "cut short");
      at += length;
      try {
        return utf8.decode(bytes.subarray(at - length, at));
      } catch {
        throw mismatch(what, "not UTF-8");
      }
    },
    end() {
      if (at !== view.byteLength) throw mismatch(what, `${view.byteLength - at} bytes left over`);
    },
  };
}

function mismatch(what: string, problem: string): MsgError {
  return new MsgError("RECORDED_MISMATCH", `recorded ${what}: ${problem}`);
}
