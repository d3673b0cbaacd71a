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
import { carve, fieldEnd, reserve, sliceOf, viewUnder, writeField } from "./bytes.js";
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

/** Throws ENTRY_TAG_INVALID (a tag not in the tables above, an endpoint not well-formed), ENTRY_TOO_LARGE. */
export function encodeRrEntry(entry: RrEntry): Uint8Array {
  checkTag("op_tag", entry.op, 2);
  checkTag("driver_kind", entry.driverKind, 4);
  checkTag("ack_tag", entry.ackTag, 2);
  const endpoint = nameOf(entry.endpoint);
  if (endpoint === undefined) {
    throw new MsgError("ENTRY_TAG_INVALID", "rr entry: endpoint has a lone surrogate");
  }
  const size = fixedSize + endpoint.size + entry.envelope.length + entry.ack.length;
  if (size > entrySizeMax) {
    const message = `rr entry is ${size} bytes, at most ${entrySizeMax}`;
    throw new MsgError("ENTRY_TOO_LARGE", message, { limit: entrySizeMax, actual: size });
  }
  const space = reserve(size);
  const { view, start } = space;
  view.setUint32(start, size - 4, true);
  view.setUint32(start + 4, magic, true);
  view.setUint32(start + 8, version, true);
  view.setUint32(start + 12, entry.op, true);
  view.setUint32(start + 16, entry.driverKind, true);
  let offset = writeKnown(view, start + 20, endpoint);
  offset = writeField(space, offset, entry.envelope);
  view.setUint32(offset, entry.ackTag, true);
  return carve(space, writeField(space, offset + 4, entry.ack));
}

function checkTag(name: string, tag: number, tagLast: number): void {
  if (Number.isInteger(tag) && tag >= 1 && tag <= tagLast) return;
  throw new MsgError("ENTRY_TAG_INVALID", `rr entry: ${name} is ${tag}, expected 1 to ${tagLast}`);
}

/**
 * The entry that `bytes` hold, all of them; `envelope` and `ack` are views of `bytes`, not copies.
 *
 * Throws ENTRY_FRAMING, ENTRY_VERSION. Any tag below 2^31 is read.
 */
export function decodeRrEntry(bytes: Uint8Array): RrEntry {
  const size = bytes.length;
  const view = viewUnder(bytes);
  const start = bytes.byteOffset;
  const limit = start + size;
  if (size < 4 + payloadSizeMin || view.getUint32(start, true) !== size - 4) {
    throw refusal("ENTRY_FRAMING", "length field and buffer disagree", 0);
  }
  if (view.getUint32(start + 4, true) !== magic) {
    throw refusal("ENTRY_VERSION", "magic is not X7MR", 4);
  }
  if (view.getUint32(start + 8, true) !== version) {
    throw refusal("ENTRY_VERSION", "version is not 1", 8);
  }
  const endpointEnd = fieldEnd(view, start + 20, limit);
  const envelopeEnd = fieldEnd(view, endpointEnd, limit);
  const ackStart = envelopeEnd + 4;
  if (fieldEnd(view, ackStart, limit) !== limit) {
    throw refusal("ENTRY_FRAMING", "fields do not end where the entry ends", 20);
  }
  const op = view.getUint32(start + 12, true);
  const driverKind = view.getUint32(start + 16, true);
  const ackTag = view.getUint32(envelopeEnd, true);
  const endpoint = readName(view, start + 20, endpointEnd);
  if (endpoint === undefined) throw refusal("ENTRY_FRAMING", "endpoint is not UTF-8", 24);
  if (op > tagMax || driverKind > tagMax || ackTag > tagMax) {
    throw refusal("ENTRY_FRAMING", "a tag is above 2^31 - 1", 12);
  }
  return {
    op,
    driverKind,
    endpoint,
    envelope: sliceOf(view, endpointEnd + 4, envelopeEnd),
    ackTag,
    ack: sliceOf(view, ackStart + 4, limit),
  };
}

function refusal(code: MsgErrorCode, problem: string, offset: number): MsgError {
  return new MsgError(code, `rr entry: ${problem}, at byte ${offset}`, { offset });
}
