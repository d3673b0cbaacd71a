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
 *           4+n  header_section   see header-section.ts
 * ```
 *
 * Integers are little-endian u32; `4+n` is a length and that many bytes. Nothing may follow the last
 * field, so a message has exactly one encoding.
 */
import { carve, fieldEnd, reserve, sliceOf, viewUnder, writeField } from "./bytes.js";
import { envelopeRefusal } from "./envelope-refusal.js";
import { MsgError } from "./errors.js";
import { decodeHeaders, headersSizeMax, writeHeaders } from "./header-section.js";
import { writeKnown } from "./known-text.js";
import { headerNames, nameOf, readName } from "./names.js";

/** The longest envelope, in bytes, its length field included. */
export const envelopeSizeMax: number = 2 ** 30;

const magic = 0x454d3758; // "X7ME"
const version = 1;
const payloadSizeMin = 8;
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
 * Throws TOPIC_UNKNOWN (not well-formed text), HEADERS_INVALID (a value that is no string),
 * HEADER_NAME_INVALID, HEADER_VALUE_INVALID, ENVELOPE_TOO_LARGE.
 */
export function encodeEnvelope(envelope: Envelope): Uint8Array {
  const { key, value, headers } = envelope;
  const topic = nameOf(envelope.topic);
  if (topic === undefined) {
    throw new MsgError("TOPIC_UNKNOWN", "topic is not well-formed text: it has a lone surrogate");
  }
  const names = headerNames(headers);
  if ("bad" in names) {
    const shown = JSON.stringify(names.bad);
    throw new MsgError("HEADER_NAME_INVALID", `header name ${shown} is not ASCII, or is empty`);
  }
  const bodySize = fixedSize + topic.size + key.length + value.length;
  const space = reserve(checkedSize(bodySize, headersSizeMax(headers, names)));
  const { view, start } = space;
  view.setUint32(start + 4, magic, true);
  view.setUint32(start + 8, version, true);
  let offset = writeKnown(view, start + 12, topic);
  offset = writeField(space, offset, key);
  offset = writeField(space, offset, value);
  const end = writeHeaders(space, offset + 4, { headers, names });
  view.setUint32(offset, end - offset - 4, true);
  view.setUint32(start, end - start - 4, true);
  return carve(space, end);
}

/** `headersSize` is what the headers take at the most: a third of it for certain. */
function checkedSize(bodySize: number, headersSize: number): number {
  const size = bodySize + headersSize;
  if (size <= envelopeSizeMax) return size;
  const message = `envelope is ${size} bytes, at most ${envelopeSizeMax}`;
  throw new MsgError("ENVELOPE_TOO_LARGE", message, { limit: envelopeSizeMax, actual: size });
}

/**
 * The envelope that `bytes` hold, all of them. `key` and `value` are views of `bytes`, not copies:
 * they change if the input is reused.
 *
 * Throws ENVELOPE_FRAMING, ENVELOPE_VERSION, HEADER_SECTION_INVALID, HEADER_NAME_INVALID (not
 * ASCII, or not in strict order), HEADER_VALUE_INVALID; `details.offset` says where. Whether the
 * topic is known is not asked; an empty header name decodes.
 */
export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const size = bytes.length;
  const view = viewUnder(bytes);
  const start = bytes.byteOffset;
  const limit = start + size;
  if (size < 4 + payloadSizeMin || view.getUint32(start, true) !== size - 4) {
    throw envelopeRefusal("ENVELOPE_FRAMING", "length field and buffer disagree", 0);
  }
  if (view.getUint32(start + 4, true) !== magic) {
    throw envelopeRefusal("ENVELOPE_VERSION", "magic is not X7ME", 4);
  }
  if (view.getUint32(start + 8, true) !== version) {
    throw envelopeRefusal("ENVELOPE_VERSION", "version is not 1", 8);
  }
  const topicStart = start + 12;
  const topicEnd = fieldEnd(view, topicStart, limit);
  const keyEnd = fieldEnd(view, topicEnd, limit);
  const valueEnd = fieldEnd(view, keyEnd, limit);
  if (fieldEnd(view, valueEnd, limit) !== limit) throw framingRefusal(view, start, limit);
  const topic = readName(view, topicStart, topicEnd);
  if (topic === undefined) throw envelopeRefusal("ENVELOPE_FRAMING", "topic is not UTF-8", 16);
  return {
    topic,
    key: sliceOf(view, topicEnd + 4, keyEnd),
    value: sliceOf(view, keyEnd + 4, valueEnd),
    headers: decodeHeaders(view, { start, offset: valueEnd + 4, limit }),
  };
}

/**
 * Why four fields from byte 12 on do not end at `limit`. Asked only when they do not: `fieldEnd`
 * goes on from a field that overruns, so that the reading path has a single check.
 */
function framingRefusal(view: DataView, start: number, limit: number): MsgError {
  let offset = start + 12;
  for (const field of ["topic", "key", "value", "header section"]) {
    const end = fieldEnd(view, offset, limit);
    if (end > limit) {
      const problem = `${field} runs past the end`;
      return envelopeRefusal("ENVELOPE_FRAMING", problem, offset - start);
    }
    offset = end;
  }
  const problem = `${limit - offset} bytes left over`;
  return envelopeRefusal("ENVELOPE_FRAMING", problem, offset - start);
}
