/**
 * The checksum of a cassette entry: CRC-32 (ISO-HDLC, the one of zlib and PNG), continued from the
 * entry before. It finds any changed byte, and any entry removed, added or moved; it is no
 * protection against somebody who means to deceive. Node's zlib computes the same, faster: `/os`
 * hands that in.
 */
import { MsgError } from "@reprise/msg-core";
import type { EntryFields } from "./entry-scan.js";

/** The CRC-32 of `bytes`, continued from `previous` (0 to begin with). */
export type Checksum = (bytes: Uint8Array, previous: number) => number;

const polynomial = 0xedb88320;

const table: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
  return value;
});

export const crc32: Checksum = (bytes, previous) => {
  let crc = ~previous;
  for (let index = 0; index < bytes.length; index++) {
    // The index is a byte: the table has it.
    crc = (table[(crc ^ (bytes[index] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
};

/**
 * The checksum of a scanned entry: of its map's bytes from the first key to the end of the frame,
 * the checksum's own key and value left out.
 */
export function entryChecksum(
  bytes: Uint8Array,
  fields: EntryFields,
  { checksum, previous }: { checksum: Checksum; previous: number },
): number {
  const { mapStart, checksumKeyAt, checksumAt, frameEnd } = fields;
  const before =
    checksumKeyAt === mapStart
      ? previous
      : checksum(bytes.subarray(mapStart, checksumKeyAt), previous);
  return checksum(bytes.subarray(checksumAt + 4, frameEnd), before);
}

/** Verifies the scanned entry's checksum and returns it. Throws CASSETTE_CHECKSUM. */
export function verifyChecksum(
  bytes: Uint8Array,
  fields: EntryFields,
  { checksum, previous, count }: { checksum: Checksum; previous: number; count: number },
): number {
  const { checksumAt: at } = fields;
  const computed = entryChecksum(bytes, fields, { checksum, previous });
  const stored = new DataView(bytes.buffer, bytes.byteOffset + at, 4).getUint32(0, true);
  if (stored === computed) return stored;
  const hex = (value: number): string => value.toString(16).padStart(8, "0");
  const offset = fields.mapStart - 10;
  throw new MsgError(
    "CASSETTE_CHECKSUM",
    `cassette entry ${count}, at byte ${offset}: checksum is ${hex(stored)}, ` +
      `its bytes give ${hex(computed)}: they, or an entry before, were changed after recording`,
    { entry: count, offset },
  );
}
