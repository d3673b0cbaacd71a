/**
 * Goal: what is read depends on the bytes alone, not on what was read before, although the reader
 * guesses from it.
 * Method: the same bytes through an instance of the package that never read anything and through one
 * that has read thousands: generated messages of few header names, so that guesses are right, nearly
 * right and wrong, and mutations of them. Then cases that a guess could spoil.
 */

import { decodeEnvelope, type Envelope, encodeEnvelope, MsgError } from "@reprise/msg-core";
import { describe, expect, test, vi } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";

const seed = 0x58374d45;
const none = new Uint8Array(0);
const withHeaders = (headers: Record<string, string>) =>
  encodeEnvelope({ topic: "t", key: none, value: none, headers });

/** All that can be seen of reading: the entries in their order, or code, place and text of a refusal. */
function outcomeOf(decode: (bytes: Uint8Array) => Envelope, bytes: Uint8Array): unknown {
  try {
    const { topic, key, value, headers } = decode(bytes);
    return { topic, key: [...key], value: [...value], headers: Object.entries(headers) };
  } catch (error) {
    if (!MsgError.is(error)) throw error;
    return { code: error.code, offset: error.details.offset, message: error.message };
  }
}

const names = ["a", "aa", "b", "content-type", "trace", "__proto__", "constructor", "1", "10", "2"];
const values = [
  "",
  "x",
  "application/json",
  "é",
  "😀",
  "x".repeat(64),
  "x".repeat(65),
  "y".repeat(90),
];

function generated(random: () => number): Uint8Array {
  const pick = (list: readonly string[]) => list[random() % list.length] ?? "";
  const entries: [string, string][] = [];
  for (let count = random() % 4; count > 0; count--) entries.push([pick(names), pick(values)]);
  const bytes = encodeEnvelope({
    topic: pick(["t", "orders", "é"]),
    key: none,
    value: new Uint8Array(random() % 3),
    headers: Object.fromEntries(entries),
  }).slice();
  if (random() % 2 === 0) bytes[random() % bytes.length] = [0, 1, 2, 0x61, 0xff][random() % 5] ?? 0;
  return bytes;
}

test(`an instance that read much and one that read nothing agree (seed ${seed})`, async () => {
  const random = seededRandom(seed);
  for (let round = 0; round < 6000; round++) outcomeOf(decodeEnvelope, generated(random));
  for (let round = 0; round < 400; round++) {
    const bytes = generated(random);
    vi.resetModules();
    const fresh = await import("@reprise/msg-core");
    expect(fresh.decodeEnvelope).not.toBe(decodeEnvelope);
    const expected = outcomeOf(fresh.decodeEnvelope, bytes);
    expect(outcomeOf(decodeEnvelope, bytes), `round ${round}`).toEqual(expected);
    // Once more, now that the fresh one has guesses from these very bytes.
    expect(outcomeOf(fresh.decodeEnvelope, bytes), `round ${round}`).toEqual(expected);
  }
});

describe("after a message that set the guess", () => {
  /** Longer than any guess takes to be replaced or learnt. */
  const often = 40;
  const guess = () => {
    for (let times = 0; times < often; times++) decodeEnvelope(withHeaders({ a: "1", b: "2" }));
  };
  test.each<[name: string, headers: Record<string, string>]>([
    ["the same", { a: "1", b: "2" }],
    ["another value", { a: "1", b: "3" }],
    ["a longer value", { a: "1", b: "22" }],
    ["an empty value", { a: "", b: "2" }],
    ["the values changed about", { a: "2", b: "1" }],
    ["another last name", { a: "1", c: "2" }],
    ["a longer name", { a: "1", bb: "2" }],
    ["one less", { a: "1" }],
    ["one more", { a: "1", b: "2", c: "3" }],
    ["none", {}],
    ["a value that is not ASCII", { a: "é", b: "2" }],
  ])("%s is read as it is", (_name, headers) => {
    guess();
    expect(decodeEnvelope(withHeaders(headers)).headers).toEqual(headers);
  });
  test("a good first header and a bad second one", () => {
    guess();
    const bytes = withHeaders({ a: "7", b: "2" }).slice();
    bytes[bytes.length - 1] = 0xff;
    expect(outcomeOf(decodeEnvelope, bytes)).toMatchObject({ code: "HEADER_VALUE_INVALID" });
    expect(decodeEnvelope(withHeaders({ a: "1", b: "2" })).headers).toEqual({ a: "1", b: "2" });
    expect(decodeEnvelope(withHeaders({ a: "7", b: "2" })).headers).toEqual({ a: "7", b: "2" });
  });
});

test("kinds of messages that alternate are all read right", () => {
  const kinds = [
    { a: "1", b: "2" },
    { c: "3", d: "4" },
    { a: "1", d: "4" },
    { b: "2", a: "9" },
  ];
  for (let round = 0; round < 400; round++) {
    const headers = kinds[(round + (round >> 6)) % kinds.length] ?? {};
    expect(decodeEnvelope(withHeaders(headers)).headers).toEqual(headers);
  }
});

test("a record is the caller's alone", () => {
  for (let round = 0; round < 40; round++) {
    const { headers } = decodeEnvelope(withHeaders({ a: "1", b: "2" }));
    expect(headers).toEqual({ a: "1", b: "2" });
    // Readonly to the compiler only.
    Object.assign(headers, { a: "spoilt", c: "spoilt" });
  }
});

test("more headers than are guessed, and longer names", () => {
  for (const count of [31, 32, 33, 500]) {
    const entries = Array.from({ length: count }, (_, index) => [`h${index}`, `v${index}`]);
    const headers = Object.fromEntries(entries) as Record<string, string>;
    for (let round = 0; round < 3; round++) {
      expect(decodeEnvelope(withHeaders(headers)).headers).toEqual(headers);
    }
  }
  const long = { ["n".repeat(64)]: "1", ["n".repeat(65)]: "2", ["n".repeat(1000)]: "3" };
  for (let round = 0; round < 3; round++) {
    expect(decodeEnvelope(withHeaders(long)).headers).toEqual(long);
  }
});
