/**
 * Checks and writes the header section of an envelope; `header-reader.ts` draws it. Whatever order
 * headers are given in, they are checked and written in the order of their names.
 */
import type { Space } from "./bytes.js";
import { kindOf } from "./envelope-refusal.js";
import { MsgError } from "./errors.js";
import { type KnownText, writeKnown } from "./known-text.js";
import { nameOf } from "./names.js";
import { isAscii, textSize, textSizeMax, writeText } from "./text.js";

/** Headers to write: each read once, because a getter may answer differently the second time. */
export interface HeaderPlan {
  readonly names: HeaderNames;
  readonly values: readonly string[];
}

/** The header names of one kind of message. */
interface HeaderNames {
  /** As the object had them. */
  readonly keys: readonly string[];
  /** Ascending, and the bytes of each. */
  readonly sorted: readonly string[];
  readonly fields: readonly KnownText[];
  /** The bytes of all fields. */
  readonly size: number;
}

const noNames: HeaderNames = { keys: [], sorted: [], fields: [], size: 0 };
/** The last names are remembered by their count: messages of one kind have the same headers. */
const countsMax = 32;
const keptSizeMax = 2048;
const lastNames: HeaderNames[] = new Array(countsMax).fill(noNames);

/**
 * Throws HEADERS_INVALID (no plain object, a value that is no string), then HEADER_NAME_INVALID; of
 * several at fault, for the first by name.
 */
export function planHeaders(headers: unknown): HeaderPlan {
  if (!isPlain(headers)) {
    throw new MsgError(
      "HEADERS_INVALID",
      `headers are ${kindOf(headers)}, expected a plain object`,
    );
  }
  const keys = Object.keys(headers);
  const last = keys.length < countsMax ? (lastNames[keys.length] as HeaderNames) : noNames;
  if (sameKeys(keys, last.keys)) return { names: last, values: readValues(headers, last.sorted) };
  // Of ASCII, the default order is the bytewise one; and the rest is refused.
  const sorted = [...keys].sort();
  const values = readValues(headers, sorted);
  return { names: checkedNames(keys, sorted), values };
}

/** Whether its own properties are all there is to it: not an array, a Map, a fetch `Headers`. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return true;
  // The root of another realm, or what a record factory makes.
  return Object.getPrototypeOf(prototype) === null;
}

function sameKeys(left: readonly string[], right: readonly string[]): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) {
    if (left[index] !== right[index]) return false;
  }
  return true;
}

function readValues(
  headers: Readonly<Record<string, unknown>>,
  names: readonly string[],
): readonly string[] {
  const values: string[] = [];
  for (let index = 0; index < names.length; index++) {
    const name = names[index] as string;
    const value = headers[name];
    if (typeof value !== "string") {
      const problem = `header ${JSON.stringify(name)} is ${kindOf(value)}, expected a string`;
      throw new MsgError("HEADERS_INVALID", problem);
    }
    values.push(value);
  }
  return values;
}

function checkedNames(keys: readonly string[], sorted: readonly string[]): HeaderNames {
  const fields: KnownText[] = [];
  let size = 0;
  for (const name of sorted) {
    const field = name.length > 0 && isAscii(name) ? nameOf(name) : undefined;
    if (field === undefined) {
      const problem = name.length === 0 ? "is empty" : "is not ASCII";
      throw new MsgError("HEADER_NAME_INVALID", `header name ${JSON.stringify(name)} ${problem}`);
    }
    fields.push(field);
    size += field.size;
  }
  const names = { keys, sorted, fields, size };
  if (keys.length < countsMax && size <= keptSizeMax) lastNames[keys.length] = names;
  return names;
}

/** The most bytes that the headers take, their count not included. */
export function headersSizeMax({ names, values }: HeaderPlan): number {
  let sizeMax = names.size;
  for (let index = 0; index < values.length; index++) {
    sizeMax += 4 + textSizeMax(values[index] as string);
  }
  return sizeMax;
}

/** The bytes that the headers take, their count not included. Throws HEADER_VALUE_INVALID. */
export function headersSize({ names, values }: HeaderPlan): number {
  let total = names.size;
  for (let index = 0; index < values.length; index++) {
    const size = textSize(values[index] as string);
    if (size < 0) throw valueRefusal(names.sorted[index] as string);
    total += 4 + size;
  }
  return total;
}

/** Writes the section at `start` and returns the offset after it. Throws HEADER_VALUE_INVALID. */
export function writeHeaders(space: Space, start: number, { names, values }: HeaderPlan): number {
  space.view.setUint32(start, values.length, true);
  let offset = start + 4;
  for (let index = 0; index < values.length; index++) {
    offset = writeKnown(space.view, offset, names.fields[index] as KnownText);
    offset = writeText(space, offset, values[index] as string);
    if (offset < 0) throw valueRefusal(names.sorted[index] as string);
  }
  return offset;
}

function valueRefusal(name: string): MsgError {
  const problem = `header ${JSON.stringify(name)} is not well-formed: it has a lone surrogate`;
  return new MsgError("HEADER_VALUE_INVALID", problem);
}
