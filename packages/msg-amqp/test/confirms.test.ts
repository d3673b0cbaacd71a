/**
 * Goal: an answer of the broker reaches the messages that it is for, in whatever order answers come
 * (A17: by number, never first in first out).
 * Method: answers by hand, then a long random exchange beside a plain model.
 */
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { createConfirms } from "../src/confirms.js";

function sent(...items: readonly string[]) {
  const confirms = createConfirms<string>();
  for (const item of items) confirms.sent(item);
  return confirms;
}

test("A17: answers out of order, one for each", () => {
  const confirms = sent("a", "b", "c");
  expect(confirms.answered({ deliveryTag: 3, multiple: false })).toEqual(["c"]);
  expect(confirms.answered({ deliveryTag: 1, multiple: false })).toEqual(["a"]);
  expect(confirms.waiting()).toEqual(["b"]);
  expect(confirms.answered({ deliveryTag: 2, multiple: false })).toEqual(["b"]);
  expect(confirms.size).toBe(0);
});

test("A17: an answer for several is for those that have had none", () => {
  const confirms = sent("a", "b", "c", "d");
  confirms.answered({ deliveryTag: 2, multiple: false });
  expect(confirms.answered({ deliveryTag: 3, multiple: true })).toEqual(["a", "c"]);
  confirms.sent("e");
  expect(confirms.answered({ deliveryTag: 5, multiple: true })).toEqual(["d", "e"]);
});

test.each([
  ["comes twice", 1, false],
  ["comes twice, for several", 1, true],
  ["is for a number not used yet", 9, false],
  ["is for number 0", 0, false],
  ["is for number 0, for several", 0, true],
])("an answer that %s is for nothing", (_, deliveryTag, multiple) => {
  const confirms = sent("a", "b");
  confirms.answered({ deliveryTag: 1, multiple: false });
  expect(confirms.answered({ deliveryTag, multiple })).toEqual([]);
  expect(confirms.waiting()).toEqual(["b"]);
});

test("A17: 20,000 messages, answered at random, beside a map", () => {
  const seed = 7;
  const random = seededRandom(seed);
  const confirms = createConfirms<number>();
  const model = new Map<number, number>();
  let last = 0;
  while (last < 20_000) {
    for (let count = random() % 20; count > 0; count--) {
      last += 1;
      confirms.sent(last);
      model.set(last, last);
    }
    const keys = [...model.keys()];
    const deliveryTag = keys[random() % Math.max(1, Math.min(keys.length, 30))];
    if (deliveryTag === undefined) continue;
    const multiple = random() % 3 === 0;
    const expected = multiple ? keys.filter((key) => key <= deliveryTag) : [deliveryTag];
    for (const key of expected) model.delete(key);
    expect(confirms.answered({ deliveryTag, multiple }), `seed ${seed}`).toEqual(expected);
  }
  expect(confirms.waiting()).toEqual([...model.keys()]);
});
