/**
 * What was seen and waits to be sent: between the bus, which must not wait, and the mirror's turns.
 * Bounded in items, in bytes and in items a second; what is beyond is left out and counted, and the
 * count stands at its place in the order.
 */
import { createRate } from "./rate.js";

export interface Feed<Item> {
  readonly length: number;
  /** All that was left out. */
  readonly missed: number;
  /** Whether there is room for one more now. If not, it is counted as missed. */
  hasRoom(nowMs: number): boolean;
  /** Takes an item, whatever the room. */
  add(item: Item, size: number): void;
  /** Counts one that comes now and cannot be added. */
  miss(): void;
  /** Counts one that was taken with `next` and cannot be sent. */
  spoil(): void;
  /** How many were left out since this was last asked, before the next item. */
  gap(): number;
  next(): Item | undefined;
  clear(): void;
}

export interface FeedLimits {
  readonly itemsMax: number;
  readonly bytesMax: number;
  readonly perSecondMax: number;
}

interface Waiting<Item> {
  readonly item: Item;
  readonly size: number;
  readonly missedBefore: number;
}

export function createFeed<Item>({ itemsMax, bytesMax, perSecondMax }: FeedLimits): Feed<Item> {
  const rate = createRate({ perSecond: perSecondMax, burst: perSecondMax });
  let waiting: Waiting<Item>[] = [];
  let head = 0;
  let bytes = 0;
  let missed = 0;
  /** Left out since the last item that was added. */
  let missedLately = 0;
  /** Taken since the last gap was told, and not sent. */
  let spoilt = 0;

  const clear = (): void => {
    waiting = [];
    head = 0;
    bytes = 0;
    missedLately = 0;
    spoilt = 0;
  };
  const miss = (): void => {
    missed += 1;
    missedLately += 1;
  };

  return {
    get length() {
      return waiting.length - head;
    },
    get missed() {
      return missed;
    },
    hasRoom(nowMs) {
      if (waiting.length - head < itemsMax && bytes < bytesMax && rate.take(nowMs)) return true;
      miss();
      return false;
    },
    add(item, size) {
      waiting.push({ item, size, missedBefore: missedLately });
      bytes += size;
      missedLately = 0;
    },
    miss,
    spoil() {
      missed += 1;
      spoilt += 1;
    },
    gap() {
      const first = waiting[head];
      const gap = spoilt + (first?.missedBefore ?? missedLately);
      spoilt = 0;
      if (first === undefined) missedLately = 0;
      else if (first.missedBefore > 0) waiting[head] = { ...first, missedBefore: 0 };
      return gap;
    },
    next() {
      const first = waiting[head];
      if (first === undefined) return undefined;
      head += 1;
      bytes -= first.size;
      // Half of the array is used up: the rest moves to the front, each item once on average.
      if (head * 2 >= waiting.length) {
        waiting = waiting.slice(head);
        head = 0;
      }
      return first.item;
    },
    clear,
  };
}
