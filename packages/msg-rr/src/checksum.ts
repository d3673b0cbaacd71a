/**
 * The checksum of a cassette entry: CRC-32 (ISO-HDLC, the one of zlib and PNG), continued from the
 * entry before. It finds any changed byte, and any entry removed, added or moved but for the last
 * ones cut off; it is no protection against somebody who means to deceive. Node's zlib computes the
 * same, faster: `/os` hands that in.
 */
import { MsgError } from "@reprise/msg-core";
import type { EntryFields } from "./entry-fields.js";
import type { FramePlace } from "./entry-scan.js";

/** The CRC-32 of `bytes`, continued from `previous` (0 to begin with): a u32. */
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

/** Bytes to sum, and their buffer: to ask an array for it costs more than to make a slice. */
export interface Summed {
  readonly buffer: ArrayBufferLike;
  /** Where the scanned bytes begin in it. */
  readonly byteOffset: number;
  readonly checksum: Checksum;
}

/** Where the checksum is, and what it is of. */
export type SealPlaces = Pick<
  EntryFields,
  "mapStart" | "checksumKeyAt" | "checksumAt" | "frameEnd"
>;

/**
 * The checksum of an entry: of its map's bytes from the first key to the end of the frame,
 * the checksum's own key and value left out.
 */
export function entryChecksum(summed: Summed, places: SealPlaces, previous: number): number {
  const { buffer, byteOffset, checksum } = summed;
  const { mapStart, checksumKeyAt, checksumAt, frameEnd } = places;
  const before =
    checksumKeyAt === mapStart
      ? previous
      : checksum(new Uint8Array(buffer, byteOffset + mapStart, checksumKeyAt - mapStart), previous);
  const rest = checksumAt + 4;
  return checksum(new Uint8Array(buffer, byteOffset + rest, frameEnd - rest), before);
}

/** Throws CASSETTE_CHECKSUM: the entry at `place` holds `stored`, its bytes give `computed`. */
export function checkChecksum(
  { at, entry, base }: FramePlace,
  { stored, computed }: { readonly stored: number; readonly computed: number },
): void {
  if (stored === computed) return;
  const hex = (value: number): string => value.toString(16).padStart(8, "0");
  const offset = base + at;
  throw new MsgError(
    "CASSETTE_CHECKSUM",
    `cassette entry ${entry}, at byte ${offset}: checksum is ${hex(stored)}, ` +
      `its bytes give ${hex(computed)}: they, or an entry before, were changed after recording`,
    { entry, offset },
  );
}
