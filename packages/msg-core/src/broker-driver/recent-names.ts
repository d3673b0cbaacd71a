/**
 * The last names at least, to know one again: two sets take turns, so that nothing is ever searched
 * for what is the oldest. When the younger is full, the elder goes.
 */
export interface RecentNames {
  readonly isEmpty: boolean;
  /** Whether it was there before. */
  add(name: string): boolean;
  has(name: string): boolean;
  delete(name: string): void;
}

/** Remembers the last `count` names, and at most twice as many. */
export function createRecentNames(count: number): RecentNames {
  let young = new Set<string>();
  let elder = new Set<string>();
  const has = (name: string): boolean => young.has(name) || elder.has(name);
  return {
    get isEmpty() {
      return young.size === 0 && elder.size === 0;
    },
    add(name) {
      if (has(name)) return true;
      if (young.size >= count) {
        elder = young;
        young = new Set();
      }
      young.add(name);
      return false;
    },
    has,
    delete(name) {
      young.delete(name);
      elder.delete(name);
    },
  };
}
