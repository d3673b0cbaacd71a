/**
 * A text that comes again, with its `len+X` bytes at hand, as 32-bit words: to compare or to write
 * one takes a quarter of the steps that bytes would. There are at least four bytes, so the last word
 * may overlap the one before and no odd bytes are left.
 */
import { encodeText } from "./text.js";

export interface KnownText {
  readonly text: string;
  /** The bytes of `len+X`: four more than the text's. */
  readonly size: number;
  /** The whole words from the first byte on. */
  readonly words: readonly number[];
  /** The last four bytes. */
  readonly lastWord: number;
}

/** `text` must be well-formed. */
export function knownText(text: string): KnownText {
  const bytes = encodeText(text);
  const size = 4 + bytes.length;
  const field = new DataView(new ArrayBuffer(size));
  field.setUint32(0, bytes.length, true);
  for (let index = 0; index < bytes.length; index++) {
    field.setUint8(4 + index, bytes[index] as number);
  }
  const words: number[] = [];
  for (let at = 0; at + 4 <= size; at += 4) words.push(field.getInt32(at, true));
  return { text, size, words, lastWord: field.getInt32(size - 4, true) };
}

/** Whether `len+X` of the known text stands at `offset`; `known.size` bytes must be there. */
export function sameAt(view: DataView, offset: number, known: KnownText): boolean {
  const { words } = known;
  let at = offset;
  for (let index = 0; index < words.length; index++, at += 4) {
    if (view.getInt32(at, true) !== words[index]) return false;
  }
  return view.getInt32(offset + known.size - 4, true) === known.lastWord;
}

/** Writes `len+X` and returns the offset after it. */
export function writeKnown(view: DataView, offset: number, known: KnownText): number {
  const { words } = known;
  let at = offset;
  for (let index = 0; index < words.length; index++, at += 4) {
    view.setInt32(at, words[index] as number, true);
  }
  const end = offset + known.size;
  view.setInt32(end - 4, known.lastWord, true);
  return end;
}

/** The text that stood in one place last. Some come again and again; others, as ids, never do. */
export interface LastText {
  known: KnownText;
  /** How often it was not the next one. */
  misses: number;
}

/** A place whose text missed so often is given up. */
const missesMax = 16;
const keptLengthMax = 64;

export function createLastText(): LastText {
  return { known: knownText(""), misses: 0 };
}

/** Notes that `text`, which is well-formed, stood there instead; says whether it is known now. */
export function noteMiss(last: LastText, text: string): boolean {
  if (last.misses >= missesMax) return false;
  last.misses += 1;
  if (text.length > keptLengthMax) return false;
  last.known = knownText(text);
  return true;
}
