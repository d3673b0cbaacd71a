/**
 * Goal: first in, first out, whatever is removed from the middle and however long it goes on.
 * Method: against a plain array, with a seeded random mix of calls.
 */
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { createInbox } from "../src/broker-driver/inbox.js";

test("adds, takes and removals as a plain array would", () => {
  const seed = 20261120;
  const random = seededRandom(seed);
  const below = (bound: number): number => random() % bound;
  const inbox = createInbox<number>();
  let model: number[] = [];
  for (let step = 0; step < 20_000; step++) {
    const draw = below(100);
    if (draw < 60) {
      inbox.add(step);
      model.push(step);
    } else if (draw < 98) {
      const count = below(4);
      expect(inbox.take(count), `seed ${seed}, step ${step}`).toEqual(model.splice(0, count));
    } else {
      const matches = (item: number) => item % 3 === draw % 3;
      expect(inbox.remove(matches), `seed ${seed}, step ${step}`).toEqual(model.filter(matches));
      model = model.filter((item) => !matches(item));
    }
    expect(inbox.size).toBe(model.length);
  }
  expect(inbox.take(1e6)).toEqual(model);
  expect(inbox.take(1)).toEqual([]);
});
