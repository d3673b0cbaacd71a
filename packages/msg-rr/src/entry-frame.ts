/**
 * Writing the frame of an entry: checked and measured first, then written in one go, field by field
 * in the order of their names, keys of the writer's own between them.
 */
import { MsgError } from "@reprise/msg-core";
import { cassetteBytesMax } from "./budgets.js";
import { compareBytes, concat, isBytes, writeBytes } from "./bytes.js";
import type { CassetteEntry, ExtraField } from "./cassette-entry.js";
import { encodeValue, tag } from "./document.js";
import { errMax, field, fieldNames, latencyTicksMax } from "./entry-fields.js";

/** A frame that can be written: nothing is wrong with it any more. */
export interface FramePlan {
  /** Of the whole frame, its length field included. */
  readonly size: number;
  /** By `field`: what stands in the value; undefined where the entry has none. */
  readonly values: readonly (Uint8Array | undefined)[];
  readonly keyCount: number;
  /** Keys that are not the format's, in order. */
  readonly extras: readonly PlannedExtra[];
}

interface PlannedExtra {
  readonly key: Uint8Array;
  /** With its tag. */
  readonly value: Uint8Array;
}

const text = new TextEncoder();
const escaped = new TextDecoder("utf-8", { ignoreBOM: true });
/** The name of the checksum's key. */
const checksumKey: Uint8Array = text.encode("crc");
/** A string of four bytes, which the seal fills in. */
const unsealed: PlannedExtra = {
  key: checksumKey,
  value: Uint8Array.of(tag.string, 4, 0, 0, 0, 0, 0, 0, 0),
};
const names: readonly Uint8Array[] = fieldNames.map((name) => text.encode(name));
/** What stands before each field's length: `len+name` and the tag. */
const heads: readonly Uint8Array[] = names.map((name, which) => {
  const isNumber = which === field.err || which === field.latencyTicks;
  return Uint8Array.of(name.length, 0, 0, 0, ...name, isNumber ? tag.number : tag.string);
});
const root = 1 | (tag.map << 8);
/** The frame's length, the root's two bytes, the count of keys. */
const frameHeadSize = 10;

/** The frame of `entry`, length prefix included. Throws CASSETTE_ENTRY_INVALID. */
export function encodeCassetteEntry(entry: CassetteEntry): Uint8Array {
  const plan = planFrame(entry, plannedExtras(entry.extra));
  const bytes = new Uint8Array(plan.size);
  writeFrame({ bytes, view: new DataView(bytes.buffer) }, 0, plan);
  return bytes;
}

/**
 * A plan with room for a checksum; one that the entry carries already, as an entry that was read
 * does, is left out. Throws CASSETTE_ENTRY_INVALID.
 */
export function planSealedFrame(entry: CassetteEntry): FramePlan {
  if (entry.extra.length === 0) return planFrame(entry, [unsealed]);
  const others = entry.extra.filter(([key]) => compareBytes(key, checksumKey) !== 0);
  return planFrame(entry, [...plannedExtras(others), unsealed].sort(byKey));
}

function plannedExtras(extra: readonly ExtraField[]): readonly PlannedExtra[] {
  if (extra.length === 0) return [];
  const planned = extra.map(([key, value]) => {
    const parts: Uint8Array[] = [];
    encodeValue(value, 1, parts);
    return { key, value: concat(parts) };
  });
  return planned.sort(byKey);
}

function byKey(left: PlannedExtra, right: PlannedExtra): number {
  return compareBytes(left.key, right.key);
}

function planFrame(entry: CassetteEntry, extras: readonly PlannedExtra[]): FramePlan {
  checkNumbers(entry);
  const { err, key, kind, latencyTicks, op, req, resp } = entry;
  const values = [
    knownBytes("err", String(err)),
    knownBytes("key", key),
    knownBytes("kind", kind),
    latencyTicks === undefined ? undefined : text.encode(String(latencyTicks)),
    knownBytes("op", op),
    checkedBytes("req", req),
    checkedBytes("resp", resp),
  ];
  checkExtras(extras);
  let size = frameHeadSize;
  let keyCount = extras.length;
  for (let which = 0; which < values.length; which++) {
    const value = values[which];
    if (value === undefined) continue;
    // There is a head for each field: the cast holds.
    size += (heads[which] as Uint8Array).length + 4 + value.length;
    keyCount += 1;
  }
  for (const extra of extras) size += 4 + extra.key.length + extra.value.length;
  if (size > cassetteBytesMax) throw invalid(`${size} bytes, at most ${cassetteBytesMax}`);
  return { size, values, keyCount, extras };
}

