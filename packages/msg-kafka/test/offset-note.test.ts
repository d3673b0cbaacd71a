/**
 * Goal: what a driver writes beside an offset is read again by the next; anything else is nobody's.
 * Method: notes by hand, both directions; texts that are nearly notes; notes that would be too long.
 */
import { expect, test } from "vitest";
import { decodeNote, encodeNote, type OffsetNote } from "../src/offset-note.js";

const notes: readonly (readonly [string, OffsetNote])[] = [
  ["reprise1 open d_-9 - -", { state: "open", driver: "d_-9", handed: 0, done: [] }],
  ["reprise1 closed d 0 -", { state: "closed", driver: "d", handed: 0, done: [] }],
  ["reprise1 closed d 17 5-7,9", { state: "closed", driver: "d", handed: 17, done: [5, 6, 7, 9] }],
  [
    "reprise1 open d - 0,2-3,9007199254740990",
    { state: "open", driver: "d", handed: 0, done: [0, 2, 3, 9007199254740990] },
  ],
];

test.each(notes)("%s", (text, note) => {
  expect(encodeNote(note)).toBe(text);
  expect(decodeNote(text)).toEqual(note);
});

test.each([
  null,
  undefined,
  "",
  "hello",
  "reprise1 open d - - ",
  " reprise1 open d - -",
  "reprise2 open d - -",
  "reprise1 open d 5 -",
  "reprise1 closed d - -",
  "reprise1 closed d 5",
  "reprise1 ajar d - -",
  "reprise1 open d! - -",
  "reprise1 closed d 5 7-5",
  "reprise1 closed d 5 5,5",
  "reprise1 closed d 5 7,6",
  "reprise1 closed d 5 5-7,7",
  "reprise1 closed d 5 5,",
  "reprise1 closed d 5 -5",
  "reprise1 closed d 5 5-",
  "reprise1 closed d 5 0-99999999999",
  "reprise1 closed d 5 12345678901234567",
])("%o is no note", (text) => {
  expect(decodeNote(text)).toBeUndefined();
});

test("what does not fit is left out: it comes again", () => {
  const done = Array.from({ length: 1000 }, (_, index) => 1_000_000 + 2 * index);
  const text = encodeNote({ state: "open", driver: "d", handed: 0, done });
  expect(text.length).toBeLessThanOrEqual(1024);
  const kept = decodeNote(text)?.done ?? [];
  expect(kept.length).toBeGreaterThan(100);
  expect(kept).toEqual(done.slice(0, kept.length));
});

test("a million in a row is one range", () => {
  const done = Array.from({ length: 1_000_000 }, (_, index) => index + 5);
  const text = encodeNote({ state: "open", driver: "d", handed: 0, done });
  expect(text).toBe("reprise1 open d - 5-1000004");
  expect(decodeNote(text)?.done.length).toBe(1_000_000);
});
