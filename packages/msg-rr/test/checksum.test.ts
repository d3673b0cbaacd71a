/**
 * Goal: a cassette that was changed in any byte does not load, and neither does one from which entries
 * were removed, swapped or doubled.
 * Method: CRC-32's published check value, and zlib's on random input, from a printed seed; a sealed
 * cassette with every byte changed to every other value; every pair of entries swapped, every entry
 * removed but for the last ones, and every entry doubled.
 */
import { crc32 as zlibCrc32 } from "node:zlib";
import {
  crc32,
  createMemoryStore,
  decodeCassette,
  encodeCassetteEntry,
  openSession,
  type Session,
} from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { minimalEntry, samplePolicy, sealed } from "./entry-samples.ts";
import { refusalOf } from "./refusal.ts";

const text = new TextEncoder();

describe("CRC-32", () => {
  test("of 123456789 is the check value of ISO-HDLC", () => {
    expect(crc32(text.encode("123456789"), 0)).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0), 0)).toBe(0);
  });

  test("is zlib's, in one piece and in two", () => {
    const seed = 0xc2c32;
    const random = seededRandom(seed);
    for (let round = 0; round < 2000; round++) {
      const bytes = Uint8Array.from({ length: random() % 300 }, () => random());
      const previous = random();
      const cut = random() % (bytes.length + 1);
      const expected = zlibCrc32(bytes, previous);
      expect(crc32(bytes, previous), `seed ${seed}, round ${round}`).toBe(expected);
      expect(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut), previous))).toBe(expected);
    }
  });
});

const entries = [
  minimalEntry,
  { ...minimalEntry, req: text.encode("a request"), latencyTicks: 12, err: -7 },
  {
    ...minimalEntry,
    extra: [
      [text.encode("aa"), [true]],
      [text.encode("note"), null],
    ] as const,
  },
  minimalEntry,
];
const cassette = sealed(entries);
const frames = decodeCassette(cassette).map((entry) => encodeCassetteEntry(entry));
const open = (bytes: Uint8Array, requireChecksums?: boolean): Session =>
  openSession({
    policy: samplePolicy,
    mode: "replay",
    store: createMemoryStore(bytes),
    checksum: zlibCrc32,
    ...(requireChecksums === undefined ? {} : { requireChecksums }),
  });
const joined = (parts: readonly Uint8Array[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

test("what was written loads, and its parts are its frames", () => {
  expect(open(cassette, true).recorded.checksummed).toBe(4);
  expect(joined(frames)).toEqual(cassette);
});

test("the checksum is of the map's bytes but its own, and goes on from the entry before", () => {
  // The frame's length and head are 10 bytes; "crc" with its four bytes takes 16.
  const [first = new Uint8Array(0), second = new Uint8Array(0)] = frames;
  const sum = zlibCrc32(first.subarray(26), 0);
  expect(new DataView(first.buffer).getUint32(22, true)).toBe(sum);
  expect(new DataView(second.buffer).getUint32(22, true)).toBe(zlibCrc32(second.subarray(26), sum));
});

test("a key before the checksum's is covered too", () => {
  const [, second = new Uint8Array(0), third = new Uint8Array(0)] = frames;
  // "aa", a seq of true: 4 + 2 + 5 + 2 bytes.
  const previous = new DataView(second.buffer).getUint32(22, true);
  const sum = zlibCrc32(
    third.subarray(10 + 13 + 16),
    zlibCrc32(third.subarray(10, 10 + 13), previous),
  );
  expect(new DataView(third.buffer).getUint32(10 + 13 + 12, true)).toBe(sum);
});

test("every byte changed to every other value is found, with its place", () => {
  const isFound = (changed: Uint8Array): boolean => {
    const { code, x07, details } = refusalOf(() => open(changed, true));
    const { entry = -1, offset = -1 } = details;
    const isPlaced = entry >= 0 && offset >= 0 && offset <= cassette.length;
    return /^CASSETTE_/.test(code) && (x07 === 2008 || x07 === 2014) && isPlaced;
  };
  const missed: string[] = [];
  for (let at = 0; at < cassette.length; at++) {
    for (let byte = 0; byte < 256; byte++) {
      if (byte === cassette[at]) continue;
      const changed = cassette.slice();
      changed[at] = byte;
      if (!isFound(changed)) missed.push(`byte ${at} as ${byte}`);
    }
  }
  expect(missed).toEqual([]);
});

test("an entry removed, but for the last ones, is found", () => {
  for (let at = 0; at < frames.length - 1; at++) {
    const rest = frames.filter((_, index) => index !== at);
    expect(refusalOf(() => open(joined(rest))).code).toBe("CASSETTE_CHECKSUM");
  }
});

test("two entries swapped are found, equal ones too", () => {
  for (let left = 0; left < frames.length; left++) {
    for (let right = left + 1; right < frames.length; right++) {
      const swapped = frames.map((frame, index) =>
        index === left ? frames[right] : index === right ? frames[left] : frame,
      );
      const parts = swapped.filter((frame) => frame !== undefined);
      expect(refusalOf(() => open(joined(parts))).code).toBe("CASSETTE_CHECKSUM");
    }
  }
});

test("an entry doubled is found, behind itself or at the end", () => {
  for (const [at, frame] of frames.entries()) {
    const behind = [...frames.slice(0, at + 1), frame, ...frames.slice(at + 1)];
    expect(refusalOf(() => open(joined(behind))).code).toBe("CASSETTE_CHECKSUM");
    expect(refusalOf(() => open(joined([...frames, frame]))).code).toBe("CASSETTE_CHECKSUM");
  }
});

describe("entries without a checksum", () => {
  const plain = encodeCassetteEntry(minimalEntry);
  const mixed = joined([...frames, plain]);

  test("load where no entry has one, unless they are required", () => {
    expect(open(plain).recorded.checksummed).toBe(0);
    const { code, details } = refusalOf(() => open(plain, true));
    expect([code, details.entry, details.offset]).toEqual(["CASSETTE_CHECKSUM", 0, 0]);
  });

  test("are refused among others, with the place of the first", () => {
    const { code, details } = refusalOf(() => open(mixed));
    expect(code).toBe("CASSETTE_CHECKSUM");
    expect(details).toMatchObject({ entry: 4, offset: cassette.length });
  });

  test("are taken among others where they are not required, or the session is lenient", () => {
    expect(open(mixed, false).recorded.count).toBe(5);
    const lenient = openSession({
      policy: samplePolicy,
      mode: "replay",
      store: createMemoryStore(mixed),
      strictness: "lenient",
    });
    expect(lenient.recorded.count).toBe(5);
  });

  test("a wrong checksum is refused by a lenient session too", () => {
    const changed = cassette.slice();
    changed[cassette.length - 1] = 0;
    const store = createMemoryStore(changed);
    const run = (): Session =>
      openSession({ policy: samplePolicy, mode: "replay", store, strictness: "lenient" });
    expect(refusalOf(run).code).toBe("CASSETTE_CHECKSUM");
  });
});
