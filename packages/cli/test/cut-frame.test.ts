/*
 * Goal: a frame whose end is missing is told from one whose length is wrong: only the first may be
 * cut off.
 * Method: every proper prefix of a frame is cut; frames damaged by hand, with whole entries behind
 * them, are not.
 */
import { encodeCassetteEntry } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { isCutFrame } from "../src/cut-frame.js";
import { cassetteOf, handMade } from "./recordings.js";

const text = new TextEncoder();
const nested = { entries: [[text.encode("a"), [true, { lexeme: "1.5" }, null]]] } as const;
const frame = encodeCassetteEntry(handMade({ extra: [[text.encode("note"), nested]] }));

/** The frame with its length changed, and two whole ones behind it. */
function withLength(change: number): Uint8Array {
  const bytes = Buffer.concat([frame, cassetteOf(handMade({}), handMade({}))]);
  bytes.writeUInt32LE(frame.length - 4 + change, 0);
  return bytes;
}

test("every proper prefix of a frame is cut", () => {
  for (let length = 1; length < frame.length; length++) {
    expect(isCutFrame(frame.slice(0, length)), `${length} bytes`).toBe(true);
  }
});

test("a whole frame is not cut", () => {
  expect(isCutFrame(frame)).toBe(false);
});

test.each([1, 256, 65_536, 2 ** 24, 2 ** 30])(
  "a length that is %i too large is wrong, not cut",
  (change) => {
    expect(isCutFrame(withLength(change))).toBe(false);
  },
);

test.each([
  ["the document is an error", 4, 0],
  ["an unknown kind of value at the root", 5, 9],
  ["a key longer than the frame", 13, 0x7f],
  ["an unknown kind of value inside", 17, 9],
])("%s: wrong, not cut", (_, at, byte) => {
  const bytes = frame.slice(0, -1);
  bytes[at] = byte;
  expect(isCutFrame(bytes)).toBe(false);
});

test("nesting without end is wrong, and is found without recursion without end", () => {
  const seq = [4, 1, 0, 0, 0];
  const payload = [1, ...Array.from({ length: 100_000 }, () => seq).flat()];
  const bytes = new Uint8Array(4 + payload.length);
  new DataView(bytes.buffer).setUint32(0, payload.length + 1, true);
  bytes.set(payload, 4);
  expect(isCutFrame(bytes)).toBe(false);
});
