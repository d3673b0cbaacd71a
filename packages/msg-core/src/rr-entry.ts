/**
 * msg.rr.entry_v1: what one publish or one delivery was, as a cassette keeps it in `resp`.
 *
 * ```
 * offset  width  field
 *      0      4  payload_len    everything after this field
 *      4      4  58 37 4d 52    "X7MR"
 *      8      4  version        1
 *     12      4  op_tag         1 publish, 2 deliver
 *     16      4  driver_kind    1 kafka, 2 amqp, 3 redis, 4 memory
 *     20    4+n  endpoint       UTF-8: the profile's id
 *           4+n  envelope       msg.envelope_v1 bytes
 *             4  ack_tag        1 ack, 2 nack
 *           4+n  ack            the receipt: whatever the writer keeps of it
 * ```
 *
 * Integers are little-endian u32. Nothing may follow the last field.
 */
import { carve, fieldEnd, isBytes, reserve, sliceOf, viewUnder, writeField } from "./bytes.js";
import { kindOf } from "./envelope-refusal.js";
import { MsgError, type MsgErrorCode } from "./errors.js";
import { writeKnown } from "./known-text.js";
import { nameOf, readName } from "./names.js";

export const rrOp: { readonly publish: 1; readonly deliver: 2 } = { publish: 1, deliver: 2 };
export const rrAck: { readonly ack: 1; readonly nack: 2 } = { ack: 1, nack: 2 };
/** The numbers of the driver kinds. Redis and memory are ours; X07 knows the first two. */
export const rrDriverKind: Readonly<Record<"kafka" | "amqp" | "redis" | "memory", number>> = {
  kafka: 1,
  amqp: 2,
  redis: 3,
  memory: 4,
};

/** Tags are the numbers of `rrOp`, `rrDriverKind`, `rrAck`; a reader meets any below 2^31. */
export interface RrEntry {
  readonly op: number;
  readonly driverKind: number;
  readonly endpoint: string;
  readonly envelope: Uint8Array;
  readonly ackTag: number;
  readonly ack: Uint8Array;
}

const magic = 0x524d3758; // "X7MR"
const version = 1;
const payloadSizeMin = 24;
const entrySizeMax = 2 ** 31 - 1;
const tagMax = 2 ** 31 - 1;
/** Everything but the endpoint with its length, the envelope, and the receipt. */
const fixedSize = 32;

/**
 * The entry's bytes. They may share a buffer with other results, but never overlap with them.
 *
 * Throws ENTRY_TAG_INVALID (no entry, a tag not in the tables above, an endpoint that is not
 * well-formed text, an envelope or ack that is not bytes), then ENTRY_TOO_LARGE.
 */
export function encodeRrEntry(entry: RrEntry): Uint8Array {
  if (typeof entry !== "object" || entry === null) throw expected("entry", "an object", entry);
  const { op, driverKind, envelope, ackTag, ack } = entry;
  checkTag("op_tag", op, 2);
  checkTag("driver_kind", driverKind, 4);
  checkTag("ack_tag", ackTag, 2);
  const endpoint = nameOf(entry.endpoint);
  if (endpoint === undefined) throw expected("endpoint", "well-formed text", entry.endpoint);
  if (!isBytes(envelope)) throw expected("envelope", "a Uint8Array", envelope);
  if (!isBytes(ack)) throw expected("ack", "a Uint8Array", ack);
  const size = fixedSize + endpoint.size + envelope.length + ack.length;
  if (size > entrySizeMax) {
    const message = `rr entry is ${size} bytes, at most ${entrySizeMax}`;
    throw new MsgError("ENTRY_TOO_LARGE", message, { limit: entrySizeMax, actual: size });
  }
  const space = reserve(size);
  const { view, start } = space;
  view.setUint32(start, size - 4, true);
  view.setUint32(start + 4, magic, true);
  view.setUint32(start + 8, version, true);
  view.setUint32(start + 12, op, true);
  view.setUint32(start + 16, driverKind, true);
  let offset = writeKnown(view, start + 20, endpoint);
  offset = writeField(space, offset, envelope);
  view.setUint32(offset, ackTag, true);
  return carve(space, writeField(space, offset + 4, ack));
}

function checkTag(name: string, tag: number, tagLast: number): void {
  if (Number.isInteger(tag) && tag >= 1 && tag <= tagLast) return;
  const problem = `rr entry: ${name} is ${String(tag)}, expected 1 to ${tagLast}`;
  throw new MsgError("ENTRY_TAG_INVALID", problem);
}

function expected(name: string, what: string, value: unknown): MsgError {
  const problem = `rr entry: ${name} is ${kindOf(value)}, expected ${what}`;
  return new MsgError("ENTRY_TAG_INVALID", problem);
}

/**
 * The entry that `bytes` hold, all of them; `envelope` and `ack` are views of `bytes`, not copies.
 *
 * Throws ENTRY_FRAMING, ENTRY_VERSION; `details.offset` says where. Any tag below 2^31 is read.
 */
export function decodeRrEntry(bytes: Uint8Array): RrEntry {
  const size = isBytes(bytes) ? bytes.length : 0;
  const sizeMin = 4 + payloadSizeMin;
  if (size < sizeMin) throw framingRefusal(`${size} bytes, less than ${sizeMin}`, 0);
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
    throw refusal("ENTRY_VERSION", "magic is not X7MR", 4);
  }
  if (view.getUint32(start + 8, true) !== version) {
    throw refusal("ENTRY_VERSION", "version is not 1", 8);
  }
  const op = tagAt(view, start, 12);
  const driverKind = tagAt(view, start, 16);
  const endpointEnd = endOf("endpoint", view, { start, offset: start + 20, limit });
  const endpoint = readName(view, start + 20, endpointEnd);
  if (endpoint === undefined) throw framingRefusal("endpoint is not UTF-8", 20);
  const envelopeEnd = endOf("envelope", view, { start, offset: endpointEnd, limit });
  if (limit - envelopeEnd < 4) throw framingRefusal("ack_tag is cut short", envelopeEnd - start);
  const ackTag = tagAt(view, start, envelopeEnd - start);
  const ackEnd = endOf("ack", view, { start, offset: envelopeEnd + 4, limit });
  if (ackEnd < limit) throw framingRefusal(`${limit - ackEnd} bytes left over`, ackEnd - start);
  return {
    op,
    driverKind,
    endpoint,
    envelope: sliceOf(buffer, endpointEnd + 4, envelopeEnd),
    ackTag,
    ack: sliceOf(buffer, envelopeEnd + 8, ackEnd),
  };
}

interface Place {
  readonly start: number;
  readonly offset: number;
  readonly limit: number;
}

function tagAt(view: DataView, start: number, offset: number): number {
  const tag = view.getUint32(start + offset, true);
  if (tag > tagMax) throw framingRefusal(`tag ${tag} is above ${tagMax}`, offset);
  return tag;
}

/** Where the `len+X` at `offset` ends. */
function endOf(name: string, view: DataView, { start, offset, limit }: Place): number {
  const end = fieldEnd(view, offset, limit);
  if (end > limit) throw framingRefusal(`${name} runs past the end`, offset - start);
  return end;
}

function framingRefusal(problem: string, offset: number): MsgError {
  return refusal("ENTRY_FRAMING", problem, offset);
}

function refusal(code: MsgErrorCode, problem: string, offset: number): MsgError {
  return new MsgError(code, `rr entry: ${problem}, at byte ${offset}`, { offset });
}
