/**
 * Goal: a cassette read in pieces of any size gives the entries that decoding it whole gives, and the
 * same refusal; what is complete of a cut one is counted; no frame longer than the budget is kept.
 * Method: random cassettes in random pieces, from a printed seed, one of them byte by byte; cassettes
 * cut at every byte; frames that lie about their length.
 */
import {
  type CassetteReaderOptions,
  cassetteExtent,
  crc32,
  createCassetteReader,
  decodeCassette,
  encodeCassetteEntry,
  frameBytesMaxDefault,
  type ReadEntry,
} from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { bytesOf, u32 } from "../../../tools/testing/hex.ts";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { frameWith, minimalEntry, randomEntry, sealed } from "./entry-samples.ts";
import { refusalOf } from "./refusal.ts";

const minimal = encodeCassetteEntry(minimalEntry);

function readIn(
  bytes: Uint8Array,
  size: () => number,
  options?: CassetteReaderOptions,
): readonly ReadEntry[] {
  const reader = createCassetteReader(options);
  const read: ReadEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    // A copy, as a stream hands out: views into it must not be of the next one.
    const chunk = bytes.slice(at, at + size());
    read.push(...reader.push(chunk));
    at += chunk.length;
  }
  reader.end();
  return read;
}

test("pieces of any size give the same entries, with their places", () => {
  const seed = 0x57e4a;
  const random = seededRandom(seed);
  for (let round = 0; round < 60; round++) {
    const entries = Array.from({ length: random() % 30 }, () => randomEntry(random));
    const bytes = sealed(entries);
    const largest = 1 + (random() % 600);
    const read = readIn(bytes, () => 1 + (random() % largest), { checksum: crc32 });
    expect(
      read.map(({ entry }) => entry),
      `seed ${seed}, round ${round}`,
    ).toEqual(decodeCassette(bytes));
    for (const [index, { offset, ...rest }] of read.entries()) {
      expect(rest.index).toBe(index);
      const [entry] = decodeCassette(bytes.subarray(offset, read[index + 1]?.offset));
      expect(entry).toEqual(rest.entry);
    }
  }
});

test("byte by byte", () => {
  const bytes = sealed([minimalEntry, minimalEntry, { ...minimalEntry, err: 3 }]);
  const read = readIn(bytes, () => 1, { checksum: crc32 });
  expect(read.map(({ entry }) => entry)).toEqual(decodeCassette(bytes));
});

test("no bytes, and empty pieces, are a whole cassette", () => {
  const reader = createCassetteReader();
  expect(reader.push(new Uint8Array(0))).toEqual([]);
  expect(reader.end()).toEqual({ entries: 0, bytes: 0, checksummed: 0, cutBytes: 0 });
});

test("a cassette cut anywhere: what is complete is counted, and the end is refused", () => {
  const bytes = sealed([minimalEntry, { ...minimalEntry, latencyTicks: 5 }]);
  const [, second] = decodeCassette(bytes);
  const edge = bytes.length - encodeCassetteEntry(second ?? minimalEntry).length;
  for (let size = 0; size <= bytes.length; size++) {
    const entries = size < edge ? 0 : size < bytes.length ? 1 : 2;
    const complete = [0, edge, bytes.length][entries] ?? 0;
    const extent = { entries, bytes: complete, checksummed: entries, cutBytes: size - complete };
    expect(cassetteExtent(bytes.subarray(0, size))).toEqual(extent);
    const reader = createCassetteReader();
    reader.push(bytes.slice(0, size));
    expect(reader.extent()).toEqual(extent);
    if (extent.cutBytes === 0) {
      expect(reader.end()).toEqual(extent);
    } else {
      const whole = refusalOf(() => decodeCassette(bytes.subarray(0, size)));
      const refusal = refusalOf(() => reader.end());
      expect([refusal.code, refusal.message]).toEqual([whole.code, whole.message]);
      expect(refusal.details).toEqual({ entry: entries, offset: complete });
    }
  }
});

