/**
 * Goal: a cassette in memory is what was put there, and is nobody else's.
 * Method: a store from nothing and one from bytes; the caller's arrays changed afterwards.
 */
import { createMemoryStore } from "@reprise/msg-rr";
import { expect, test } from "vitest";

test("there is none until something is written", () => {
  const store = createMemoryStore();
  expect(store.load(0)).toBeUndefined();
  expect(store.bytes()).toEqual(new Uint8Array(0));
  store.append(Uint8Array.of(1, 2));
  expect(store.load(9)).toEqual(Uint8Array.of(1, 2));
});

test("appends go behind, and behind what replaced it", () => {
  const given = Uint8Array.of(1);
  const store = createMemoryStore(given);
  for (let byte = 2; byte < 40; byte++) store.append(new Uint8Array(100).fill(byte));
  expect(store.bytes()).toHaveLength(1 + 38 * 100);
  expect(store.bytes().at(-1)).toBe(39);
  expect(given).toEqual(Uint8Array.of(1));
  const other = Uint8Array.of(7, 8);
  store.replace(other);
  other[0] = 0;
  const more = Uint8Array.of(9);
  store.append(more);
  more[0] = 0;
  store.close();
  expect(store.bytes()).toEqual(Uint8Array.of(7, 8, 9));
});

test("an empty cassette is there, and is not none", () => {
  expect(createMemoryStore(new Uint8Array(0)).load(0)).toEqual(new Uint8Array(0));
  const store = createMemoryStore();
  store.replace(new Uint8Array(0));
  expect(store.load(0)).toEqual(new Uint8Array(0));
});
