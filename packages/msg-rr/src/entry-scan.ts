/**
 * Reading one frame of a cassette without building anything: where its fields are. Loading a
 * cassette is this, once for each entry, so nothing is allocated here.
 */
import { MsgError } from "@reprise/msg-core";
import { documentDepthMax, tag } from "./document.js";

/** The format's own fields, in the order of their names. */
export const field: {
  readonly err: 0;
  readonly key: 1;
  readonly kind: 2;
  readonly latencyTicks: 3;
  readonly op: 4;
  readonly req: 5;
  readonly resp: 6;
} = { err: 0, key: 1, kind: 2, latencyTicks: 3, op: 4, req: 5, resp: 6 };

const fieldNames = ["err", "key", "kind", "latency_ticks", "op", "req", "resp"];
const fieldCount = fieldNames.length;
const required = 0b1110111;
const errMax = 2147483647;
const latencyTicksMax = 4294967295;

/** Offsets into the scanned bytes. One object is used again and again. */
export interface EntryFields {
  /** Where each field's text or bytes begin and end, by `field`. */
  readonly start: Uint32Array;
  readonly end: Uint32Array;
  err: number;
  /** -1 for none. */
  latencyTicks: number;
  /** Where the map's first key begins, and where the frame ends. */
  mapStart: number;
  frameEnd: number;
  /** Where the checksum's key begins, and its four bytes; -1 for none. */
  checksumKeyAt: number;
  checksumAt: number;
  /** Where the keys begin that are not the format's own; the checksum's is one of them. */
  extraCount: number;
  readonly extraStarts: number[];
}

export function newEntryFields(): EntryFields {
  return {
    start: new Uint32Array(fieldCount),
    end: new Uint32Array(fieldCount),
    err: 0,
    latencyTicks: -1,
    mapStart: 0,
    frameEnd: 0,
    checksumKeyAt: -1,
    checksumAt: -1,
    extraCount: 0,
    extraStarts: [],
  };
}

/** Which frame this is and where it begins: for the error. */
export interface FramePlace {
  readonly at: number;
  readonly entry: number;
}

/**
 * Scans the frame at `place.at` and returns where the next one begins. Throws CASSETTE_TRUNCATED
 * where the frame is cut short, CASSETTE_ENTRY_INVALID for anything else that is wrong with it.
 */
export function scanEntry(view: DataView, place: FramePlace, fields: EntryFields): number {
  const end = frameEnd(view, place);
  const start = place.at + 4;
  if (end - start < 6 || view.getUint16(start, true) !== (1 | (tag.map << 8))) {
    throw invalid(place, start, "payload is not an ok document that holds a map");
  }
  const count = view.getUint32(start + 2, true);
  fields.mapStart = start + 6;
  fields.frameEnd = end;
  fields.latencyTicks = -1;
  fields.checksumKeyAt = -1;
  fields.checksumAt = -1;
  fields.extraCount = 0;
  let seen = 0;
  let at = fields.mapStart;
  let previousAt = -1;
  for (let index = 0; index < count; index++) {
    const nameEnd = textEnd(view, at, end);
    if (nameEnd < 0) throw invalid(place, at, "a key runs past the end");
    if (previousAt >= 0 && !ascends(view, previousAt, at)) {
      throw invalid(place, at, "map keys are not strictly ascending");
    }
    previousAt = at;
    const known = fieldAt(view, at + 4, nameEnd - at - 4);
    const next = valueEnd(view, nameEnd, end, 1);
    if (next < 0) throw invalid(place, nameEnd, "a value is not well-formed");
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
  if ((seen & required) !== required) throw invalid(place, start, `no ${firstMissing(seen)}`);
  readNumbers(view, fields, { place, hasLatency: (seen & (1 << field.latencyTicks)) !== 0 });
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

/** Which of the format's fields the name at `at` is, or -1. The first two letters tell them apart. */
function fieldAt(view: DataView, at: number, length: number): number {
  if (length < 2) return -1;
  const first = view.getUint8(at);
  const second = view.getUint8(at + 1);
  for (let candidate = 0; candidate < fieldCount; candidate++) {
    // `candidate` is an index of the table: the cast holds.
    const letters = spelt[candidate] as number[];
    if (letters[0] !== first || letters[1] !== second || letters.length !== length) continue;
    let index = 2;
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
  if (valueAt - keyAt !== 7 || next - valueAt !== 9 || view.getUint8(valueAt) !== tag.string)
    return;
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
  const err = digits(view, errStart + (negative ? 1 : 0), errEnd);
  if (err < 0 || err > errMax) throw invalid(place, errStart, "err is not a number of 31 bits");
  fields.err = negative ? -err : err;
  if (!hasLatency) return;
  const start = fields.start[field.latencyTicks] as number;
  const ticks = digits(view, start, fields.end[field.latencyTicks] as number);
  if (ticks < 0 || ticks > latencyTicksMax) {
    throw invalid(place, start, "latency_ticks is not a number of 32 bits");
  }
  fields.latencyTicks = ticks;
}

/** The value of 1 to 64 decimal digits, or -1. */
function digits(view: DataView, start: number, end: number): number {
  if (end <= start || end - start > 64) return -1;
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = view.getUint8(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

function firstMissing(seen: number): string {
  return fieldNames.find((_, index) => (required & ~seen & (1 << index)) !== 0) ?? "field";
}

function truncated(place: FramePlace, problem: string): MsgError {
  const message = `cassette entry ${place.entry}, at byte ${place.at}, is cut short: ${problem}`;
  return new MsgError("CASSETTE_TRUNCATED", message, { entry: place.entry, offset: place.at });
}

function invalid(place: FramePlace, offset: number, problem: string): MsgError {
  const message = `cassette entry ${place.entry}, at byte ${offset}: ${problem}`;
  return new MsgError("CASSETTE_ENTRY_INVALID", message, { entry: place.entry, offset });
}
