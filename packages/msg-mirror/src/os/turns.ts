/**
 * Takes from the feed what waits, in turns, and never takes more than a share of the thread: a turn
 * ends after `turnMs`, and the next one comes when four times as long as it took has gone by. So the
 * program keeps four fifths of its time, however much there is to show and to however many; what the
 * feed then has no room for is a gap.
 */
import type { Feed } from "../feed.js";

const turnMs = 4;
/** What the program has, for each that a turn took. */
const programShare = 4;

export interface TurnActions<Item> {
  /** An item that cannot be shown, because this throws, counts as missed. */
  show(item: Item): void;
  gap(missed: number): void;
  /** Ends a turn. */
  flush(): void;
}

/** What to call when something may be in the feed. */
export function createTurns<Item>(feed: Feed<Item>, actions: TurnActions<Item>): () => void {
  let isAwaited = false;
  let nextMs = 0;
  const wake = (): void => {
    if (isAwaited) return;
    isAwaited = true;
    const waitMs = nextMs - performance.now();
    if (waitMs <= 0) setImmediate(turn);
    else setTimeout(turn, Math.ceil(waitMs));
  };
  const turn = (): void => {
    isAwaited = false;
    const begin = performance.now();
    while (step(feed, actions)) {
      if (performance.now() - begin >= turnMs) break;
    }
    actions.flush();
    const end = performance.now();
    nextMs = end + (end - begin) * programShare;
    if (feed.length > 0) wake();
  };
  return wake;
}

/** Whether there may be more. */
function step<Item>(feed: Feed<Item>, actions: TurnActions<Item>): boolean {
  const missed = feed.gap();
  if (missed > 0) actions.gap(missed);
  const item = feed.next();
  if (item === undefined) return false;
  try {
    actions.show(item);
  } catch {
    feed.spoil();
  }
  return true;
}
