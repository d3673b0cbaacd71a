/**
 * The fast way through an entry as a writer of messages gives it: the format's own keys, and before
 * them the checksum or nothing.
 *
 * ```
 *  03 00 00 00 "crc"  03 04 00 00 00 xxxx             optional
 *  03 00 00 00 "err"  02 len+text
 *  03 00 00 00 "key"  03 len+bytes
 *  04 00 00 00 "kind" 03 len+bytes
 *  0d 00 00 00 "latency_ticks" 02 len+text            optional
 *  02 00 00 00 "op"   03 len+bytes
 *  03 00 00 00 "req"  03 len+bytes
 *  04 00 00 00 "resp" 03 len+bytes
 * ```
 *
 * It refuses nothing: where an entry looks otherwise it says so, and the scan reads it from its start.
 */
import { tag } from "./document.js";
import { type EntryFields, field, fieldNames } from "./entry-fields.js";

/** One key: names are compared by their first four bytes, as a little-endian word. */
interface Key {
  readonly which: number;
  readonly nameLength: number;
  readonly word: number;
  /** Of the word's bytes, those that are the name's. */
  readonly mask: number;
  readonly tag: number;
}

const timed: readonly Key[] = fieldNames.map((name, which) => ({
  which,
  nameLength: name.length,
  word: Array.from(name.slice(0, 4)).reduce(
    (word, letter, index) => word | (letter.charCodeAt(0) << (8 * index)),
    0,
  ),
  mask: name.length < 4 ? (1 << (8 * name.length)) - 1 : -1,
  tag: which === field.err || which === field.latencyTicks ? tag.number : tag.string,
}));
const untimed: readonly Key[] = timed.filter(({ which }) => which !== field.latencyTicks);
/** What names, tags and lengths take. */
const sizeOf = (keys: readonly Key[]): number =>
  keys.reduce((size, { nameLength }) => size + 4 + nameLength + 1 + 4, 0);
const timedSize = sizeOf(timed);
const untimedSize = sizeOf(untimed);
const checksumSize = 16;
/** "crc" and the tag of its value. */
const checksumWord = 0x63 | (0x72 << 8) | (0x63 << 16) | (tag.string << 24);
/** "ncy_", "tick", "s": what follows "late". */
const ncy = 0x5f79636e;
const tick = 0x6b636974;
const s = 0x73;
/** More digits than these are left to the scan, which knows the limits. */
const digitsMax = 9;

/**
 * Whether the map of `count` keys from `fields.mapStart` to `fields.frameEnd` is a plain entry; if
 * so, `fields` hold where its parts are.
 */
export function scanPlainEntry(view: DataView, count: number, fields: EntryFields): boolean {
  const { mapStart, frameEnd: end, start, end: ends } = fields;
  const sealed =
    end - mapStart > checksumSize && view.getInt32(mapStart + 4, true) === checksumWord;
  if (
    sealed &&
    (view.getUint32(mapStart, true) !== 3 || view.getUint32(mapStart + 8, true) !== 4)
  ) {
    return false;
  }
  const own = sealed ? count - 1 : count;
  const keys = own === timed.length ? timed : untimed;
  if (own !== keys.length) return false;
  let at = sealed ? mapStart + checksumSize : mapStart;
  // What the values may take: as long as it is not negative, no read below leaves the frame.
  let room = end - at - (keys === timed ? timedSize : untimedSize);
  if (room < 0) return false;
  for (let index = 0; index < keys.length; index++) {
    // Within bounds: the cast holds.
    const key = keys[index] as Key;
    const nameEnd = at + 4 + key.nameLength;
    const isNamed =
      view.getUint32(at, true) === key.nameLength &&
      (view.getInt32(at + 4, true) & key.mask) === key.word &&
      view.getUint8(nameEnd) === key.tag;
    if (!isNamed || (key.nameLength > 4 && !isLatency(view, at + 8))) return false;
    const size = view.getUint32(nameEnd + 1, true);
    room -= size;
    if (room < 0) return false;
    start[key.which] = nameEnd + 5;
    at = nameEnd + 5 + size;
    ends[key.which] = at;
  }
  if (room !== 0) return false;
  fields.err = fewDigits(view, fields, field.err);
  fields.latencyTicks = keys === timed ? fewDigits(view, fields, field.latencyTicks) : -1;
  if (fields.err < 0 || (keys === timed && fields.latencyTicks < 0)) return false;
  fields.extraCount = sealed ? 1 : 0;
  fields.checksumKeyAt = sealed ? mapStart : -1;
  fields.checksumAt = sealed ? mapStart + 12 : -1;
  if (sealed) fields.extraStarts[0] = mapStart;
  return true;
}

/** Whether the nine bytes at `at` are the rest of the one long name. */
function isLatency(view: DataView, at: number): boolean {
  return (
    view.getInt32(at, true) === ncy &&
    view.getInt32(at + 4, true) === tick &&
    view.getUint8(at + 8) === s
  );
}

/** The value of one to nine digits, or -1. */
function fewDigits(view: DataView, { start, end }: EntryFields, which: number): number {
  // `which` is one of `field`: the casts hold.
  const first = start[which] as number;
  const last = end[which] as number;
  if (last === first || last - first > digitsMax) return -1;
  let value = 0;
  for (let at = first; at < last; at++) {
    const digit = view.getUint8(at) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
