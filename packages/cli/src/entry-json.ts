/**
 * An entry as one JSON object. A field that the entry does not have is left out. Bytes are
 * `{"utf8": ...}` or `{"hex": ...}`; `req`, `resp` and `ack` are there only where they were not
 * decoded: the other fields then hold all that is in them.
 */
import type { JsonObject, JsonValue } from "@reprise/canonical-json";
import type { RrEntry } from "@reprise/msg-core";
import type { DocumentValue, ExtraField } from "@reprise/msg-rr";
import { bytesAsJson, utf8Of } from "./byte-view.js";
import { drawAsJson } from "./draw-text.js";
import {
  attemptOf,
  type EntryFacts,
  receiptOf,
  resultOf,
  topicOf,
  unreadPartsOf,
} from "./entry-facts.js";

export function entryAsJson(facts: EntryFacts): JsonObject {
  const { entry, operation, driver, envelope, settlement, event, draw, failure } = facts;
  const place = receiptOf(facts);
  const result = resultOf(facts);
  return withoutAbsent({
    type: "entry",
    entry: facts.index,
    offset: facts.offset,
    bytes: facts.size,
    kind: entry.kind,
    op: entry.op,
    operation,
    driver,
    endpoint: entry.key,
    err: entry.err,
    latency_ticks: entry.latencyTicks,
    topic: topicOf(facts),
    key: envelope && bytesAsJson(envelope.key),
    value: envelope && bytesAsJson(envelope.value),
    headers: envelope && { ...envelope.headers },
    partition: place?.partition,
    position: place?.position,
    attempt: attemptOf(facts),
    batch_index: facts.handover?.batchIndex,
    batch_size: facts.handover?.batchSize,
    redelivered: facts.handover?.redelivered,
    outcome: result === "" ? undefined : result,
    settled_as: settlement?.outcome,
    reason: settlement?.reason,
    stale: settlement && facts.stale,
    event: event && { name: event.name, detail: event.detail },
    draw: draw && drawAsJson(draw),
    failure: failure && { code: failure.code, message: failure.message, scope: failure.scope },
    ...undecoded(facts),
    checksum: facts.checksum,
    extra: facts.extra.length === 0 ? undefined : facts.extra.map(extraAsJson),
    notes: facts.notes.length === 0 ? undefined : facts.notes,
  });
}

type Fields = Readonly<Record<string, JsonValue | undefined>>;

function withoutAbsent(fields: Fields): JsonObject {
  const present = Object.entries(fields).filter(([, value]) => value !== undefined);
  // What was undefined is gone: the cast holds.
  return Object.fromEntries(present) as JsonObject;
}

function undecoded(facts: EntryFacts): Fields {
  const { entry, exchange } = facts;
  const unread = unreadPartsOf(facts);
  return {
    req: unread.req ? bytesAsJson(entry.req) : undefined,
    resp: unread.resp ? bytesAsJson(entry.resp) : undefined,
    rr: exchange && exchangeAsJson(exchange, { entry, unreadAck: unread.ack }),
  };
}

/** The tags of the X7MR entry; what it repeats is left out where it is the same. */
function exchangeAsJson(
  { op, driverKind, ackTag, ack, endpoint, envelope }: RrEntry,
  { entry, unreadAck }: { entry: EntryFacts["entry"]; unreadAck: boolean },
): JsonObject {
  return withoutAbsent({
    op_tag: op,
    driver_kind: driverKind,
    ack_tag: ackTag,
    ack: unreadAck ? bytesAsJson(ack) : undefined,
    endpoint: endpoint === entry.key ? undefined : endpoint,
    envelope: sameBytes(envelope, entry.req) ? undefined : bytesAsJson(envelope),
  });
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

/** A key that is not the format's, with its value. */
export function extraAsJson([key, value]: ExtraField): JsonObject {
  return { key: bytesAsJson(key), value: documentAsJson(value) };
}

/** A number is `{"number": lexeme}`: it may not be one of JSON's. A map is a list of pairs. */
function documentAsJson(value: DocumentValue): JsonValue {
  if (value === null || typeof value === "boolean") return value;
  if (value instanceof Uint8Array) return bytesAsJson(value);
  if ("lexeme" in value) return { number: value.lexeme };
  if ("entries" in value && !Array.isArray(value)) {
    // Neither an array nor a number: it is a map.
    const { entries } = value as { readonly entries: readonly ExtraField[] };
    const named = entries.map(([key, member]) => [utf8Of(key), documentAsJson(member)] as const);
    if (named.every((pair): pair is [string, JsonValue] => pair[0] !== undefined)) {
      return { map: Object.fromEntries(named) };
    }
    return { pairs: entries.map(extraAsJson) };
  }
  // The one kind that is left.
  return (value as readonly DocumentValue[]).map(documentAsJson);
}
