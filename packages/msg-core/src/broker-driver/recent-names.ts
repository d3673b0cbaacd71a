/** The last so many names, to know one again: the oldest is forgotten first. */
export interface RecentNames {
  /** Whether it was there before. */
  add(name: string): boolean;
  has(name: string): boolean;
  delete(name: string): void;
}

export function createRecentNames(max: number): RecentNames {
  const names = new Set<string>();
  return {
    add(name) {
      if (names.has(name)) return true;
      if (names.size >= max) {
        // A set goes through its members in the order in which they came.
        for (const oldest of names) {
          names.delete(oldest);
          break;
        }
      }
      names.add(name);
      return false;
    },
    has: (name) => names.has(name),
    delete(name) {
      names.delete(name);
    },
  };
}
