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
import { MsgError } from "@reprise/msg-core";
import {
  compareBytes,
  concat,
  type DocumentValue,
  decodeValueAt,
  encodeValue,
  tag,
  u32,
} from "./document.js";
import { type EntryFields, field, newEntryFields, scanEntry } from "./entry-scan.js";

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
  /** Keys of the map that are none of the above, in order. */
  readonly extra: readonly ExtraField[];
}

export const errMax: number = 2147483647;
export const latencyTicksMax: number = 4294967295;

const text = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const root = Uint8Array.of(1, tag.map);
const names = Object.fromEntries(
  ["crc", "err", "key", "kind", "latency_ticks", "op", "req", "resp"].map((name) => [
    name,
    text.encode(name),
  ]),
) as Readonly<Record<string, Uint8Array>>;
/** The name of the checksum's key. */
export const checksumKey: Uint8Array = text.encode("crc");

/** The frame of `entry`, length prefix included. Throws CASSETTE_ENTRY_INVALID. */
export function encodeCassetteEntry(entry: CassetteEntry): Uint8Array {
  checkNumbers(entry);
  const fields: ExtraField[] = [
    [name("err"), { lexeme: String(entry.err) }],
    [name("key"), wellFormed("key", entry.key)],
    [name("kind"), wellFormed("kind", entry.kind)],
    [name("op"), wellFormed("op", entry.op)],
    [name("req"), entry.req],
    [name("resp"), entry.resp],
  ];
  if (entry.latencyTicks !== undefined) {
    fields.splice(3, 0, [name("latency_ticks"), { lexeme: String(entry.latencyTicks) }]);
  }
  if (entry.extra.length > 0) {
    fields.push(...entry.extra);
    fields.sort((left, right) => compareBytes(left[0], right[0]));
  }
  const parts: Uint8Array[] = [root, u32(fields.length)];
  for (const [index, [key, value]] of fields.entries()) {
    const previous = fields[index - 1];
    if (previous !== undefined && compareBytes(previous[0], key) === 0) {
      throw invalid(`key ${JSON.stringify(utf8.decode(key))} is there twice`);
    }
    parts.push(u32(key.length), key);
    encodeValue(value, 1, parts);
  }
  const size = parts.reduce((sum, part) => sum + part.length, 0);
  return concat([u32(size), ...parts]);
}

function name(known: string): Uint8Array {
  // Called with the literals of the table only.
  return names[known] as Uint8Array;
}

function wellFormed(field: string, value: string): Uint8Array {
  if (!value.isWellFormed()) throw invalid(`${field} has a lone surrogate`);
  return text.encode(value);
}

function checkNumbers({ err, latencyTicks }: CassetteEntry): void {
  if (!Number.isInteger(err) || Math.abs(err) > errMax) {
    throw invalid(`err is ${err}, expected a whole number of at most ${errMax}`);
  }
  if (latencyTicks === undefined) return;
  if (!Number.isInteger(latencyTicks) || latencyTicks < 0 || latencyTicks > latencyTicksMax) {
    throw invalid(`latency_ticks is ${latencyTicks}, expected 0 to ${latencyTicksMax}`);
  }
}

/**
 * The entries of a whole cassette, in order; `req`, `resp` and extra strings are views of `bytes`.
 * Throws CASSETTE_TRUNCATED, CASSETTE_ENTRY_INVALID; `details` say which entry, and at which byte.
 */
export function decodeCassette(bytes: Uint8Array): readonly CassetteEntry[] {
  const entries: CassetteEntry[] = [];
  const fields = newEntryFields();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  while (at < bytes.length) {
    at = scanEntry(view, { at, entry: entries.length }, fields);
    entries.push(entryOf(bytes, fields));
  }
  return entries;
}

/** The entry whose places `fields` hold. Throws CASSETTE_ENTRY_INVALID where a name is not UTF-8. */
export function entryOf(bytes: Uint8Array, fields: EntryFields): CassetteEntry {
  const extra: ExtraField[] = [];
  for (const start of fields.extraStarts.slice(0, fields.extraCount)) {
    extra.push(extraAt(bytes, start));
  }
  return {
    kind: textOf(bytes, fields, field.kind),
    op: textOf(bytes, fields, field.op),
    key: textOf(bytes, fields, field.key),
    req: bytesOf(bytes, fields, field.req),
    resp: bytesOf(bytes, fields, field.resp),
    err: fields.err,
    ...(fields.latencyTicks < 0 ? {} : { latencyTicks: fields.latencyTicks }),
    extra,
  };
}

function bytesOf(bytes: Uint8Array, { start, end }: EntryFields, which: number): Uint8Array {
  // `which` is one of `field`: both are there.
  return viewOf(bytes, start[which] as number, end[which] as number);
}

function textOf(bytes: Uint8Array, fields: EntryFields, which: number): string {
  try {
    return utf8.decode(bytesOf(bytes, fields, which));
  } catch {
    const offset = fields.start[which] as number;
    throw new MsgError(
      "CASSETTE_ENTRY_INVALID",
      `cassette entry: kind, op or key is not UTF-8, at byte ${offset}`,
      { offset },
    );
  }
}

function extraAt(bytes: Uint8Array, start: number): ExtraField {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const keyEnd = start + 4 + view.getUint32(start, true);
  return [viewOf(bytes, start + 4, keyEnd), decodeValueAt(bytes, keyEnd, 1).value];
}

function viewOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset + start, end - start);
}

function invalid(problem: string): MsgError {
  return new MsgError("CASSETTE_ENTRY_INVALID", `cassette entry: ${problem}`);
}
