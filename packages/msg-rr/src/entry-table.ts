/**
 * A loaded cassette: one pass over the bytes, which stay where they are, and a row of numbers for
 * each entry in one typed array. Nothing is allocated per entry, so a million entries cost a million
 * times what one does. Entries of equal kind, op and key are chained in file order, which is what
 * lets matching take constant time.
 */
import { type Bucket, type Buckets, createBuckets } from "./buckets.js";
import { type Budgets, checkBudget, checkEntryBudgets } from "./budgets.js";
import { type Source, sliceOf, sourceOf } from "./bytes.js";
import { type CassetteEntry, checksumExtra, entryOf } from "./cassette-entry.js";
import { type Checksum, checkChecksum, entryChecksum } from "./checksum.js";
import { field, newEntryFields } from "./entry-fields.js";
import { frameEnd, scanEntry } from "./entry-scan.js";
import { createTriples } from "./triples.js";

/** Entries are numbered from 0. A number that is none of them is a RangeError. */
export interface EntryTable {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Entries that carry a checksum, all of them verified. */
  readonly checksummed: number;
  /** The first entry that carries none, or -1. */
  readonly firstUnsealed: number;
  /** The checksum to continue from; 0 if no entry has one. */
  readonly lastChecksum: number;
  /** The entries of one kind, op and key; undefined if there are none. */
  bucket(kind: string, op: string, key: string): Bucket | undefined;
  bucketOf(entry: number): Bucket;
  /** How many buckets there are: their ids are below. */
  bucketCount(): number;
  /** The entry after this one in its bucket, or -1. */
  nextInBucket(entry: number): number;
  /** The byte at which the entry's frame begins. */
  offset(entry: number): number;
  req(entry: number): Uint8Array;
  resp(entry: number): Uint8Array;
  err(entry: number): number;
  /** Microseconds, or undefined. */
  latencyTicks(entry: number): number | undefined;
  entry(entry: number): CassetteEntry;
}

export interface LoadOptions {
  readonly budgets: Budgets;
  readonly checksum: Checksum;
}

/** The columns of a row. Offsets are into the cassette. */
const column = {
  frame: 0,
  reqStart: 1,
  reqEnd: 2,
  respStart: 3,
  respEnd: 4,
  err: 5,
  latencyTicks: 6,
  bucket: 7,
  next: 8,
  /** Where the checksum's key begins if there is no other key of its kind; -1: no such key; -2: scan. */
  extra: 9,
} as const;
const columnCount = 10;
const noExtra = -1;
const otherExtra = -2;
/** Rows to begin with; when they are full, it is known how large entries are. */
const firstRows = 64;
/** At most so many times as many at once: small entries may be followed by large ones. */
const growthMax = 8;

/** What a pass over the cassette finds. */
interface Loaded {
  readonly rows: Float64Array;
  readonly buckets: Buckets;
  readonly count: number;
  readonly checksummed: number;
  readonly firstUnsealed: number;
  readonly lastChecksum: number;
}

/**
 * Loads a cassette. Throws, at the first entry that is wrong: CASSETTE_TRUNCATED,
 * CASSETTE_ENTRY_INVALID, CASSETTE_CHECKSUM, or the code of the budget it is over.
 */
export function loadEntryTable(bytes: Uint8Array, options: LoadOptions): EntryTable {
  checkBudget(options.budgets, { budget: "maxCassetteBytes", actual: bytes.length });
  const source = sourceOf(bytes);
  return tableOf(source, load(source, options));
}

