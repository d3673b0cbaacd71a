/** Recorded entries as a person is told of them. Nothing here throws: it is used where something is wrong. */
import { decodeEnvelope, type Envelope, MsgError } from "@reprise/msg-core";
import { decodeDrawRequest, describeDraw, isDrawOperation } from "./draws.js";
import type { ReplayOptions } from "./driver-options.js";
import { operationsOf, rrKind } from "./operations.js";
import { decodeEvent, decodeSettlement, type SettlementRecord } from "./records.js";
import type { Session } from "./session.js";
import { quoted, shownBytes, visible } from "./show-text.js";

const endpointsMax = 8;

/** `entry 3, at byte 1204: publish to orders, key "ada"`. */
export function placeOf(session: Session, entry: number): string {
  return `${positionOf(session, entry)}: ${describeEntry(session, entry)}`;
}

/** `entry 3, at byte 1204`. */
export function positionOf({ recorded }: Session, entry: number): string {
  return `entry ${entry}, at byte ${recorded.offset(entry)}`;
}

export function describePublish({ topic, key }: Pick<Envelope, "topic" | "key">): string {
  return `publish to ${visible(topic)}, key ${shownBytes(key)}`;
}

/** `settlement of orders/0 position 7, attempt 1`. */
export function describeSettlement(record: Omit<SettlementRecord, "outcome" | "reason">): string {
  const { topic, partition, position, attempt } = record;
  return `settlement of ${visible(topic)}/${partition} position ${visible(position)}, attempt ${attempt}`;
}

/** `ack`, or `retry, reason "busy"`. */
export function describeOutcome({ outcome, reason }: SettlementRecord): string {
  return reason === "" ? outcome : `${outcome}, reason ${quoted(reason)}`;
}

function describeEntry({ recorded }: Session, entry: number): string {
  const { op, key } = recorded.bucketOf(entry);
  const req = recorded.req(entry);
  try {
    if (op.endsWith(".publish_env_v1")) return describePublish(decodeEnvelope(req));
    if (op.endsWith(".settle_v1")) {
      const record = decodeSettlement(req);
      return `${describeSettlement(record)}, ${describeOutcome(record)}`;
    }
    if (op.endsWith(".event_v1")) return `event ${visible(decodeEvent(req).name)} of ${key}`;
    if (isDrawOperation(op)) {
      return `draw of ${visible(describeDraw(decodeDrawRequest(op, req)))}, for ${visible(key)}`;
    }
    if (op.startsWith("std.msg.")) {
      const { topic, key: messageKey } = decodeEnvelope(req);
      return `delivery of ${visible(topic)}, key ${shownBytes(messageKey)}, to ${key}`;
    }
  } catch (error) {
    if (!MsgError.is(error)) throw error;
  }
  return `${op} of ${key}`;
}

/** The envelope in `bytes`, or undefined where there is none. */
export function decodedOrUndefined(bytes: Uint8Array): Envelope | undefined {
  try {
    return decodeEnvelope(bytes);
  } catch (error) {
    if (MsgError.is(error)) return undefined;
    throw error;
  }
}

/**
 * Where the cassette has nothing of this driver and endpoint: a line saying what it has instead.
 * Looked for only when a replay has failed.
 */
export function recordedElsewhere(
  { recorded }: Session,
  { kind, endpoint }: ReplayOptions,
): string {
  const all = Object.values(operationsOf(kind));
  if (all.some((op) => recorded.bucket(rrKind, op, endpoint) !== undefined)) return "";
  const found = new Set<string>();
  for (let entry = 0; entry < recorded.count && found.size < endpointsMax; entry++) {
    const { op, key } = recorded.bucketOf(entry);
    const [, , driver] = op.split(".");
    if (op.startsWith("std.msg.") && driver !== undefined) found.add(`${driver} ${visible(key)}`);
  }
  const held = [...found].join(", ") || "nothing of any driver";
  return `\n  cassette  has nothing of ${kind} ${visible(endpoint)}; it has ${held}`;
}
