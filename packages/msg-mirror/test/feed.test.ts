/**
 * Goal: what waits for its turn is bounded in items, bytes and rate; what is left out is counted at
 * its place, once.
 * Method: each bound alone, with times by hand; then a thousand times through, so that the list moves
 * its items.
 */
import { expect, test } from "vitest";
import { createFeed } from "../src/feed.js";
import { createRate } from "../src/rate.js";

const limits = { itemsMax: 3, bytesMax: 1000, perSecondMax: 1000 };

test("in order, and empty at the end", () => {
  const feed = createFeed<string>(limits);
  for (const item of ["a", "b"]) feed.add(item, 1);
  expect([feed.length, feed.gap(), feed.next(), feed.next(), feed.next(), feed.gap()]).toEqual([
    2,
    0,
    "a",
    "b",
    undefined,
    0,
  ]);
});

test("a bound of items: the gap is told where it was", () => {
  const feed = createFeed<number>(limits);
  const offer = (item: number) => {
    if (feed.hasRoom(0)) feed.add(item, 1);
  };
  for (const item of [1, 2, 3, 4, 5]) offer(item);
  expect([feed.length, feed.missed]).toEqual([3, 2]);
  expect([feed.gap(), feed.next()]).toEqual([0, 1]);
  offer(6);
  expect([feed.gap(), feed.next(), feed.gap(), feed.next()]).toEqual([0, 2, 0, 3]);
  expect([feed.gap(), feed.gap(), feed.next()]).toEqual([2, 0, 6]);
  expect(feed.missed).toBe(2);
});

test("a gap with nothing behind it is told too, once", () => {
  const feed = createFeed<number>({ ...limits, itemsMax: 1 });
  feed.add(1, 1);
  feed.hasRoom(0);
  expect([feed.next(), feed.gap(), feed.gap()]).toEqual([1, 1, 0]);
  feed.miss();
  expect([feed.gap(), feed.missed]).toEqual([1, 2]);
});

test("a bound of bytes", () => {
  const feed = createFeed<number>({ ...limits, bytesMax: 10 });
  feed.add(1, 9);
  expect(feed.hasRoom(0)).toBe(true);
  feed.add(2, 9);
  expect(feed.hasRoom(0)).toBe(false);
  feed.next();
  expect(feed.hasRoom(0)).toBe(true);
});

test("one that was taken and cannot be sent is a gap before the next", () => {
  const feed = createFeed<number>(limits);
  for (const item of [1, 2]) feed.add(item, 1);
  feed.next();
  feed.spoil();
  feed.hasRoom(0);
  feed.miss();
  expect([feed.gap(), feed.next(), feed.gap(), feed.gap(), feed.missed]).toEqual([1, 2, 1, 0, 2]);
});

test("clear forgets items, bytes and gaps, not the count", () => {
  const feed = createFeed<number>({ ...limits, bytesMax: 10 });
  feed.add(1, 10);
  feed.hasRoom(0);
  feed.clear();
  expect([feed.length, feed.gap(), feed.missed, feed.hasRoom(0)]).toEqual([0, 0, 1, true]);
});

test("a thousand in turn come out as they went in", () => {
  const feed = createFeed<number>({ itemsMax: 10_000, bytesMax: 1e9, perSecondMax: 1 });
  const out: (number | undefined)[] = [];
  for (let item = 0; item < 1000; item++) {
    feed.add(item, 1);
    if (item % 3 !== 0) out.push(feed.next());
  }
  while (feed.length > 0) out.push(feed.next());
  expect(out).toEqual(Array.from({ length: 1000 }, (_, index) => index));
});

test("a rate: the burst at once, then as many as the time allows, never more than the burst", () => {
  const rate = createRate({ perSecond: 10, burst: 3 });
  const takes = (nowMs: number, count: number) =>
    Array.from({ length: count }, () => rate.take(nowMs)).filter(Boolean).length;
  expect(takes(0, 9)).toBe(3);
  expect(takes(50, 9)).toBe(0);
  expect(takes(100, 9)).toBe(1);
  expect(takes(400, 9)).toBe(3);
  expect(takes(100_000, 9)).toBe(3);
  // A clock that goes back gives nothing.
  expect(takes(0, 9)).toBe(0);
});
