/**
 * Reads the header section of an envelope.
 *
 * ```
 * u32 count | count x ( len+name, len+value )     names ASCII, strictly ascending bytewise
 * ```
 *
 * This is the hot path of every consumer. Messages of one kind have the same header names, and many
 * of their values come again, so what was read is kept as a guess for the next message with as many
 * headers: its names are compared, not decoded, and the record is a copy of the last one with what
 * differs put in. A guess is checked byte by byte, and says nothing where it fails: the plain reader,
 * which alone refuses, then reads the section from its start.
 */
import { fieldEnd } from "./bytes.js";
import { envelopeRefusal } from "./envelope-refusal.js";
import type { MsgError } from "./errors.js";
import { createLastText, type KnownText, type LastText, noteMiss, sameAt } from "./known-text.js";
import { nameOf, readName } from "./names.js";
import { isAscii, readText } from "./text.js";

type Headers = Readonly<Record<string, string>>;

/** Where the section is: it runs from `offset` to `limit`; refusals count from `start`. */
export interface Section {
  readonly start: number;
  readonly offset: number;
  readonly limit: number;
}

/** One header of a guess. */
interface HeaderGuess {
  readonly name: KnownText;
  readonly last: LastText;
}

/** What messages with so many headers held. */
interface Guess {
  readonly headers: readonly HeaderGuess[];
  /** The last values. Copied for each message; nobody else has it. */
  readonly record: Record<string, string>;
  /** Good messages that had other names. */
  failures: number;
}

const countsMax = 32;
const guesses: (Guess | undefined)[] = new Array(countsMax).fill(undefined);
/** After so many failures a guess gives way: two kinds of messages that alternate do not fight. */
const failuresMax = 16;
const nameLengthMax = 64;

/**
 * The headers, where they bear the guessed names and nothing is wrong with them; otherwise undefined.
 */
export function readGuessed(view: DataView, offset: number, limit: number): Headers | undefined {
  if (limit - offset < 4) return undefined;
  const count = view.getUint32(offset, true);
  const guess = count < countsMax ? guesses[count] : undefined;
  if (guess === undefined) return undefined;
  const { headers } = guess;
  const record = { ...guess.record };
  let at = offset + 4;
  for (let index = 0; index < headers.length; index++) {
    const { name, last } = headers[index] as HeaderGuess;
    if (limit - at < name.size + 4 || !sameAt(view, at, name)) return undefined;
    at += name.size;
    const end = fieldEnd(view, at, limit);
    if (end > limit) return undefined;
    const { known } = last;
    if (end - at !== known.size || !sameAt(view, at, known)) {
      const text = readText(view, at + 4, end);
      if (text === undefined) return undefined;
      record[name.text] = text;
      if (noteMiss(last, text)) guess.record[name.text] = text;
    }
    at = end;
  }
  return at === limit ? record : undefined;
}

/** Throws HEADER_SECTION_INVALID, HEADER_NAME_INVALID, HEADER_VALUE_INVALID. */
export function readHeaders(view: DataView, section: Section): Headers {
  const { start, offset, limit } = section;
  if (limit - offset < 4) throw invalid("cut short in their count", offset - start);
  const count = view.getUint32(offset, true);
  // A header takes at least its two length fields: the count is bounded before any loop runs.
  if (count > (limit - offset - 4) / 8) throw invalid(`${count}, more than fit`, offset - start);
  const record: Record<string, string> = {};
  const names: string[] = [];
  let at = offset + 4;
  for (let index = 0; index < count; index++) {
    const nameEnd = headerFieldEnd(view, at, section);
    const name = readName(view, at, nameEnd);
    if (name === undefined || !isAscii(name)) {
      throw envelopeRefusal("HEADER_NAME_INVALID", "header name is not ASCII", at - start);
    }
    const previous = names.at(-1);
    // Of ASCII, the order of strings is the bytewise one.
    if (previous !== undefined && previous >= name) {
      throw envelopeRefusal("HEADER_NAME_INVALID", "header names do not ascend", at - start);
    }
    names.push(name);
    const valueEnd = headerFieldEnd(view, nameEnd, section);
    const value = readText(view, nameEnd + 4, valueEnd);
    if (value === undefined) {
      const problem = `header ${JSON.stringify(name)} is not UTF-8`;
      throw envelopeRefusal("HEADER_VALUE_INVALID", problem, nameEnd - start);
    }
    if (name === "__proto__") define(record, name, value);
    else record[name] = value;
    at = valueEnd;
  }
  if (at !== limit) throw invalid(`followed by ${limit - at} bytes`, at - start);
  remember(names);
  return record;
}

/** Assigned, `__proto__` would be lost; it is a header like any other. */
function define(record: Record<string, string>, name: string, value: string): void {
  const property = { value, enumerable: true, configurable: true, writable: true };
  Object.defineProperty(record, name, property);
}

function headerFieldEnd(view: DataView, offset: number, { start, limit }: Section): number {
  const end = fieldEnd(view, offset, limit);
  if (end > limit) throw invalid("cut short in a field", offset - start);
  return end;
}

function invalid(problem: string, offset: number): MsgError {
  return envelopeRefusal("HEADER_SECTION_INVALID", `headers are ${problem}`, offset);
}

function remember(names: readonly string[]): void {
  if (names.length >= countsMax) return;
  const present = guesses[names.length];
  if (present !== undefined && present.failures < failuresMax) {
    present.failures += 1;
    return;
  }
  const headers: HeaderGuess[] = [];
  const record: Record<string, string> = {};
  for (const text of names) {
    if (text.length > nameLengthMax || text === "__proto__") return;
    const name = nameOf(text);
    if (name === undefined) return;
    headers.push({ name, last: createLastText() });
    record[text] = "";
  }
  guesses[names.length] = { headers, record, failures: 0 };
}
