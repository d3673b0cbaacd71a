/**
 * Goal: loading finds what decoding finds, in one pass and in chains by kind, op and key; and refuses
 * what is over a budget, each with its own code and number, in the order of X07's checks.
 * Method: random cassettes, from a printed seed, against `decodeCassette` and a plain count; cassettes
 * that break two rules at once, to see which is told.
 */
import {
  type Budgets,
  type CassetteEntry,
  crc32,
  decodeCassette,
  type EntryTable,
  encodeCassetteEntry,
  loadEntryTable,
} from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { bytesOf } from "../../../tools/testing/hex.ts";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import {
  frameWith,
  minimalEntry,
  numberOf,
  randomEntry,
  samplePolicy,
  sealed,
  stringOf,
} from "./entry-samples.ts";
import { refusalOf } from "./refusal.ts";

const budgets = samplePolicy.budgets;
const load = (bytes: Uint8Array, limits: Partial<Budgets> = {}): EntryTable =>
  loadEntryTable(bytes, { budgets: { ...budgets, ...limits }, checksum: crc32 });
const joined = (...frames: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(frames.flatMap((frame) => [...frame]));
const minimal = encodeCassetteEntry(minimalEntry);

describe("on random cassettes", () => {
  const seed = 0x7ab1e;
  const random = seededRandom(seed);
  const cassettes = Array.from({ length: 20 }, (_, index) => {
    const entries = Array.from({ length: random() % 200 }, () => randomEntry(random));
    return index % 2 === 0 ? sealed(entries) : joined(...entries.map(encodeCassetteEntry));
  });

  test(`the table equals the decoded cassette (seed ${seed})`, () => {
    for (const bytes of cassettes) {
      const entries = decodeCassette(bytes);
      const table = load(bytes);
      expect(table.count).toBe(entries.length);
      for (const [index, entry] of entries.entries()) {
        expect(table.entry(index)).toEqual(entry);
        expect(table.req(index)).toEqual(entry.req);
        expect(table.resp(index)).toEqual(entry.resp);
        expect(table.err(index)).toBe(entry.err);
        expect(table.latencyTicks(index)).toBe(entry.latencyTicks);
      }
    }
  });

  test(`buckets chain equal kind, op and key, in order (seed ${seed})`, () => {
    for (const bytes of cassettes) {
      const entries = decodeCassette(bytes);
      const table = load(bytes);
      const nameOf = ({ kind, op, key }: Omit<CassetteEntry, "req">): string =>
        JSON.stringify([kind, op, key]);
      const expected = new Map<string, number[]>();
      for (const [index, entry] of entries.entries()) {
        expected.set(nameOf(entry), [...(expected.get(nameOf(entry)) ?? []), index]);
      }
      expect(table.bucketCount()).toBe(expected.size);
      for (const [name, indexes] of expected) {
        const [kind, op, key] = JSON.parse(name) as [string, string, string];
        const bucket = table.bucket(kind, op, key);
        expect(bucket).toMatchObject({ kind, op, key, count: indexes.length });
        const chain: number[] = [];
        for (let at = bucket?.first ?? -1; at >= 0; at = table.nextInBucket(at)) chain.push(at);
        expect(chain).toEqual(indexes);
        for (const index of indexes) expect(table.bucketOf(index)).toBe(bucket);
      }
    }
  });

  test(`offsets are where the frames begin (seed ${seed})`, () => {
    for (const bytes of cassettes) {
      const table = load(bytes);
      let at = 0;
      for (let entry = 0; entry < table.count; entry++) {
        expect(table.offset(entry)).toBe(at);
        at += 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);
      }
      expect(at).toBe(bytes.length);
    }
  });
});

test("more names than are remembered are told apart all the same", () => {
  const names = Array.from({ length: 40 }, (_, index) => `op-${index % 20}`);
  const table = load(joined(...names.map((op) => encodeCassetteEntry({ ...minimalEntry, op }))));
  expect(table.bucketCount()).toBe(20);
  for (const [index, op] of names.entries()) expect(table.bucketOf(index).op).toBe(op);
});

