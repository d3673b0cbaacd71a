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
import { compareBytes, concat, isBytes, type Source, sliceOf, sourceOf, u32 } from "./bytes.js";

export const documentDepthMax: number = 64;

/**
 * A number as it was written. A document may hold any bytes here, and a reader does not ask whether
 * they are a number: a byte above 0x7f stands as the character of that number (U+0080 to U+00FF).
 */
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

/** A value, or why there is none: `code` is a u32, `message` any bytes. */
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

const u32Max = 2 ** 32 - 1;

/**
 * The document's bytes. Throws DOCUMENT_INVALID: nesting beyond depth 64, a lexeme with a character
 * above U+00FF, map keys not ascending, a code that is no u32.
 */
export function encodeDocument(document: Document): Uint8Array {
  if (document.ok) {
    const parts: Uint8Array[] = [Uint8Array.of(1)];
    encodeValue(document.value, 0, parts);
    return concat(parts);
  }
  const { code, message } = document;
  if (!Number.isInteger(code) || code < 0 || code > u32Max) {
    throw invalid(`error code is ${code}, expected 0 to ${u32Max}`, 0);
  }
  return concat([Uint8Array.of(0), u32(code), u32(message.length), message]);
}

/** Appends the bytes of `value`, without the document's first byte, to `parts`. */
export function encodeValue(value: DocumentValue, depth: number, parts: Uint8Array[]): void {
  if (depth > documentDepthMax) throw invalid(`nested deeper than ${documentDepthMax}`, 0);
  if (value === null) {
    parts.push(Uint8Array.of(tag.null));
  } else if (typeof value === "boolean") {
    parts.push(Uint8Array.of(tag.bool, value ? 1 : 0));
  } else if (isBytes(value)) {
    parts.push(Uint8Array.of(tag.string), u32(value.length), value);
  } else if ("lexeme" in value) {
    parts.push(Uint8Array.of(tag.number), u32(value.lexeme.length), lexemeBytes(value.lexeme));
  } else if (isMap(value)) {
    encodeMap(value, depth, parts);
  } else {
    parts.push(Uint8Array.of(tag.seq), u32(value.length));
    for (const item of value) encodeValue(item, depth + 1, parts);
  }
}

function isMap(value: DocumentMap | readonly DocumentValue[]): value is DocumentMap {
  return !Array.isArray(value);
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

function lexemeBytes(lexeme: string): Uint8Array {
  const bytes = new Uint8Array(lexeme.length);
  for (let index = 0; index < lexeme.length; index++) {
    const unit = lexeme.charCodeAt(index);
    if (unit > 0xff) throw invalid("a number lexeme has a character that is no byte", 0);
    bytes[index] = unit;
  }
  return bytes;
}

/**
 * The document that `bytes` hold, all of them; strings and keys are views. Throws DOCUMENT_INVALID;
 * `details.offset` says where.
 */
export function decodeDocument(bytes: Uint8Array): Document {
  const reader = createReader(sourceOf(bytes), 0);
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

/** The value at `start`, which is so deep in its document. What follows it is not looked at. */
export function decodeValueAt(source: Source, start: number, depth: number): DocumentValue {
  return readValue(createReader(source, start), depth);
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
      return { lexeme: lexemeOf(reader.take(reader.u32())) };
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

/** How many bytes become characters in one call: more could overrun the stack. */
const lexemeChunk = 4096;

function lexemeOf(bytes: Uint8Array): string {
  let lexeme = "";
  for (let at = 0; at < bytes.length; at += lexemeChunk) {
    lexeme += String.fromCharCode(...bytes.subarray(at, at + lexemeChunk));
  }
  return lexeme;
}

interface Reader {
  byte(): number;
  u32(): number;
  take(size: number): Uint8Array;
  /** A u32 count of things that take at least `sizeMin` bytes each: bounded by what is left. */
  count(sizeMin: number): number;
  offset(): number;
  end(): void;
}

function createReader(source: Source, start: number): Reader {
  const { view } = source;
  const length = view.byteLength;
  let at = start;
  const need = (size: number): void => {
    if (size > length - at) throw invalid(`${size} bytes run past the end`, at);
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
    take(size) {
      need(size);
      at += size;
      return sliceOf(source, at - size, at);
    },
    count(sizeMin) {
      const count = u32();
      need(count * sizeMin);
      return count;
    },
    offset: () => at,
    end() {
      if (at !== length) throw invalid(`${length - at} bytes after the root`, at);
    },
  };
}

function invalid(problem: string, offset: number): MsgError {
  return new MsgError("DOCUMENT_INVALID", `document: ${problem}, at byte ${offset}`, { offset });
}
