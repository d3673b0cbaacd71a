/**
 * Names that come again: topics, endpoints, header names. A service has few of them and sends them
 * with every message, so they are remembered, in tables of fixed size. A table that is full forgets;
 * nothing depends on what it holds.
 */
import { type KnownText, knownText, sameAt } from "./known-text.js";
import { isAscii, readText } from "./text.js";

/** A longer name is not remembered. */
const nameSizeMax = 64;
const namesMax = 1024;

const namesByText = new Map<string, KnownText>();

/** The bytes of `name`; undefined if it is not well-formed. */
export function nameOf(name: string): KnownText | undefined {
  const known = namesByText.get(name);
  if (known !== undefined) return known;
  if (!name.isWellFormed()) return undefined;
  const text = knownText(name);
  if (text.size <= nameSizeMax) {
    if (namesByText.size >= namesMax) namesByText.clear();
    namesByText.set(name, text);
  }
  return text;
}

/** A power of two. A slot holds the last name whose bytes hashed to it. */
const slotCount = 1024;
const slots: KnownText[] = new Array(slotCount).fill(knownText(""));
let lastRead: KnownText = knownText("");

/** The name whose `len+X` is `[offset, end)`, or undefined where it is not UTF-8. */
export function readName(view: DataView, offset: number, end: number): string | undefined {
  const size = end - offset;
  if (lastRead.size === size && sameAt(view, offset, lastRead)) return lastRead.text;
  if (size > nameSizeMax) return readText(view, offset + 4, end);
  let hash = size;
  for (let at = offset + 4; at < end; at++) hash = (Math.imul(hash, 31) + view.getUint8(at)) | 0;
  const slot = (hash ^ (hash >>> 10)) & (slotCount - 1);
  const known = slots[slot] as KnownText;
  if (known.size === size && sameAt(view, offset, known)) {
    lastRead = known;
    return known.text;
  }
  const name = readText(view, offset + 4, end);
  if (name !== undefined) slots[slot] = knownText(name);
  return name;
}

/** The header names of one kind of message: ASCII, strictly ascending. */
export interface HeaderNames {
  readonly names: readonly string[];
  readonly fields: readonly KnownText[];
  /** The bytes of all fields. */
  readonly size: number;
}

const noNames: HeaderNames = { names: [], fields: [], size: 0 };
/** Remembered by their count: messages of one kind have the same headers. */
const countsMax = 32;
const lastEncoded: HeaderNames[] = new Array(countsMax).fill(noNames);

/** The names of `headers`, sorted; or the first that is empty or not ASCII, as `bad`. */
export function headerNames(
  headers: Readonly<Record<string, string>>,
): HeaderNames | { readonly bad: string } {
  const keys = Object.keys(headers);
  const last = keys.length < countsMax ? (lastEncoded[keys.length] as HeaderNames) : noNames;
  if (sameNames(keys, last.names)) return last;
  // Of ASCII, the default order is the bytewise one.
  const names = keys.sort();
  const fields: KnownText[] = [];
  let size = 0;
  for (const name of names) {
    const field = name.length > 0 && isAscii(name) ? nameOf(name) : undefined;
    if (field === undefined) return { bad: name };
    fields.push(field);
    size += field.size;
  }
  const result = { names, fields, size };
  if (names.length < countsMax && size <= names.length * nameSizeMax) {
    lastEncoded[names.length] = result;
  }
  return result;
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}
