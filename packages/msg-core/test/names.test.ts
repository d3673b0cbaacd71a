/**
 * Goal: remembering names changes nothing but the time: any number of them, of any length, that hash
 * alike or not, are written and read as they are; the tables do not grow for ever.
 * Method: more topics than the tables hold, twice over; topics made to share a slot; a fresh instance
 * beside one whose tables are full is in `header-reader.test.ts`.
 */

import { decodeEnvelope, encodeEnvelope } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";

const none = new Uint8Array(0);
const roundTrip = (topic: string) =>
  decodeEnvelope(encodeEnvelope({ topic, key: none, value: none, headers: {} })).topic;

test("more topics than are remembered", () => {
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 5000; index++) {
      const topic = `${"orders.".repeat(index % 11)}${index}`;
      expect(roundTrip(topic)).toBe(topic);
    }
  }
});

describe("topics whose hash is the same", () => {
  // The hash is that of a polynomial in 31: "Aa" and "BB" are the known pair.
  test.each([
    ["Aa", "BB"],
    ["AaAa", "BBBB"],
    ["AaBB", "BBAa"],
    ["orders.Aa", "orders.BB"],
  ])("%s and %s", (left, right) => {
    for (const topic of [left, right, right, left, left]) expect(roundTrip(topic)).toBe(topic);
  });
});

test.each([
  ["", "\0", "\0\0"],
  ["t".repeat(59), "t".repeat(60), "t".repeat(61), "t".repeat(62)],
  ["é".repeat(30), "é".repeat(31), `${"é".repeat(30)}e`],
  ["\ufeff", "\ufffd", "😀"],
])("topics near one another: %j", (...topics) => {
  for (const topic of [...topics, ...topics.reverse()]) expect(roundTrip(topic)).toBe(topic);
});
