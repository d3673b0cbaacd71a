/**
 * Goal: a client's buffer holds no more than its bounds, ends once, and never opens again.
 * Method: each bound at its edge; then random pushes and writes beside a model.
 */
import { expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { createOutbox } from "../src/outbox.js";

test("full at one frame more than it may hold", () => {
  const outbox = createOutbox({ framesMax: 2, bytesMax: 100 });
  expect([outbox.push(1), outbox.push(1), outbox.push(1), outbox.push(1)]).toEqual([
    "send",
    "send",
    "full",
    "drop",
  ]);
  expect([outbox.frames, outbox.bytes, outbox.pushed, outbox.state]).toEqual([2, 2, 2, "full"]);
});

test("full at one byte more than it may hold", () => {
  const outbox = createOutbox({ framesMax: 9, bytesMax: 100 });
  expect([outbox.push(60), outbox.push(40), outbox.push(1)]).toEqual(["send", "send", "full"]);
});

test("what is written makes room, and a full one stays full", () => {
  const outbox = createOutbox({ framesMax: 1, bytesMax: 100 });
  outbox.push(50);
  outbox.sent(50);
  expect(outbox.push(100)).toBe("send");
  expect(outbox.push(1)).toBe("full");
  outbox.sent(100);
  expect([outbox.push(1), outbox.bytes, outbox.frames]).toEqual(["drop", 0, 0]);
});

test("one frame longer than the bound is let through, alone", () => {
  const outbox = createOutbox({ framesMax: 9, bytesMax: 10 });
  expect([outbox.push(1000), outbox.push(1)]).toEqual(["send", "full"]);
});

test("a closed one takes nothing", () => {
  const outbox = createOutbox({ framesMax: 9, bytesMax: 10 });
  outbox.close();
  expect([outbox.push(1), outbox.state]).toEqual(["drop", "closed"]);
});

test("random pushes and writes: what is held is what was sent and not written, within the bounds", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const random = seededRandom(seed);
    const outbox = createOutbox({ framesMax: 8, bytesMax: 200 });
    const held: number[] = [];
    for (let step = 0; step < 100; step++) {
      const size = random() % 50;
      if (random() % 2 === 0) {
        const answer = outbox.push(size);
        if (answer === "send") held.push(size);
        else if (answer === "full") {
          const bytes = held.reduce((sum, one) => sum + one, 0);
          expect(held.length >= 8 || bytes + size > 200, `seed ${seed}`).toBe(true);
        }
      } else {
        const first = held.shift();
        if (first !== undefined) outbox.sent(first);
      }
      const bytes = held.reduce((sum, one) => sum + one, 0);
      expect([outbox.frames, outbox.bytes], `seed ${seed}`).toEqual([held.length, bytes]);
      expect(outbox.frames <= 8 && outbox.bytes <= 200, `seed ${seed}`).toBe(true);
    }
  }
});
