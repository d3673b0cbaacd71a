/**
 * Reading one frame of a cassette without building anything: where its fields are. An entry as our
 * writer gives it is found by `plain-entry.ts`; whatever else a frame may be is read here, key by
 * key, and only here is a frame refused.
 */
import { MsgError } from "@reprise/msg-core";
import { documentDepthMax, tag } from "./document.js";
import { type EntryFields, errMax, field, fieldNames, latencyTicksMax } from "./entry-fields.js";
import { scanPlainEntry } from "./plain-entry.js";

const fieldCount = fieldNames.length;
const required = 0b1110111;
const rootMap = 1 | (tag.map << 8);
/** The first key comes after the two bytes of the root and the count. */
const mapHeadSize = 6;

/** Which frame this is, and where it begins. An error counts its offset from the cassette's begin. */
export interface FramePlace {
  readonly at: number;
  readonly entry: number;
  /** Where the scanned bytes begin in the cassette. */
  readonly base: number;
}

/**
 * Scans the frame at `place.at` and returns where the next one begins. Throws CASSETTE_TRUNCATED
 * where the frame is cut short, CASSETTE_ENTRY_INVALID for anything else that is wrong with it.
 */
export function scanEntry(view: DataView, place: FramePlace, fields: EntryFields): number {
  const end = frameEnd(view, place);
  const start = place.at + 4;
  if (end - start < mapHeadSize || view.getUint16(start, true) !== rootMap) {
    throw invalid(place, start, "payload is not an ok document that holds a map");
  }
  fields.mapStart = start + mapHeadSize;
  fields.frameEnd = end;
  if (!scanPlainEntry(view, view.getUint32(start + 2, true), fields)) {
    scanMap(view, place, fields);
  }
  return end;
}

/** Where the frame at `place` ends: the only thing that a walk from frame to frame needs. */
export function frameEnd(view: DataView, place: FramePlace): number {
  const left = view.byteLength - place.at;
  if (left < 4) throw truncated(place, `${left} of the 4 length bytes are there`);
  const length = view.getUint32(place.at, true);
  if (length === 0) throw invalid(place, place.at, "a frame of no bytes");
  if (length > left - 4) throw truncated(place, `${left - 4} of its ${length} bytes are there`);
  return place.at + 4 + length;
}

/** Any map that is an entry: keys of ours in any number between the format's. */
function scanMap(view: DataView, place: FramePlace, fields: EntryFields): void {
  const { mapStart, frameEnd: end } = fields;
  const count = view.getUint32(mapStart - 4, true);
  fields.checksumKeyAt = -1;
  fields.checksumAt = -1;
  fields.extraCount = 0;
  let seen = 0;
  let at = mapStart;
  let previousAt = -1;
  for (let index = 0; index < count; index++) {
    const nameEnd = textEnd(view, at, end);
    if (nameEnd < 0) throw invalid(place, at, "a key runs past the end");
    if (previousAt >= 0 && !ascends(view, previousAt, at)) {
      throw invalid(place, at, "map keys are not strictly ascending");
    }
    previousAt = at;
    const next = valueEnd(view, nameEnd, end, 1);
    if (next < 0) throw invalid(place, nameEnd, "a value is not well-formed");
    const known = fieldAt(view, at + 4, nameEnd - at - 4);
    if (known < 0) {
      noteExtra(view, fields, { keyAt: at, valueAt: nameEnd, next });
    } else {
      const wanted = known === field.err || known === field.latencyTicks ? tag.number : tag.string;
      if (view.getUint8(nameEnd) !== wanted) {
        throw invalid(place, nameEnd, `${fieldNames[known]} has the wrong kind of value`);
      }
      fields.start[known] = nameEnd + 5;
      fields.end[known] = next;
      seen |= 1 << known;
    }
    at = next;
  }
  if (at !== end) throw invalid(place, at, `${end - at} bytes after the root`);
  if ((seen & required) !== required) throw invalid(place, mapStart, `no ${firstMissing(seen)}`);
  readNumbers(view, fields, { place, hasLatency: (seen & (1 << field.latencyTicks)) !== 0 });
}

/** The end of the `len+X` at `at`, or -1 where it does not fit before `end`. */
function textEnd(view: DataView, at: number, end: number): number {
  if (end - at < 4) return -1;
  const length = view.getUint32(at, true);
  return length > end - at - 4 ? -1 : at + 4 + length;
}

