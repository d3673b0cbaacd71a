/**
 * Goal: stream ids are compared as the two 64-bit numbers they are, and their neighbours are found.
 * Method: a list in order by hand, every pair of it; borders by hand.
 */
import { expect, test } from "vitest";
import { compareIds, idBefore, idBehind } from "../src/entry-id.ts";

const top = "18446744073709551615";
const ascending = [
  "0-0",
  "0-1",
  "0-9",
  "0-10",
  `0-${top}`,
  "1-0",
  "9-99",
  "10-0",
  "1700000000000-0",
  "1700000000000-9",
  "1700000000000-10",
  "1700000000001-0",
  // Beyond what a number holds exactly.
  "9007199254740993-0",
  "9007199254740993-1",
  "9007199254740994-0",
  `${top}-0`,
  `${top}-${top}`,
];

test("every pair", () => {
  for (const [left, leftId] of ascending.entries()) {
    for (const [right, rightId] of ascending.entries()) {
      expect([leftId, rightId, Math.sign(compareIds(leftId, rightId))]).toEqual([
        leftId,
        rightId,
        Math.sign(left - right),
      ]);
    }
  }
});

test.each([
  ["5-3", "5-2", "5-4"],
  ["5-0", `4-${top}`, "5-1"],
  [`5-${top}`, "5-18446744073709551614", "6-0"],
  ["0-0", "0-0", "0-1"],
  ["9007199254740993-0", `9007199254740992-${top}`, "9007199254740993-1"],
])("%s lies between %s and %s", (id, before, behind) => {
  expect([idBefore(id), idBehind(id)]).toEqual([before, behind]);
});
