/** The entries of a table by kind, op and key. */
import type { Triple } from "./triples.js";

/** The entries of one kind, op and key. */
export interface Bucket extends Triple {
  /** From 0, in the order of their first entries. */
  readonly id: number;
  /** The first entry and the last one so far. */
  readonly first: number;
  last: number;
  count: number;
}

export interface Buckets {
  /** The bucket of the triple; a new one, which begins with `entry`, if there is none. */
  of(triple: Triple, entry: number): Bucket;
  named(kind: string, op: string, key: string): Bucket | undefined;
  byId(id: number): Bucket;
  /** How many there are. */
  count(): number;
}

export function createBuckets(): Buckets {
  const all: Bucket[] = [];
  const byName = new Map<string, Bucket>();
  return {
    of({ kind, op, key }, entry) {
      const name = nameOf(kind, op, key);
      const known = byName.get(name);
      if (known !== undefined) return known;
      const bucket = { id: all.length, kind, op, key, first: entry, last: -1, count: 0 };
      all.push(bucket);
      byName.set(name, bucket);
      return bucket;
    },
    named: (kind, op, key) => byName.get(nameOf(kind, op, key)),
    // Ids are handed out by this module only: the cast holds.
    byId: (id) => all[id] as Bucket,
    count: () => all.length,
  };
}

/** The lengths keep `("a","bc")` and `("ab","c")` apart. */
function nameOf(kind: string, op: string, key: string): string {
  return `${kind.length} ${op.length} ${kind}${op}${key}`;
}