/** The end of the value at `at`, or -1 where it is not well-formed or does not fit before `end`. */
function valueEnd(view: DataView, at: number, end: number, depth: number): number {
  if (end - at < 1 || depth > documentDepthMax) return -1;
  const kind = view.getUint8(at);
  if (kind === tag.string || kind === tag.number) return textEnd(view, at + 1, end);
  if (kind === tag.null) return at + 1;
  if (kind === tag.bool) return end - at < 2 ? -1 : at + 2;
  if (kind !== tag.seq && kind !== tag.map) return -1;
  if (end - at < 5) return -1;
  const count = view.getUint32(at + 1, true);
  let next = at + 5;
  let previousAt = -1;
  // A value takes a byte at least: the loop ends with the bytes, whatever the count.
  for (let index = 0; index < count && next >= 0; index++) {
    if (kind === tag.map) {
      const keyAt = next;
      next = textEnd(view, keyAt, end);
      if (next < 0 || (previousAt >= 0 && !ascends(view, previousAt, keyAt))) return -1;
      previousAt = keyAt;
    }
    next = valueEnd(view, next, end, depth + 1);
  }
  return next;
}

/** Whether the key at `rightAt` comes after the one at `leftAt`, bytewise. */
function ascends(view: DataView, leftAt: number, rightAt: number): boolean {
  const leftLength = view.getUint32(leftAt, true);
  const rightLength = view.getUint32(rightAt, true);
  const length = Math.min(leftLength, rightLength);
  for (let index = 4; index < length + 4; index++) {
    const difference = view.getUint8(leftAt + index) - view.getUint8(rightAt + index);
    if (difference !== 0) return difference < 0;
  }
  return leftLength < rightLength;
}

const spelt = fieldNames.map((name) => Array.from(name, (letter) => letter.charCodeAt(0)));

/** Which of the format's fields the name at `at` is, or -1. */
function fieldAt(view: DataView, at: number, length: number): number {
  for (let candidate = 0; candidate < fieldCount; candidate++) {
    // `candidate` is an index of the table: the cast holds.
    const letters = spelt[candidate] as number[];
    if (letters.length !== length) continue;
    let index = 0;
    while (index < length && view.getUint8(at + index) === letters[index]) index++;
    if (index === length) return candidate;
  }
  return -1;
}

function noteExtra(
  view: DataView,
  fields: EntryFields,
  { keyAt, valueAt, next }: { keyAt: number; valueAt: number; next: number },
): void {
  fields.extraStarts[fields.extraCount] = keyAt;
  fields.extraCount += 1;
  // "crc", a string of four bytes.
  const isLong = valueAt - keyAt === 7 && next - valueAt === 9;
  if (!isLong || view.getUint8(valueAt) !== tag.string) return;
  if (view.getUint16(keyAt + 4, true) !== 0x7263 || view.getUint8(keyAt + 6) !== 0x63) return;
  fields.checksumKeyAt = keyAt;
  fields.checksumAt = valueAt + 5;
}

function readNumbers(
  view: DataView,
  fields: EntryFields,
  { place, hasLatency }: { place: FramePlace; hasLatency: boolean },
): void {
  // Indexed by the table's own constants: the casts hold.
  const errStart = fields.start[field.err] as number;
  const errEnd = fields.end[field.err] as number;
  const negative = errEnd > errStart && view.getUint8(errStart) === 0x2d;
  const err = digits(view, { start: errStart + (negative ? 1 : 0), end: errEnd, max: errMax });
  if (err < 0) throw invalid(place, errStart, `err is not a number of at most ${errMax}`);
  // Not -0: to compare it with 0 would surprise.
  fields.err = negative && err > 0 ? -err : err;
  fields.latencyTicks = -1;
  if (!hasLatency) return;
  const start = fields.start[field.latencyTicks] as number;
  const end = fields.end[field.latencyTicks] as number;
  fields.latencyTicks = digits(view, { start, end, max: latencyTicksMax });
  if (fields.latencyTicks >= 0) return;
  throw invalid(place, start, `latency_ticks is not a number of 0 to ${latencyTicksMax}`);
}

/** The value of decimal digits, one at least and leading zeros allowed; -1 where it is none, or above `max`. */
function digits(
  view: DataView,
  { start, end, max }: { start: number; end: number; max: number },
): number {
  let value = end > start ? 0 : -1;
  for (let at = start; at < end; at++) {
    const digit = view.getUint8(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
    if (value > max) return -1;
  }
  return value;
}

function firstMissing(seen: number): string {
  return fieldNames.find((_, index) => (required & ~seen & (1 << index)) !== 0) ?? "field";
}

/** What is there before a cut frame is complete: that is kept by a repair. */
export function truncated({ at, entry, base }: FramePlace, problem: string): MsgError {
  const offset = base + at;
  return new MsgError(
    "CASSETTE_TRUNCATED",
    `cassette entry ${entry}, at byte ${offset}, is cut short: ${problem}; ` +
      `\`reprise cassette repair\` keeps the ${entry} entries before it, ${offset} bytes`,
    { entry, offset },
  );
}

export function invalid(place: FramePlace, at: number, problem: string): MsgError {
  const { entry } = place;
  const offset = place.base + at;
  const message = `cassette entry ${entry}, at byte ${offset}: ${problem}`;
  return new MsgError("CASSETTE_ENTRY_INVALID", message, { entry, offset });
}