test("triples that differ in one part only, of the same length, are told apart", () => {
  const parts = ["kind", "op", "key"] as const;
  const entries = parts.flatMap((part) =>
    // In the first byte, in the middle of a word, in the last byte.
    ["abcdefg", "Abcdefg", "abCdefg", "abcdefG"].map((name) => ({
      ...minimalEntry,
      kind: "abcdefg",
      op: "abcdefg",
      key: "abcdefg",
      [part]: name,
    })),
  );
  const table = load(joined(...entries.map(encodeCassetteEntry)));
  for (const [index, { kind, op, key }] of entries.entries()) {
    expect(table.bucketOf(index)).toMatchObject({ kind, op, key });
  }
  expect(table.bucketCount()).toBe(10);
});

test("names that join to the same text are told apart", () => {
  const entries = [
    { ...minimalEntry, kind: "a", op: "bc", key: "d" },
    { ...minimalEntry, kind: "ab", op: "c", key: "d" },
    { ...minimalEntry, kind: "a", op: "b", key: "cd" },
  ];
  const table = load(joined(...entries.map(encodeCassetteEntry)));
  for (const [index, { kind, op, key }] of entries.entries()) {
    expect(table.bucket(kind, op, key)).toMatchObject({ first: index, count: 1 });
  }
  expect(table.bucket("", "abc", "d")).toBeUndefined();
});

test("a number that is no entry is a RangeError", () => {
  const table = load(minimal);
  for (const wrong of [-1, 1, Number.NaN]) expect(() => table.offset(wrong)).toThrow(RangeError);
});

test.each([
  ["cassette bytes", { maxCassetteBytes: minimal.length - 1 }, "BUDGET_BYTES", 2003],
  ["entries", { maxEntries: 0 }, "BUDGET_ENTRIES", 2004],
  ["req", { maxReqBytes: 0 }, "BUDGET_REQ", 2005],
  ["resp", { maxRespBytes: 0 }, "BUDGET_RESP", 2006],
  ["key", { maxKeyBytes: 0 }, "BUDGET_KEY", 2007],
])("one more than the budget of %s is refused, as much is not", (_, limits, code, x07) => {
  const refusal = refusalOf(() => load(minimal, limits));
  expect([refusal.code, refusal.x07]).toEqual([code, x07]);
  expect(refusal.details.actual).toBe((refusal.details.limit ?? Number.NaN) + 1);
  const [[name, limit] = ["", 0]] = Object.entries(limits);
  expect(load(minimal, { [name]: limit + 1 }).count).toBe(1);
});

test("a key is measured in bytes", () => {
  const bytes = encodeCassetteEntry({ ...minimalEntry, key: "日本" });
  expect(load(bytes, { maxKeyBytes: 6 }).count).toBe(1);
  expect(refusalOf(() => load(bytes, { maxKeyBytes: 5 })).code).toBe("BUDGET_KEY");
  // Of names met before, the size is asked again.
  expect(
    refusalOf(() => load(joined(minimal, bytes, bytes), { maxKeyBytes: 5 })).details.entry,
  ).toBe(1);
});

test.each([
  ["cassette bytes before a cut frame", minimal.subarray(0, 50), { maxCassetteBytes: 1 }, 2003],
  ["a cut frame before entries", minimal.subarray(0, 50), { maxEntries: 0 }, 2014],
  ["a frame of no bytes before entries", bytesOf("00000000"), { maxEntries: 0 }, 2008],
  ["entries before the entry", frameWith({ op: undefined }), { maxEntries: 0 }, 2004],
  ["the entry before its sizes", frameWith({ err: numberOf("x") }), { maxReqBytes: 0 }, 2008],
  [
    "the checksum before its sizes",
    frameWith({ crc: "03 04000000 00000000" }),
    { maxReqBytes: 0 },
    2008,
  ],
  ["req before resp", minimal, { maxReqBytes: 0, maxRespBytes: 0 }, 2005],
  ["resp before key", minimal, { maxRespBytes: 0, maxKeyBytes: 0 }, 2006],
  [
    "the first entry before the second",
    joined(frameWith({ req: stringOf("long") }), bytesOf("00000000")),
    { maxReqBytes: 3 },
    2005,
  ],
])("told first: %s", (_, bytes, limits, x07) => {
  expect(refusalOf(() => load(bytes, limits)).x07).toBe(x07);
});

test("a cassette at its place in a larger buffer loads", () => {
  const cassette = sealed([minimalEntry, { ...minimalEntry, op: "other" }]);
  const buffer = Uint8Array.of(1, 2, 3, ...cassette, 4);
  const table = load(buffer.subarray(3, buffer.length - 1));
  expect(table.checksummed).toBe(2);
  expect(table.entry(1).op).toBe("other");
});
