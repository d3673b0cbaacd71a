/**
 * Goal: nothing unsettled is ever committed over, nothing settled comes again, whatever the order.
 * Method: cases by hand; then random histories of one partition against a model that remembers
 * everything.
 */
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { createProgress, type Progress } from "../src/progress.js";

const from = (committed: number, done: readonly number[] = []): Progress =>
  createProgress({ committed, done });
const take = (progress: Progress, ...offsets: readonly number[]): readonly number[] =>
  offsets.filter((offset) => progress.accept(offset));

test("what is committed is the first unsettled offset", () => {
  const progress = from(10);
  expect(take(progress, 10, 11, 12, 13)).toEqual([10, 11, 12, 13]);
  expect([progress.committed, progress.next]).toEqual([10, 14]);
  progress.settle(12);
  expect([progress.committed, progress.done()]).toEqual([10, [12]]);
  progress.settle(10);
  expect([progress.committed, progress.done()]).toEqual([11, [12]]);
  progress.settle(11);
  expect([progress.committed, progress.done()]).toEqual([13, []]);
  progress.settle(13);
  expect([progress.committed, progress.done()]).toEqual([14, []]);
});

test("gaps are passed over", () => {
  const progress = from(0);
  expect(take(progress, 5, 9)).toEqual([5, 9]);
  progress.passed(19);
  expect(progress.committed).toBe(5);
  progress.settle(5);
  expect(progress.committed).toBe(9);
  progress.settle(9);
  expect(progress.committed).toBe(20);
  progress.passed(7);
  expect(progress.next).toBe(20);
});

test("a message comes once", () => {
  const progress = from(0);
  expect(take(progress, 0, 1, 2)).toEqual([0, 1, 2]);
  expect(take(progress, 0, 1, 2, 3)).toEqual([3]);
});

test("after a retry what is behind comes again, but for what is done", () => {
  const progress = from(0);
  take(progress, 0, 1, 2, 3, 4);
  progress.settle(0);
  progress.settle(3);
  progress.rewind(1);
  expect([progress.committed, progress.next, progress.done()]).toEqual([1, 1, [3]]);
  expect(take(progress, 1, 2, 3, 4)).toEqual([1, 2, 4]);
  for (const offset of [1, 2, 4]) progress.settle(offset);
  expect([progress.committed, progress.done()]).toEqual([5, []]);
});

test("done offsets of an earlier reader are passed over", () => {
  const progress = from(5, [6, 8]);
  expect(take(progress, 5, 6, 7, 8, 9)).toEqual([5, 7, 9]);
  progress.settle(5);
  expect(progress.committed).toBe(7);
  progress.settle(7);
  expect(progress.committed).toBe(9);
});

test("settling what is behind already changes nothing", () => {
  const progress = from(5);
  take(progress, 5);
  progress.settle(5);
  progress.settle(5);
  progress.settle(2);
  expect([progress.committed, progress.done()]).toEqual([6, []]);
});

test("what may have been handed out", () => {
  const progress = from(5);
  expect(progress.isAgain(5)).toBe(false);
  progress.markAgain(7);
  progress.markAgain(6);
  expect([5, 6, 7].map(progress.isAgain)).toEqual([true, true, false]);
});

test("random histories", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const log = Array.from({ length: 60 }, (_, index) => index * 2 + (random() % 2));
    const progress = from(0);
    const settled = new Set<number>();
    let held = new Set<number>();
    const where = `seed ${seed}`;
    for (let turn = 0; turn < 300; turn++) {
      const coming = log.filter((offset) => offset >= progress.next);
      const [some = -1] = [...held].slice(random() % Math.max(1, held.size));
      if (random() % 3 > 0 && coming[0] !== undefined) {
        const [offset] = coming;
        const isNew = progress.accept(offset);
        expect(isNew, where).toBe(!settled.has(offset));
        if (isNew) held.add(offset);
      } else if (some >= 0 && random() % 3 > 0) {
        progress.settle(some);
        settled.add(some);
        held.delete(some);
      } else if (some >= 0) {
        progress.rewind(some);
        held = new Set([...held].filter((offset) => offset < some));
      }
      const lost = log.filter((offset) => offset < progress.committed && !settled.has(offset));
      expect(lost, where).toEqual([]);
    }
  }
});
