/** X07's matching: by lookup, or by transcript. The request is never compared. */
import { MsgError } from "@reprise/msg-core";
import type { Bucket } from "./buckets.js";
import type { EntryTable } from "./entry-table.js";
import type { MatchMode } from "./modes.js";

interface Wanted {
  readonly kind: string;
  readonly op: string;
  readonly key: string;
}

/** What has been replayed of a table. */
export interface Usage {
  /** Takes the next entry for these. Throws NO_MATCH, KIND_MISMATCH, OP_MISMATCH. */
  take(wanted: Wanted): number;
  isUsed(entry: number): boolean;
  use(entry: number): void;
  /** The entry at a transcript's cursor, or -1. */
  cursor(): number;
  /** Entries used by lookup. */
  usedCount(): number;
}

export function createUsage(table: EntryTable, matchMode: MatchMode): Usage {
  return matchMode === "lookup" ? createLookup(table) : createTranscript(table);
}

function createLookup(table: EntryTable): Usage {
  const used = new Uint8Array(table.count);
  const heads = new Map<Bucket, number>();
  let usedCount = 0;
  const use = (entry: number): void => {
    if (used[entry] === 1) return;
    used[entry] = 1;
    usedCount += 1;
  };
  return {
    take(wanted) {
      const entry = nextInBucket(table, { used, heads }, wanted);
      use(entry);
      return entry;
    },
    isUsed: (entry) => used[entry] === 1,
    use,
    cursor: () => -1,
    usedCount: () => usedCount,
  };
}

function createTranscript(table: EntryTable): Usage {
  let cursor = 0;
  return {
    take(wanted) {
      cursor += 1;
      return nextInTranscript(table, cursor - 1, wanted);
    },
    isUsed: (entry) => entry < cursor,
    use(entry) {
      cursor = entry + 1;
    },
    cursor: () => (cursor < table.count ? cursor : -1),
    usedCount: () => 0,
  };
}

interface Marks {
  readonly used: Uint8Array;
  /** Where to look next in each bucket. */
  readonly heads: Map<Bucket, number>;
}

/** The earliest unused entry of a kind, op and key. Throws NO_MATCH. */
function nextInBucket(table: EntryTable, marks: Marks, wanted: Wanted): number {
  const { kind, op, key } = wanted;
  const bucket = table.bucket(kind, op, key);
  let entry = bucket === undefined ? -1 : (marks.heads.get(bucket) ?? bucket.first);
  // Each entry is passed over once in a session's life.
  while (entry >= 0 && marks.used[entry] === 1) entry = table.nextInBucket(entry);
  if (bucket !== undefined) marks.heads.set(bucket, entry);
  if (entry >= 0) return entry;
  const held = bucket === undefined ? "none" : `${bucket.count}, all used`;
  throw new MsgError(
    "NO_MATCH",
    `the cassette has no unused entry for ${op} of ${key} (it holds ${held})`,
  );
}

/** The entry at `cursor`, which the caller has moved on already. Throws NO_MATCH, KIND_MISMATCH, OP_MISMATCH. */
function nextInTranscript(
  table: EntryTable,
  cursor: number,
  { kind, op }: Pick<Wanted, "kind" | "op">,
): number {
  if (cursor >= table.count) {
    const message = `the cassette ends after ${table.count} entries; ${op} was asked for next`;
    throw new MsgError("NO_MATCH", message);
  }
  const recorded = table.bucketOf(cursor);
  const details = { entry: cursor, offset: table.offset(cursor) };
  if (recorded.kind !== kind) {
    const message = `cassette entry ${cursor} is of kind ${recorded.kind}, ${kind} was asked for`;
    throw new MsgError("KIND_MISMATCH", message, details);
  }
  if (recorded.op !== op) {
    const message = `cassette entry ${cursor} is ${recorded.op}, ${op} was asked for`;
    throw new MsgError("OP_MISMATCH", message, details);
  }
  return cursor;
}