function checkNumbers({ err, latencyTicks }: CassetteEntry): void {
  if (!Number.isInteger(err) || Math.abs(err) > errMax) {
    throw invalid(`err is ${err}, expected a whole number of at most ${errMax}`);
  }
  if (latencyTicks === undefined) return;
  if (!Number.isInteger(latencyTicks) || latencyTicks < 0 || latencyTicks > latencyTicksMax) {
    throw invalid(`latency_ticks is ${latencyTicks}, expected 0 to ${latencyTicksMax}`);
  }
}

function checkExtras(extras: readonly PlannedExtra[]): void {
  if (extras.length === 1 && extras[0] === unsealed) return;
  for (let index = 0; index < extras.length; index++) {
    // Within bounds: the cast holds.
    const { key } = extras[index] as PlannedExtra;
    const next = extras[index + 1];
    const isTwice = next !== undefined && compareBytes(key, next.key) === 0;
    if (isTwice || names.some((name) => compareBytes(name, key) === 0)) {
      throw invalid(`key ${JSON.stringify(escaped.decode(key))} is there twice`);
    }
  }
}

function checkedBytes(name: string, value: Uint8Array): Uint8Array {
  if (isBytes(value)) return value;
  throw invalid(`${name} is ${typeof value}, expected a Uint8Array`);
}

/** Kinds, operations and endpoints come again with every entry: their bytes are remembered. */
const known = new Map<string, Uint8Array>();
const knownMax = 256;
const knownLengthMax = 128;

function knownBytes(name: string, value: string): Uint8Array {
  const bytes = known.get(value);
  if (bytes !== undefined) return bytes;
  if (typeof value !== "string") throw invalid(`${name} is ${typeof value}, expected a string`);
  if (!value.isWellFormed()) throw invalid(`${name} has a lone surrogate`);
  const encoded = text.encode(value);
  if (value.length <= knownLengthMax) {
    if (known.size >= knownMax) known.clear();
    known.set(value, encoded);
  }
  return encoded;
}

/** Where to write. `view` is of all of `bytes`. */
export interface FrameSpace {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/**
 * Writes the frame from `at` on, where `plan.size` bytes are free. Returns where the checksum's key
 * begins, or -1 if there is none.
 */
export function writeFrame({ bytes, view }: FrameSpace, at: number, plan: FramePlan): number {
  const { size, values, keyCount, extras } = plan;
  view.setUint32(at, size - 4, true);
  view.setUint16(at + 4, root, true);
  view.setUint32(at + 6, keyCount, true);
  let offset = at + frameHeadSize;
  let checksumKeyAt = -1;
  let next = 0;
  for (let which = 0; which <= values.length; which++) {
    for (let extra = extras[next]; extra !== undefined; extra = extras[next]) {
      // Behind the last field come all that are left.
      const name = names[which];
      if (name !== undefined && compareBytes(extra.key, name) > 0) break;
      if (extra === unsealed) checksumKeyAt = offset;
      view.setUint32(offset, extra.key.length, true);
      offset = writeBytes(bytes, offset + 4, extra.key);
      offset = writeBytes(bytes, offset, extra.value);
      next += 1;
    }
    const value = values[which];
    if (value === undefined) continue;
    // A value has its field: the cast holds.
    offset = writeBytes(bytes, offset, heads[which] as Uint8Array);
    view.setUint32(offset, value.length, true);
    offset = writeBytes(bytes, offset + 4, value);
  }
  return checksumKeyAt;
}

function invalid(problem: string): MsgError {
  return new MsgError("CASSETTE_ENTRY_INVALID", `cassette entry: ${problem}`);
}