test("entries before one that is wrong are given; then every call is refused", () => {
  const reader = createCassetteReader();
  const bytes = Uint8Array.of(...minimal, ...minimal, ...frameWith({ op: undefined }), ...minimal);
  expect(reader.push(bytes).map(({ index }) => index)).toEqual([0, 1]);
  const refusal = refusalOf(() => reader.push(minimal));
  expect(refusal.code).toBe("CASSETTE_ENTRY_INVALID");
  expect(refusal.message).toBe(refusalOf(() => decodeCassette(bytes)).message);
  expect(refusal.details).toMatchObject({ entry: 2 });
  expect(refusalOf(() => reader.push(minimal))).toBe(refusal);
  expect(refusalOf(() => reader.end())).toBe(refusal);
});

test("an error says the byte of the cassette, not of the piece", () => {
  const bad = frameWith({ err: "00" });
  const whole = refusalOf(() => decodeCassette(Uint8Array.of(...minimal, ...minimal, ...bad)));
  const reader = createCassetteReader();
  reader.push(minimal);
  reader.push(Uint8Array.of(...minimal, ...bad.subarray(0, 20)));
  const refusal = refusalOf(() => reader.push(bad.subarray(20)));
  expect(refusal.details).toEqual(whole.details);
});

test("checksums are verified where asked, and counted either way", () => {
  const bytes = sealed([minimalEntry, minimalEntry]);
  const changed = bytes.slice();
  changed[bytes.length - 1] = 0;
  const reader = createCassetteReader();
  expect(reader.push(changed)).toHaveLength(2);
  expect(reader.end().checksummed).toBe(2);
  const verifying = createCassetteReader({ checksum: crc32 });
  expect(verifying.push(changed)).toHaveLength(1);
  const refusal = refusalOf(() => verifying.end());
  expect([refusal.code, refusal.details.entry]).toEqual(["CASSETTE_CHECKSUM", 1]);
});

test("a frame longer than the budget is refused before it comes", () => {
  const limit = minimal.length - 4;
  expect(readIn(minimal, () => 7, { frameBytesMax: limit })).toHaveLength(1);
  for (const pieces of [
    [minimal.subarray(0, 4)],
    [minimal.subarray(0, 3), minimal.subarray(3, 4)],
  ]) {
    const reader = createCassetteReader({ frameBytesMax: limit - 1 });
    const refusal = refusalOf(() => pieces.map((piece) => reader.push(piece)));
    expect([refusal.code, refusal.x07]).toEqual(["BUDGET_BYTES", 2003]);
    expect(refusal.details).toMatchObject({ entry: 0, offset: 0, limit: limit - 1, actual: limit });
  }
  const longest = createCassetteReader();
  longest.push(bytesOf(u32(frameBytesMaxDefault)));
  const longer = createCassetteReader();
  const lie = bytesOf(u32(frameBytesMaxDefault + 1));
  expect(refusalOf(() => longer.push(lie)).code).toBe("BUDGET_BYTES");
});

test("a frame that says it is long takes no memory before its bytes come", () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 100 }, () => {
    const reader = createCassetteReader({ frameBytesMax: 2 ** 32 - 1 });
    reader.push(bytesOf("ffffffff 01"));
    return reader;
  });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1024 * 1024);
  for (const reader of readers) expect(reader.extent().cutBytes).toBe(5);
});

test("the extent of a cassette with a wrong entry is refused", () => {
  const bytes = Uint8Array.of(...minimal, ...frameWith({ kind: "03 01000000 ff" }), 1, 2);
  expect(refusalOf(() => cassetteExtent(bytes)).code).toBe("CASSETTE_ENTRY_INVALID");
  expect(refusalOf(() => cassetteExtent(bytesOf("00000000"))).code).toBe("CASSETTE_ENTRY_INVALID");
});
