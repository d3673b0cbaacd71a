/**
 * Entries by kind, op and key. A cassette has few such triples and many entries, so a triple is
 * recognised by comparing bytes with those of the triples seen last; strings are made once for each.
 */
import { type EntryFields, field } from "./entry-scan.js";

/** The entries of one kind, op and key. */
export interface Bucket {
  readonly id: number;
  readonly kind: string;
  readonly op: string;
  readonly key: string;
  /** The first entry and the last one so far. */
  readonly first: number;
  last: number;
  count: number;
}

export interface Buckets {
  /** The bucket of the scanned entry; a new one if it is the first of its triple. */
  of(fields: EntryFields, entry: number): Bucket;
  named(kind: string, op: string, key: string): Bucket | undefined;
  byId(id: number): Bucket;
}

/** Triples compared byte by byte before the map of all is asked. */
const recentMax = 4;
const parts: readonly number[] = [field.op, field.key, field.kind];

interface Recent {
  readonly bucket: Bucket;
  readonly bytes: readonly Uint8Array[];
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `invalid` is called, and must throw, where a name is not UTF-8. */
export function createBuckets(bytes: Uint8Array, invalid: (entry: number) => never): Buckets {
  const all: Bucket[] = [];
  const byName = new Map<string, Bucket>();
  const recents: Recent[] = [];

  const create = (fields: EntryFields, entry: number): Bucket => {
    const spelt = parts.map((part) => {
      // Both are there for every part: the casts hold.
      return bytes.subarray(fields.start[part] as number, fields.end[part] as number);
    });
    const [op = "", key = "", kind = ""] = spelt.map((part) => decode(part, entry, invalid));
    const name = nameOf(kind, op, key);
    let bucket = byName.get(name);
    if (bucket === undefined) {
      bucket = { id: all.length, kind, op, key, first: entry, last: -1, count: 0 };
      all.push(bucket);
      byName.set(name, bucket);
    }
    recents.unshift({ bucket, bytes: spelt });
    recents.length = Math.min(recents.length, recentMax);
    return bucket;
  };

  return {
    of(fields, entry) {
      for (const recent of recents) {
        if (isSame(bytes, fields, recent)) return recent.bucket;
      }
      return create(fields, entry);
    },
    named: (kind, op, key) => byName.get(nameOf(kind, op, key)),
    // Ids are handed out by this module only: the cast holds.
    byId: (id) => all[id] as Bucket,
  };
}

/** The lengths keep `("a","bc")` and `("ab","c")` apart. */
function nameOf(kind: string, op: string, key: string): string {
  return `${kind.length} ${op.length} ${kind}${op}${key}`;
}

function isSame(bytes: Uint8Array, fields: EntryFields, recent: Recent): boolean {
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as number;
    const known = recent.bytes[index] as Uint8Array;
    const start = fields.start[part] as number;
    const length = (fields.end[part] as number) - start;
    if (length !== known.length) return false;
    // From the end: operations of one driver differ there.
    for (let at = length - 1; at >= 0; at--) {
      if (bytes[start + at] !== known[at]) return false;
    }
  }
  return true;
}

function decode(bytes: Uint8Array, entry: number, invalid: (entry: number) => never): string {
  try {
    return utf8.decode(bytes);
  } catch {
    return invalid(entry);
  }
}
