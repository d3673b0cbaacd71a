/**
 * msg.envelope_v1: one message, whatever broker carries it.
 *
 * ```
 * offset  width  field
 *      0      4  payload_len      everything after this field
 *      4      4  58 37 4d 45      "X7ME"
 *      8      4  version          1
 *     12    4+n  topic            UTF-8
 *           4+n  key              any bytes, may be empty
 *           4+n  value            any bytes, may be empty
 *           4+n  header_section   see header-reader.ts
 * ```
 *
 * Integers are little-endian u32; `4+n` is a length and that many bytes. Nothing may follow the last
 * field, so a message has exactly one encoding.
 */
import {
  carve,
  carveSizeMax,
  fieldEnd,
  isBytes,
  reserve,
  sliceOf,
  viewUnder,
  writeField,
} from "./bytes.js";
import { checkBytes, checkShape, envelopeRefusal, topicRefusal } from "./envelope-refusal.js";
import { MsgError } from "./errors.js";
import { readGuessed, readHeaders } from "./header-reader.js";
import {
  type HeaderPlan,
  headersSize,
  headersSizeMax,
  planHeaders,
  writeHeaders,
} from "./header-writer.js";
import { type KnownText, writeKnown } from "./known-text.js";
import { nameOf, readName } from "./names.js";

/** The longest envelope, in bytes, its length field included. */
export const envelopeSizeMax: number = 2 ** 30;

const magic = 0x454d3758; // "X7ME"
const version = 1;
/** What a reader needs before it can say what is wrong: the length, the magic, the version. */
const headSize = 12;
/** Length, magic, version, and the lengths of key, value, header section, and the header count. */
const fixedSize = 28;

/** A message. `key` and `value` are bytes of any kind, empty included; header order has no meaning. */
export interface Envelope {
  readonly topic: string;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Names are ASCII, values any well-formed text. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * The envelope's bytes. They may share a buffer with other results, but never overlap with them.
 *
 * Throws, checking in this order: TOPIC_UNKNOWN (no envelope, or its topic is not well-formed text),
 * HEADERS_INVALID (key or value not bytes, headers not strings by name), HEADER_NAME_INVALID (empty,
 * or not ASCII), HEADER_VALUE_INVALID (not well-formed), ENVELOPE_TOO_LARGE.
 */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  checkShape(envelope);
  const { key, value, headers } = envelope;
  const topic = checkedTopic(envelope.topic, key, value);
  const plan = planHeaders(headers);
  const space = reserve(sizeMaxOf(fixedSize + topic.size + key.length + value.length, plan));
  const { view, start } = space;
  view.setUint32(start + 4, magic, true);
  view.setUint32(start + 8, version, true);
  let offset = writeKnown(view, start + 12, topic);
  offset = writeField(space, offset, key);
  offset = writeField(space, offset, value);
  const end = writeHeaders(space, offset + 4, plan);
  view.setUint32(offset, end - offset - 4, true);
  view.setUint32(start, end - start - 4, true);
  return carve(space, end);
}

/** How many bytes `encodeEnvelope` would give, with the same checks: none of them is written. */
export function measureEnvelope(envelope: Envelope): number {
  checkShape(envelope);
  const { key, value, headers } = envelope;
  const topic = checkedTopic(envelope.topic, key, value);
  const plan = planHeaders(headers);
  return checkedSize(fixedSize + topic.size + key.length + value.length + headersSize(plan));
}

/** Checks all but the headers. */
function checkedTopic(topic: string, key: Uint8Array, value: Uint8Array): KnownText {
  const known = nameOf(topic);
  if (known === undefined) throw topicRefusal(topic);
  checkBytes("key", key);
  checkBytes("value", value);
  return known;
}

/**
 * The bytes to reserve. To measure text exactly costs a pass over it: done only for what may not fit
 * into a chunk, where a bound would be too much memory or too much for the limit.
 */
function sizeMaxOf(bodySize: number, plan: HeaderPlan): number {
  const sizeMax = bodySize + headersSizeMax(plan);
  if (sizeMax <= carveSizeMax) return sizeMax;
  return checkedSize(bodySize + headersSize(plan));
}

function checkedSize(size: number): number {
  if (size <= envelopeSizeMax) return size;
  const message = `envelope is ${size} bytes, at most ${envelopeSizeMax}`;
  throw new MsgError("ENVELOPE_TOO_LARGE", message, { limit: envelopeSizeMax, actual: size });
}

/**
 * The envelope that `bytes` hold, all of them. `key` and `value` are views of `bytes`, not copies:
 * they change if the input is reused.
 *
 * Throws, checking in this order: ENVELOPE_FRAMING (the length), ENVELOPE_VERSION, ENVELOPE_FRAMING
 * (the fields), then header by header HEADER_SECTION_INVALID, HEADER_NAME_INVALID (not ASCII, or not
 * ascending), HEADER_VALUE_INVALID; `details.offset` says where. Whether the topic is known is not
 * asked; an empty header name decodes.
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const size = isBytes(bytes) ? bytes.length : 0;
  if (size < headSize) throw framingRefusal(`${size} bytes, less than ${headSize}`, 0);
  const { buffer, byteOffset: start } = bytes;
  const view = viewUnder(buffer);
  const limit = start + size;
  if (view.getUint32(start, true) !== size - 4) {
    throw framingRefusal(
      `length field says ${view.getUint32(start, true)} of ${size - 4} bytes`,
      0,
    );
  }
  if (view.getUint32(start + 4, true) !== magic) {
    throw envelopeRefusal("ENVELOPE_VERSION", "magic is not X7ME", 4);
  }
  if (view.getUint32(start + 8, true) !== version) {
    throw envelopeRefusal("ENVELOPE_VERSION", "version is not 1", 8);
  }
  const topicEnd = fieldEnd(view, start + 12, limit);
  const keyEnd = fieldEnd(view, topicEnd, limit);
  const valueEnd = fieldEnd(view, keyEnd, limit);
  if (fieldEnd(view, valueEnd, limit) !== limit) throw fieldsRefusal(view, start, limit);
  const topic = readName(view, start + 12, topicEnd);
  if (topic === undefined) throw framingRefusal("topic is not UTF-8", 12);
  const offset = valueEnd + 4;
  const headers = readGuessed(view, offset, limit) ?? readHeaders(view, { start, offset, limit });
  return {
    topic,
    key: sliceOf(buffer, topicEnd + 4, keyEnd),
    value: sliceOf(buffer, keyEnd + 4, valueEnd),
    headers,
  };
}

/**
 * Why four fields from byte 12 on do not end at `limit`. Asked only when they do not: `fieldEnd`
 * goes on from a field that overruns, so that the reading path has a single check.
 */
function fieldsRefusal(view: DataView, start: number, limit: number): MsgError {
  let offset = start + 12;
  for (const field of ["topic", "key", "value", "header section"]) {
    const end = fieldEnd(view, offset, limit);
    if (end > limit) return framingRefusal(`${field} runs past the end`, offset - start);
    offset = end;
  }
  return framingRefusal(`${limit - offset} bytes left over`, offset - start);
}

function framingRefusal(problem: string, offset: number): MsgError {
  return envelopeRefusal("ENVELOPE_FRAMING", problem, offset);
}
