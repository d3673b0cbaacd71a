/**
 * The header section of an envelope.
 *
 * ```
 * u32 count | count x ( len+name, len+value )     names ASCII, strictly ascending bytewise
 * ```
 *
 * Reading is the hot path of every consumer. Messages of one kind have the same header names, and
 * many of their values come again, so what was read last is kept as a guess for a message with as
 * many headers: names are compared, not decoded, and the record is a copy of the last one with what
 * differs put in. A guess is checked byte by byte; where it fails, the plain reader takes over.
 */

import { fieldEnd, type Space } from "./bytes.js";
import { envelopeRefusal } from "./envelope-refusal.js";
import { MsgError } from "./errors.js";
import { type KnownText, knownText, sameAt, writeKnown } from "./known-text.js";
import { type HeaderNames, nameOf, readName } from "./names.js";
import { isAscii, readText, textSizeMax, writeText } from "./text.js";

type Headers = Readonly<Record<string, string>>;

/** Where the section is: it runs from `offset` to `limit`; offsets are reported from `start`. */
interface Section {
  readonly start: number;
  readonly offset: number;
  readonly limit: number;
}

/** The most bytes that the header entries take. Throws HEADERS_INVALID. */
export function headersSizeMax(headers: Headers, { names, size }: HeaderNames): number {
  let sizeMax = size;
  for (let index = 0; index < names.length; index++) {
    const value: unknown = headers[names[index] as string];
    if (typeof value !== "string") {
      const kind = value === null ? "null" : typeof value;
      throw new MsgError("HEADERS_INVALID", `header ${names[index]} is ${kind}, expected a string`);
    }
    sizeMax += 4 + textSizeMax(value);
  }
  return sizeMax;
}

/** Writes the section and returns the offset after it. Throws HEADER_VALUE_INVALID. */
export function writeHeaders(
  space: Space,
  start: number,
  { headers, names }: { headers: Headers; names: HeaderNames },
): number {
  const count = names.names.length;
  space.view.setUint32(start, count, true);
  let offset = start + 4;
  for (let index = 0; index < count; index++) {
    const name = names.names[index] as string;
    offset = writeKnown(space.view, offset, names.fields[index] as KnownText);
    // A string: `headersSizeMax` has looked.
    offset = writeText(space, offset, headers[name] as string);
    if (offset < 0) {
      throw new MsgError("HEADER_VALUE_INVALID", `header ${name} has a lone surrogate`);
    }
  }
  return offset;
}

/** What the last message with so many headers held. */
interface Guess {
  readonly fields: readonly KnownText[];
  /** The last value of each header, and how often it was not the next one. */
  readonly values: KnownText[];
  readonly misses: number[];
  /** Copied for each message. Nobody else has it. */
  readonly record: Record<string, string>;
}

const countsMax = 32;
const guesses: (Guess | undefined)[] = new Array(countsMax).fill(undefined);
/** A value that missed so often is not one that comes again. */
const missesMax = 16;
const rememberedSizeMax = 64;
const noText = knownText("");

/** Throws HEADER_SECTION_INVALID, HEADER_NAME_INVALID, HEADER_VALUE_INVALID. */
export function decodeHeaders(view: DataView, section: Section): Headers {
  const { start, offset, limit } = section;
  if (limit - offset < 4) throw invalid("count is cut short", offset - start);
  const count = view.getUint32(offset, true);
  // A header takes at least its two length fields: the count is bounded before any loop runs.
  if (count > (limit - offset - 4) / 8) throw invalid(`${count} do not fit`, offset - start);
  const guess = count < countsMax ? guesses[count] : undefined;
  const guessed = guess === undefined ? undefined : decodeGuessed(view, section, guess);
  return guessed ?? decodePlain(view, section, count);
}

/** The headers, if their names are the guessed ones and nothing is wrong with them. */
function decodeGuessed(view: DataView, section: Section, guess: Guess): Headers | undefined {
  const { limit } = section;
  const { fields, values } = guess;
  const record = { ...guess.record };
  let at = section.offset + 4;
  for (let index = 0; index < fields.length; index++) {
    const field = fields[index] as KnownText;
    if (limit - at < field.size + 4 || !sameAt(view, at, field)) return undefined;
    at += field.size;
    const size = 4 + view.getUint32(at, true);
    if (size > limit - at) return undefined;
    const value = values[index] as KnownText;
    if (value.size !== size || !sameAt(view, at, value)) {
      const text = readText(view, at + 4, at + size);
      if (text === undefined) return undefined;
      record[field.text] = text;
      if ((guess.misses[index] as number) < missesMax) learn(guess, index, text);
    }
    at += size;
  }
  return at === limit ? record : undefined;
}

function learn(guess: Guess, index: number, text: string): void {
  guess.misses[index] = (guess.misses[index] as number) + 1;
  if (text.length > rememberedSizeMax) return;
  const field = guess.fields[index] as KnownText;
  guess.values[index] = knownText(text);
  guess.record[field.text] = text;
}

function decodePlain(view: DataView, section: Section, count: number): Headers {
  const { start, limit } = section;
  const record: Record<string, string> = {};
  const names: string[] = [];
  let at = section.offset + 4;
  for (let index = 0; index < count; index++) {
    const nameEnd = headerFieldEnd(view, at, section);
    const name = readName(view, at, nameEnd);
    if (name === undefined || !isAscii(name)) {
      throw envelopeRefusal("HEADER_NAME_INVALID", "header name is not ASCII", at - start);
    }
    const previous = names.at(-1);
    if (previous !== undefined && previous >= name) {
      throw envelopeRefusal("HEADER_NAME_INVALID", "header names not ascending", at - start);
    }
    names.push(name);
    const valueEnd = headerFieldEnd(view, nameEnd, section);
    const value = readText(view, nameEnd + 4, valueEnd);
    if (value === undefined) {
      const problem = `header ${name} is not UTF-8`;
      throw envelopeRefusal("HEADER_VALUE_INVALID", problem, nameEnd - start);
    }
    // Defined, not assigned: `__proto__` is a header like any other.
    if (name === "__proto__") define(record, name, value);
    else record[name] = value;
    at = valueEnd;
  }
  if (at !== limit) throw invalid(`end ${limit - at} bytes early`, at - start);
  remember(names);
  return record;
}

function define(record: Record<string, string>, name: string, value: string): void {
  Object.defineProperty(record, name, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function remember(names: readonly string[]): void {
  if (names.length === 0 || names.length >= countsMax || names.includes("__proto__")) return;
  const fields: KnownText[] = [];
  const record: Record<string, string> = {};
  for (const name of names) {
    const field = name.length <= rememberedSizeMax ? nameOf(name) : undefined;
    if (field === undefined) return;
    fields.push(field);
    record[name] = "";
  }
  guesses[names.length] = {
    fields,
    values: new Array(names.length).fill(noText),
    misses: new Array(names.length).fill(0),
    record,
  };
}

function headerFieldEnd(view: DataView, offset: number, { start, limit }: Section): number {
  const end = fieldEnd(view, offset, limit);
  if (end > limit) throw invalid("run past the end", offset - start);
  return end;
}

function invalid(problem: string, offset: number): MsgError {
  return envelopeRefusal("HEADER_SECTION_INVALID", `headers ${problem}`, offset);
}
