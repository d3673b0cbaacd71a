/**
 * One entry of a cassette: what was asked (`req`) and what came of it (`resp`).
 *
 * ```
 * u32 payload_len | 01 05 u32 count | count x ( len+key, value )      keys strictly ascending
 *
 * crc            string   4 bytes: CRC-32 of the other entries of the map, see checksum.ts  (ours)
 * err            number   0, or why it failed: -2147483647 to 2147483647
 * key            string   the endpoint
 * kind           string   rr
 * latency_ticks  number   optional: microseconds, at most 4294967295
 * op             string   std.msg.<driver>.<operation>
 * req            string   bytes
 * resp           string   bytes
 * ```
 *
 * Any other key is allowed and kept (`extra`). `kind`, `op` and `key` must be UTF-8.
 */
import { type Source, sliceOf, sourceOf } from "./bytes.js";
import { type DocumentValue, decodeValueAt } from "./document.js";
import { type EntryFields, field, newEntryFields } from "./entry-fields.js";
import { scanEntry } from "./entry-scan.js";
import { createTriples, type Triple } from "./triples.js";

export type ExtraField = readonly [key: Uint8Array, value: DocumentValue];

export interface CassetteEntry {
  readonly kind: string;
  readonly op: string;
  /** Compared when matching; for messaging the endpoint. */
  readonly key: string;
  readonly req: Uint8Array;
  readonly resp: Uint8Array;
  /** 0, or the number of the error that came back. */
  readonly err: number;
  /** Microseconds. */
  readonly latencyTicks?: number;
  /** Keys of the map that are none of the above, in order. A sealed entry has `crc` there. */
  readonly extra: readonly ExtraField[];
}

/**
 * The entries of a whole cassette, in order; `req`, `resp` and extra strings are views of `bytes`.
 * Checksums are not verified: a session does, and `createCassetteReader` where asked. Throws
 * CASSETTE_TRUNCATED, CASSETTE_ENTRY_INVALID; `details` say which entry, and at which byte.
 */
export function decodeCassette(bytes: Uint8Array): readonly CassetteEntry[] {
  const source = sourceOf(bytes);
  const fields = newEntryFields();
  const triples = createTriples((triple) => triple);
  const entries: CassetteEntry[] = [];
  const place = { at: 0, entry: 0, base: 0 };
  while (place.at < bytes.length) {
    const next = scanEntry(source.view, place, fields);
    entries.push(entryOf(source, fields, triples.of(source, fields, place)));
    place.at = next;
    place.entry += 1;
  }
  return entries;
}

/** The entry whose places `fields` hold. */
export function entryOf(source: Source, fields: EntryFields, triple: Triple): CassetteEntry {
  const { start, end, err, latencyTicks } = fields;
  // Indexed by the scan's own constants: the casts hold.
  const req = sliceOf(source, start[field.req] as number, end[field.req] as number);
  const resp = sliceOf(source, start[field.resp] as number, end[field.resp] as number);
  const { kind, op, key } = triple;
  const extra = extraOf(source, fields);
  if (latencyTicks < 0) return { kind, op, key, req, resp, err, extra };
  return { kind, op, key, req, resp, err, latencyTicks, extra };
}

const noExtra: readonly ExtraField[] = Object.freeze([]);

function extraOf(source: Source, fields: EntryFields): readonly ExtraField[] {
  const { extraCount, extraStarts, checksumKeyAt } = fields;
  if (extraCount === 0) return noExtra;
  if (extraCount === 1 && checksumKeyAt >= 0) return checksumExtra(source, checksumKeyAt);
  return extraStarts.slice(0, extraCount).map((start) => {
    const keyEnd = start + 4 + source.view.getUint32(start, true);
    return [sliceOf(source, start + 4, keyEnd), decodeValueAt(source, keyEnd, 1)];
  });
}

/** The key "crc" at `at`, and its four bytes: what nearly every entry has. */
export function checksumExtra(source: Source, at: number): readonly ExtraField[] {
  return [[sliceOf(source, at + 4, at + 7), sliceOf(source, at + 12, at + 16)]];
}
