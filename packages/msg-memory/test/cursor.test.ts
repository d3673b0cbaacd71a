/**
 * Goal: a cursor knows of every message whether it is done, live, or still to come, whatever the
 * order of settlements and rewinds.
 * Method: stories of a few messages; after each step, the attempt of every live one is listed.
 */
import { expect, test } from "vitest";
import {
  attemptOf,
  type Cursor,
  complete,
  createCursor,
  goOn,
  isLive,
  isReady,
  rewind,
} from "../src/cursor.ts";
import { append, createPartitionLog } from "../src/partition-log.ts";

/** A cursor on `count` messages, all of them handed out. */
function handedOut(count: number): Cursor {
  const log = createPartitionLog("orders", 0);
  const cursor = createCursor(log);
  for (let offset = 0; offset < count; offset++) append(log, new Uint8Array(1));
  handOut(cursor);
  return cursor;
}

/** Hands out what there is and gives the offsets. */
function handOut(cursor: Cursor): readonly number[] {
  const offsets: number[] = [];
  while (isReady(cursor)) {
    offsets.push(cursor.next);
    goOn(cursor);
  }
  return offsets;
}

/** "<offset>:<attempt>" of each live delivery. */
function live(cursor: Cursor): readonly string[] {
  const names: string[] = [];
  for (let offset = 0; offset < cursor.log.end; offset++) {
    const attempt = attemptOf(cursor, offset);
    if (isLive(cursor, offset, attempt)) names.push(`${offset}:${attempt}`);
  }
  return names;
}

function rewound(cursor: Cursor, offset: number): readonly string[] {
  const names: string[] = [];
  rewind(cursor, offset, (taken, attempt) => names.push(`${taken}:${attempt}`));
  return names;
}

test("in order, nothing is kept", () => {
  const cursor = handedOut(3);
  expect(live(cursor)).toEqual(["0:1", "1:1", "2:1"]);
  for (const offset of [0, 1, 2]) complete(cursor, offset);
  expect([cursor.committed, cursor.next, cursor.done.size, cursor.returned.size]).toEqual([
    3, 3, 0, 0,
  ]);
});

test("out of order, what is committed waits for the gap", () => {
  const cursor = handedOut(4);
  complete(cursor, 3);
  complete(cursor, 1);
  expect([cursor.committed, live(cursor)]).toEqual([0, ["0:1", "2:1"]]);
  complete(cursor, 0);
  expect([cursor.committed, live(cursor)]).toEqual([2, ["2:1"]]);
  complete(cursor, 2);
  expect([cursor.committed, cursor.done.size]).toEqual([4, 0]);
});

test("a rewind takes back what is live, skips what is done, and counts", () => {
  const cursor = handedOut(4);
  complete(cursor, 2);
  expect(rewound(cursor, 1)).toEqual(["1:1", "3:1"]);
  expect(live(cursor)).toEqual(["0:1"]);
  expect(handOut(cursor)).toEqual([1, 3]);
  expect(live(cursor)).toEqual(["0:1", "1:2", "3:2"]);
});

test("what is done behind a rewind is committed with it, and not handed out", () => {
  const cursor = handedOut(4);
  complete(cursor, 1);
  complete(cursor, 2);
  rewound(cursor, 0);
  goOn(cursor);
  complete(cursor, 0);
  expect([cursor.committed, cursor.next]).toEqual([3, 3]);
  expect(handOut(cursor)).toEqual([3]);
});

test("counts are forgotten with the message", () => {
  const cursor = handedOut(2);
  for (let time = 0; time < 3; time++) {
    rewound(cursor, 0);
    handOut(cursor);
  }
  expect(live(cursor)).toEqual(["0:4", "1:4"]);
  complete(cursor, 1);
  complete(cursor, 0);
  expect([cursor.returned.size, cursor.done.size]).toEqual([0, 0]);
});

test("what was not handed out, or has another attempt, is not live", () => {
  const cursor = handedOut(2);
  append(cursor.log, new Uint8Array(1));
  const never: readonly (readonly [number, number])[] = [
    [2, 1],
    [-1, 1],
    [0, 2],
    [0, 0],
    [Number.NaN, 1],
  ];
  for (const [offset, attempt] of never) expect(isLive(cursor, offset, attempt)).toBe(false);
});