function load(source: Source, { budgets, checksum }: LoadOptions): Loaded {
  const { bytes, view, buffer, byteOffset } = source;
  const summed = { buffer, byteOffset, checksum };
  const fields = newEntryFields();
  const { start, end } = fields;
  const buckets = createBuckets();
  const triples = createTriples(buckets.of);
  const place = { at: 0, entry: 0, base: 0 };
  let rows = new Float64Array(firstRows * columnCount);
  let checksummed = 0;
  let firstUnsealed = -1;
  let lastChecksum = 0;
  let count = 0;
  while (place.at < bytes.length) {
    if (count >= budgets.maxEntries) {
      // The frame comes first: a file that is cut short is told of as that.
      frameEnd(view, place);
      checkBudget(budgets, { budget: "maxEntries", actual: count + 1 });
    }
    const next = scanEntry(view, place, fields);
    if (fields.checksumAt >= 0) {
      const computed = entryChecksum(summed, fields, lastChecksum);
      checkChecksum(place, { stored: view.getUint32(fields.checksumAt, true), computed });
      lastChecksum = computed;
      checksummed += 1;
    } else if (firstUnsealed < 0) firstUnsealed = count;
    const bucket = triples.of(source, fields, place);
    // Indexed by the scan's own constants: the casts hold.
    const req = start[field.req] as number;
    const reqEnd = end[field.req] as number;
    const resp = start[field.resp] as number;
    const respEnd = end[field.resp] as number;
    const key = (end[field.key] as number) - (start[field.key] as number);
    checkEntryBudgets(budgets, { req: reqEnd - req, resp: respEnd - resp, key }, count);
    const row = count * columnCount;
    if (row === rows.length) rows = grown(rows, place.at / bytes.length);
    rows[row + column.frame] = place.at;
    rows[row + column.reqStart] = req;
    rows[row + column.reqEnd] = reqEnd;
    rows[row + column.respStart] = resp;
    rows[row + column.respEnd] = respEnd;
    rows[row + column.err] = fields.err;
    rows[row + column.latencyTicks] = fields.latencyTicks;
    rows[row + column.bucket] = bucket.id;
    rows[row + column.next] = -1;
    rows[row + column.extra] = extraColumn(fields);
    if (bucket.last >= 0) rows[bucket.last * columnCount + column.next] = count;
    bucket.last = count;
    bucket.count += 1;
    count += 1;
    place.at = next;
    place.entry = count;
  }
  return { rows, buckets, count, checksummed, firstUnsealed, lastChecksum };
}

function extraColumn(fields: { extraCount: number; checksumKeyAt: number }): number {
  if (fields.extraCount === 0) return noExtra;
  return fields.extraCount === 1 && fields.checksumKeyAt >= 0 ? fields.checksumKeyAt : otherExtra;
}

/** More rows, for all of the cassette if it goes on as it began; `part` of it is read. */
function grown(rows: Float64Array<ArrayBuffer>, part: number): Float64Array<ArrayBuffer> {
  const count = rows.length / columnCount;
  const expected = Math.ceil((count / part) * 1.1);
  const larger = Math.max(2 * count, Math.min(expected, growthMax * count));
  const all = new Float64Array(larger * columnCount);
  all.set(rows);
  return all;
}

function tableOf(source: Source, { rows, buckets, count, ...sums }: Loaded): EntryTable {
  const { bytes, view } = source;
  const fields = newEntryFields();
  const cell = (entry: number, which: number): number => {
    if (!(entry >= 0 && entry < count)) throw new RangeError(`no entry ${entry} of ${count}`);
    return rows[entry * columnCount + which] as number;
  };
  const part = (entry: number, from: number): Uint8Array =>
    sliceOf(source, cell(entry, from), cell(entry, from + 1));
  return {
    bytes,
    count,
    ...sums,
    bucket: buckets.named,
    bucketOf: (entry) => buckets.byId(cell(entry, column.bucket)),
    bucketCount: buckets.count,
    nextInBucket: (entry) => cell(entry, column.next),
    offset: (entry) => cell(entry, column.frame),
    req: (entry) => part(entry, column.reqStart),
    resp: (entry) => part(entry, column.respStart),
    err: (entry) => cell(entry, column.err),
    latencyTicks(entry) {
      const ticks = cell(entry, column.latencyTicks);
      return ticks < 0 ? undefined : ticks;
    },
    entry(entry) {
      const extraAt = cell(entry, column.extra);
      const bucket = buckets.byId(cell(entry, column.bucket));
      if (extraAt === otherExtra) {
        scanEntry(view, { at: cell(entry, column.frame), entry, base: 0 }, fields);
        return entryOf(source, fields, bucket);
      }
      const { kind, op, key } = bucket;
      const req = part(entry, column.reqStart);
      const resp = part(entry, column.respStart);
      const err = cell(entry, column.err);
      const extra = extraAt === noExtra ? [] : checksumExtra(source, extraAt);
      const latencyTicks = cell(entry, column.latencyTicks);
      if (latencyTicks < 0) return { kind, op, key, req, resp, err, extra };
      return { kind, op, key, req, resp, err, latencyTicks, extra };
    },
  };
}
