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
  const find = createFinder(table);
  let usedCount = 0;
  const use = (entry: number): void => {
    if (used[entry] === 1) return;
    used[entry] = 1;
    usedCount += 1;
  };
  return {
    take(wanted) {
      const head = find(wanted);
      const entry = head === undefined ? -1 : nextUnused(table, used, head);
      if (entry < 0) throw noMatch(wanted, head?.bucket);
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

/** Where to look next in a bucket. */
interface Head {
  readonly bucket: Bucket;
  entry: number;
}

/** The last ones asked for, by the very strings they were asked with. */
const recentMax = 8;

interface Recent extends Wanted {
  readonly head: Head;
}

/** The head of the bucket of a kind, op and key, in constant time; undefined if there is no such. */
function createFinder(table: EntryTable): (wanted: Wanted) => Head | undefined {
  const heads: (Head | undefined)[] = new Array(table.bucketCount()).fill(undefined);
  const recents: Recent[] = [];
  return ({ kind, op, key }) => {
    for (let index = 0; index < recents.length; index++) {
      // Within bounds: the cast holds.
      const recent = recents[index] as Recent;
      if (recent.op === op && recent.key === key && recent.kind === kind) return recent.head;
    }
    const bucket = table.bucket(kind, op, key);
    if (bucket === undefined) return undefined;
    const head = heads[bucket.id] ?? { bucket, entry: bucket.first };
    heads[bucket.id] = head;
    recents.unshift({ kind, op, key, head });
    recents.length = Math.min(recents.length, recentMax);
    return head;
  };
}

/** The earliest unused entry of a bucket, or -1. Each entry is passed over once in a session's life. */
function nextUnused(table: EntryTable, used: Uint8Array, head: Head): number {
  let { entry } = head;
  while (entry >= 0 && used[entry] === 1) entry = table.nextInBucket(entry);
  head.entry = entry;
  return entry;
}

function noMatch({ op, key }: Wanted, bucket: Bucket | undefined): MsgError {
  const held = bucket === undefined ? "none" : `${bucket.count}, all used`;
  return new MsgError(
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
