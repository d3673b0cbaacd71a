/**
 * Data-model documents: the value format that cassettes are made of.
 *
 * ```
 * 01 value                            an ok document, or
 * 00 u32 code | len+message           an error document
 *
 * value  00                           null
 *        01 byte                      bool: 00 or 01; a reader takes any other byte as true
 *        02 len+ASCII                 number: the decimal lexeme, verbatim
 *        03 len+bytes                 string: any bytes
 *        04 u32 count, values         seq
 *        05 u32 count x (len+key, value)   map: keys strictly ascending bytewise
 * ```
 *
 * The root is depth 0; depth 64 is the deepest. Nothing may follow the root. Numbers stay text, so
 * `1.0` and `-0` survive; strings stay bytes, because messages put binary in them.
 */
import { MsgError } from "@reprise/msg-core";

export const documentDepthMax: number = 64;

/** A number as it was written. */
export interface NumberLexeme {
  readonly lexeme: string;
}

/** A map is a list of pairs in key order: a key may be any bytes. */
export interface DocumentMap {
  readonly entries: readonly (readonly [key: Uint8Array, value: DocumentValue])[];
}

export type DocumentValue =
  | null
  | boolean
  | NumberLexeme
  | Uint8Array
  | readonly DocumentValue[]
  | DocumentMap;

export type Document =
  | { readonly ok: true; readonly value: DocumentValue }
  | { readonly ok: false; readonly code: number; readonly message: Uint8Array };

/** The tag bytes. */
export const tag: {
  readonly null: 0;
  readonly bool: 1;
  readonly number: 2;
  readonly string: 3;
  readonly seq: 4;
  readonly map: 5;
} = { null: 0, bool: 1, number: 2, string: 3, seq: 4, map: 5 };

const ascii = new TextEncoder();
const latin = new TextDecoder("latin1");

/** Throws DOCUMENT_INVALID: nesting beyond depth 64, a lexeme not ASCII, map keys not ascending. */
export function encodeDocument(document: Document): Uint8Array {
  const parts: Uint8Array[] = [];
  if (document.ok) {
    parts.push(Uint8Array.of(1));
    encodeValue(document.value, 0, parts);
  } else {
    parts.push(Uint8Array.of(0), u32(document.code), u32(document.message.length));
    parts.push(document.message);
  }
  return concat(parts);
}

/** Appends the bytes of `value`, without the document's first byte, to `parts`. */
export function encodeValue(value: DocumentValue, depth: number, parts: Uint8Array[]): void {
  if (depth > documentDepthMax) throw invalid(`nested deeper than ${documentDepthMax}`, 0);
  if (value === null) {
    parts.push(Uint8Array.of(tag.null));
  } else if (typeof value === "boolean") {
    parts.push(Uint8Array.of(tag.bool, value ? 1 : 0));
  } else if (value instanceof Uint8Array) {
    parts.push(Uint8Array.of(tag.string), u32(value.length), value);
  } else if ("lexeme" in value) {
    const text = ascii.encode(value.lexeme);
    if (text.length !== value.lexeme.length) throw invalid("number lexeme is not ASCII", 0);
    parts.push(Uint8Array.of(tag.number), u32(text.length), text);
  } else if ("entries" in value && !Array.isArray(value)) {
    encodeMap(value as DocumentMap, depth, parts);
  } else {
    const items = value as readonly DocumentValue[];
    parts.push(Uint8Array.of(tag.seq), u32(items.length));
    for (const item of items) encodeValue(item, depth + 1, parts);
  }
}

function encodeMap({ entries }: DocumentMap, depth: number, parts: Uint8Array[]): void {
  parts.push(Uint8Array.of(tag.map), u32(entries.length));
  let previous: Uint8Array | undefined;
  for (const [key, value] of entries) {
    if (previous !== undefined && compareBytes(previous, key) >= 0) {
      throw invalid("map keys are not strictly ascending", 0);
    }
    parts.push(u32(key.length), key);
    encodeValue(value, depth + 1, parts);
    previous = key;
  }
}

/** The document that `bytes` hold, all of them; strings are views. Throws DOCUMENT_INVALID. */
export function decodeDocument(bytes: Uint8Array): Document {
  const reader = createReader(bytes);
  const first = reader.byte();
  if (first === 0) {
    const code = reader.u32();
    const message = reader.take(reader.u32());
    reader.end();
    return { ok: false, code, message };
  }
  if (first !== 1) throw invalid(`first byte is ${first}, expected 0 or 1`, 0);
  const value = readValue(reader, 0);
  reader.end();
  return { ok: true, value };
}

/** The value at `start`, and where it ends. */
export function decodeValueAt(
  bytes: Uint8Array,
  start: number,
  depth: number,
): { readonly value: DocumentValue; readonly end: number } {
  const reader = createReader(bytes, start);
  const value = readValue(reader, depth);
  return { value, end: reader.offset() };
}

function readValue(reader: Reader, depth: number): DocumentValue {
  if (depth > documentDepthMax) {
    throw invalid(`nested deeper than ${documentDepthMax}`, reader.offset());
  }
  const kind = reader.byte();
  switch (kind) {
    case tag.null:
      return null;
    case tag.bool:
      return reader.byte() !== 0;
    case tag.number:
      return { lexeme: latin.decode(reader.take(reader.u32())) };
    case tag.string:
      return reader.take(reader.u32());
    case tag.seq: {
      const items: DocumentValue[] = [];
      const count = reader.count(1);
      for (let index = 0; index < count; index++) items.push(readValue(reader, depth + 1));
      return items;
    }
    case tag.map:
      return readMap(reader, depth);
    default:
      throw invalid(`tag ${kind} is unknown`, reader.offset() - 1);
  }
}

function readMap(reader: Reader, depth: number): DocumentMap {
  const entries: [Uint8Array, DocumentValue][] = [];
  const count = reader.count(5);
  for (let index = 0; index < count; index++) {
    const at = reader.offset();
    const key = reader.take(reader.u32());
    const previous = entries.at(-1);
    if (previous !== undefined && compareBytes(previous[0], key) >= 0) {
      throw invalid("map keys are not strictly ascending", at);
    }
    entries.push([key, readValue(reader, depth + 1)]);
  }
  return { entries };
}

interface Reader {
  byte(): number;
  u32(): number;
  take(length: number): Uint8Array;
  /** A u32 count of things that take at least `sizeMin` bytes each: bounded by what is left. */
  count(sizeMin: number): number;
  offset(): number;
  end(): void;
}

function createReader(bytes: Uint8Array, start = 0): Reader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const need = (size: number): void => {
    if (size > bytes.length - at) throw invalid(`${size} bytes run past the end`, at);
  };
  const u32 = (): number => {
    need(4);
    at += 4;
    return view.getUint32(at - 4, true);
  };
  return {
    byte() {
      need(1);
      at += 1;
      return view.getUint8(at - 1);
    },
    u32,
    take(length) {
      need(length);
      at += length;
      return new Uint8Array(bytes.buffer, bytes.byteOffset + at - length, length);
    },
    count(sizeMin) {
      const count = u32();
      need(count * sizeMin);
      return count;
    },
    offset: () => at,
    end() {
      if (at !== bytes.length) throw invalid(`${bytes.length - at} bytes after the root`, at);
    },
  };
}

/** Unsigned, a proper prefix first. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    // Both are within bounds: the casts hold.
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function invalid(problem: string, offset: number): MsgError {
  return new MsgError("DOCUMENT_INVALID", `document: ${problem}, at byte ${offset}`, { offset });
}
