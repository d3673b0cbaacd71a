/**
 * Goal: every settled delivery is settled with the broker, once, with as few frames as may be, and
 * nothing else is.
 * Method: frames by hand; then random settlements against a model of the broker's side.
 */
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { createTagWindow, type SettleFrame } from "../src/tag-window.js";

const ack = (tag: number, multiple = false): SettleFrame => ({ outcome: "ack", tag, multiple });
const retry = (tag: number): SettleFrame => ({ outcome: "retry", tag, multiple: false });

const stories: readonly (readonly [
  string,
  readonly (readonly [readonly number[], readonly number[], readonly SettleFrame[]])[],
])[] = [
  ["nothing", [[[], [], []]]],
  ["one", [[[1], [], [ack(1)]]]],
  ["all in order", [[[1, 2, 3], [], [ack(3, true)]]]],
  ["all in disorder", [[[3, 1, 2], [], [ack(3, true)]]]],
  [
    "beyond a gap, then the gap",
    [
      [[2, 3], [], [ack(2), ack(3)]],
      [[1, 4], [], [ack(4, true)]],
    ],
  ],
  [
    "a gap that closes by itself is not acked again",
    [
      [[2], [], [ack(2)]],
      [[1], [], [ack(1)]],
      [[3], [], [ack(3)]],
    ],
  ],
  ["retries go first", [[[2, 3], [1], [retry(1), ack(3, true)]]]],
  [
    "a retry between",
    [
      [[1, 3], [2], [retry(2), ack(3, true)]],
      [[4, 5], [], [ack(5, true)]],
    ],
  ],
  [
    "a retry beyond a gap",
    [
      [[], [3], [retry(3)]],
      [[1, 2], [], [ack(2, true)]],
      [[4], [], [ack(4)]],
    ],
  ],
];

test.each(stories)("%s", (_, steps) => {
  const tags = createTagWindow();
  for (const [acked, retried, frames] of steps) {
    expect(tags.settle(acked, retried)).toEqual(frames);
  }
});

test("the broker settles what was settled, each delivery once", () => {
  const seed = 11;
  const random = seededRandom(seed);
  const tags = createTagWindow();
  const unacked = new Set<number>();
  const held: number[] = [];
  let last = 0;
  for (let round = 0; round < 3000; round++) {
    for (let count = random() % 8; count > 0; count--) {
      last += 1;
      held.push(last);
      unacked.add(last);
    }
    const acked: number[] = [];
    const retried: number[] = [];
    for (let count = random() % 6; count > 0 && held.length > 0; count--) {
      const [tag = 0] = held.splice(random() % Math.min(held.length, 10), 1);
      (random() % 5 === 0 ? retried : acked).push(tag);
    }
    for (const { tag, multiple } of tags.settle(acked, retried)) {
      // RabbitMQ closes the channel for a tag that is not unacked.
      expect(unacked.has(tag), `seed ${seed} round ${round}`).toBe(true);
      for (const one of multiple ? [...unacked].filter((other) => other <= tag) : [tag]) {
        unacked.delete(one);
      }
    }
    expect([...unacked], `seed ${seed} round ${round}`).toEqual([...held].sort((a, b) => a - b));
  }
});
