/**
 * Names that come again: topics, endpoints, header names. A service has few of them and sends them
 * with every message, so they are remembered, in tables of fixed size. A table that is full forgets;
 * nothing depends on what it holds.
 */
import { type KnownText, knownText, sameAt } from "./known-text.js";
import { readText } from "./text.js";

/** A longer name is not remembered. */
const nameSizeMax = 64;
const namesMax = 1024;

const namesByText = new Map<string, KnownText>();

/** The bytes of `name`; undefined if it is no string, or not well-formed. */
export function nameOf(name: string): KnownText | undefined {
  const known = namesByText.get(name);
  if (known !== undefined) return known;
  if (typeof name !== "string" || !name.isWellFormed()) return undefined;
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
