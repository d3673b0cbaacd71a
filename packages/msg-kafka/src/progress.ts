/**
 * How far one partition has been read and settled, for as long as it is assigned.
 *
 * ```
 *   offset   0  1  2  3  4  5  6  7
 *            done  .  done  .  .  |
 *                  ^              ^
 *            committed           next      2, 4, 5 are unsettled; 3 is done, and stays so
 * ```
 *
 * What is committed is the first unsettled offset. A retry goes back: what is behind it comes again,
 * but for what is done. Offsets have gaps, where a log was compacted or a transaction ended.
 */
export interface Progress {
  /** The first offset that is not settled: what may be committed. */
  readonly committed: number;
  /** The first offset that has not come. */
  readonly next: number;
  /** Settled offsets behind `committed`, ascending. */
  done(): readonly number[];
  /** Whether the message at `offset` is to be delivered: it has not come yet, and is not done. */
  accept(offset: number): boolean;
  /** The log has been read up to `offset`, with whatever is there. */
  passed(offset: number): void;
  /** Whether it may have been handed out before. */
  isAgain(offset: number): boolean;
  /** Those below may have been handed out before. */
  markAgain(below: number): void;
  settle(offset: number): void;
  /** What is not done from `offset` on will come again, from the broker. */
  rewind(offset: number): void;
}

export interface ProgressStart {
  /** Where to read from. */
  readonly committed: number;
  readonly done: readonly number[];
}

/** Where so many have left the front of the list, it is cut. */
const compactAt = 4096;

export function createProgress(start: ProgressStart): Progress {
  const done = new Set(start.done);
  /** What has come and is at or behind `committed`, ascending. */
  let come: number[] = [];
  let head = 0;
  let next = start.committed;
  let againBelow = 0;

  const advance = (): void => {
    while (head < come.length) {
      // Inside the array.
      const offset = come[head] as number;
      if (!done.delete(offset)) break;
      head += 1;
    }
    if (head === come.length || head >= compactAt) {
      come = come.slice(head);
      head = 0;
    }
  };

  return {
    get committed() {
      return come[head] ?? next;
    },
    get next() {
      return next;
    },
    done: () => [...done].sort((left, right) => left - right),
    accept(offset) {
      if (offset < next) return false;
      next = offset + 1;
      come.push(offset);
      if (!done.has(offset)) return true;
      advance();
      return false;
    },
    passed(offset) {
      next = Math.max(next, offset + 1);
    },
    isAgain: (offset) => offset < againBelow,
    markAgain(below) {
      againBelow = Math.max(againBelow, below);
    },
    settle(offset) {
      if (offset < (come[head] ?? next)) return;
      done.add(offset);
      advance();
    },
    rewind(offset) {
      while (come.length > head) {
        // Not empty.
        const last = come[come.length - 1] as number;
        if (last < offset) break;
        come.pop();
      }
      next = Math.min(next, offset);
    },
  };
}
