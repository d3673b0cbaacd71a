/** What the broker has delivered and no poll has taken: in the order in which it came, bounded. */
export interface Inbox<Item> {
  readonly size: number;
  add(item: Item): void;
  /** At most `count`, the oldest first. */
  take(count: number): readonly Item[];
  /** Removes what matches; gives what was removed. */
  remove(matches: (item: Item) => boolean): readonly Item[];
}

/** What has been taken from the front is given back to memory when it is so many. */
const compactAt = 1024;

export function createInbox<Item>(): Inbox<Item> {
  let items: Item[] = [];
  let start = 0;
  return {
    get size() {
      return items.length - start;
    },
    add(item) {
      items.push(item);
    },
    take(count) {
      const taken = items.slice(start, start + count);
      start += taken.length;
      if (start === items.length || start >= compactAt) {
        items = items.slice(start);
        start = 0;
      }
      return taken;
    },
    remove(matches) {
      const removed: Item[] = [];
      const kept: Item[] = [];
      for (let at = start; at < items.length; at++) {
        // Inside the array.
        const item = items[at] as Item;
        (matches(item) ? removed : kept).push(item);
      }
      items = kept;
      start = 0;
      return removed;
    },
  };
}
