/**
 * A loaded cassette: one pass over the bytes, which stay where they are, and a row of numbers for
 * each entry in one typed array. Nothing is allocated per entry, so a million entries cost a million
 * times what one does. Entries of equal kind, op and key are chained in file order, which is what
 * lets matching take constant time.
 */
import { MsgError } from "@reprise/msg-core";
import { type Bucket, createBuckets } from "./buckets.js";
import { type Budgets, checkBudget } from "./budgets.js";
import { type CassetteEntry, entryOf } from "./cassette-entry.js";
import { type Checksum, verifyChecksum } from "./checksum.js";
import { field, frameEnd, newEntryFields, scanEntry } from "./entry-scan.js";

export interface EntryTable {
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Entries that carry a checksum, all of them verified. */
  readonly checksummed: number;
  /** The checksum to continue from; 0 if no entry has one. */
  readonly lastChecksum: number;
  /** The entries of one kind, op and key; undefined if there are none. */
  bucket(kind: string, op: string, key: string): Bucket | undefined;
  bucketOf(entry: number): Bucket;
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

/** The columns of a row. */
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
} as const;
const columnCount = 9;
/** A first guess at an entry's size: the array doubles where it was too large. */
const entrySizeGuess = 512;

/**
 * Loads a cassette. Throws, at the first entry that is wrong: CASSETTE_TRUNCATED,
 * CASSETTE_ENTRY_INVALID, CASSETTE_CHECKSUM, or the code of the budget it is over.
 */
export function loadEntryTable(bytes: Uint8Array, { budgets, checksum }: LoadOptions): EntryTable {
  checkBudget(budgets, { budget: "maxCassetteBytes", actual: bytes.length });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = newEntryFields();
  const buckets = createBuckets(bytes, notUtf8);
  let rows = new Float64Array((16 + Math.floor(bytes.length / entrySizeGuess)) * columnCount);
  let count = 0;
  let checksummed = 0;
  let lastChecksum = 0;
  for (let at = 0; at < bytes.length; count++) {
    if (count >= budgets.maxEntries) {
      // The frame comes first: a file that is cut short is told of as that.
      frameEnd(view, { at, entry: count });
      checkBudget(budgets, { budget: "maxEntries", actual: count + 1 });
    }
    const next = scanEntry(view, { at, entry: count }, fields);
    if (fields.checksumAt >= 0) {
      lastChecksum = verifyChecksum(bytes, fields, { checksum, previous: lastChecksum, count });
      checksummed += 1;
    }
    const row = count * columnCount;
    if (row === rows.length) {
      const grown = new Float64Array(rows.length * 2);
      grown.set(rows);
      rows = grown;
    }
    const bucket = buckets.of(fields, count);
    const { start, end } = fields;
    rows[row + column.frame] = at;
    // Indexed by the scan's own constants: the casts hold.
    rows[row + column.reqStart] = start[field.req] as number;
    rows[row + column.reqEnd] = end[field.req] as number;
    rows[row + column.respStart] = start[field.resp] as number;
    rows[row + column.respEnd] = end[field.resp] as number;
    rows[row + column.err] = fields.err;
    rows[row + column.latencyTicks] = fields.latencyTicks;
    rows[row + column.bucket] = bucket.id;
    rows[row + column.next] = -1;
    checkSizes(budgets, rows, { row, count, bucket });
    if (bucket.last >= 0) rows[bucket.last * columnCount + column.next] = count;
    bucket.last = count;
    bucket.count += 1;
    at = next;
  }
  const cell = (entry: number, which: number): number => {
    if (entry < 0 || entry >= count) throw new RangeError(`no entry ${entry} of ${count}`);
    return rows[entry * columnCount + which] as number;
  };
  const part = (entry: number, from: number): Uint8Array => {
    const start = cell(entry, from);
    return new Uint8Array(bytes.buffer, bytes.byteOffset + start, cell(entry, from + 1) - start);
  };
  return {
    bytes,
    count,
    checksummed,
    lastChecksum,
    bucket: buckets.named,
    bucketOf: (entry) => buckets.byId(cell(entry, column.bucket)),
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
      scanEntry(view, { at: cell(entry, column.frame), entry }, fields);
      return entryOf(bytes, fields);
    },
  };
}

function checkSizes(
  budgets: Budgets,
  rows: Float64Array,
  { row, count, bucket }: { row: number; count: number; bucket: Bucket },
): void {
  // The row was just written: the casts hold.
  const width = (from: number): number =>
    (rows[row + from + 1] as number) - (rows[row + from] as number);
  const req = width(column.reqStart);
  const resp = width(column.respStart);
  if (req > budgets.maxReqBytes) {
    checkBudget(budgets, { budget: "maxReqBytes", actual: req, entry: count });
  }
  if (resp > budgets.maxRespBytes) {
    checkBudget(budgets, { budget: "maxRespBytes", actual: resp, entry: count });
  }
  if (bucket.count === 0) {
    const actual = utf8Length(bucket.key);
    checkBudget(budgets, { budget: "maxKeyBytes", actual, entry: count });
  }
}

const encoder = new TextEncoder();

/** The bytes that `text` takes: keys are measured in bytes. */
export function utf8Length(text: string): number {
  return encoder.encode(text).length;
}

function notUtf8(entry: number): never {
  const message = `cassette entry ${entry}: kind, op or key is not UTF-8`;
  throw new MsgError("CASSETTE_ENTRY_INVALID", message, { entry });
}
