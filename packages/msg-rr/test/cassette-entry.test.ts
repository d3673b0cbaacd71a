/**
 * Goal: entries are read and written as the format has them; what is no entry is refused, as cut short
 * (2014) or as invalid (2008), with its number and its byte.
 * Method: frames written by hand; of a good one every prefix and every changed byte; numbers in every
 * form; a round trip of random entries, from a printed seed.
 */
import {
  type CassetteEntry,
  cassetteBytesMax,
  decodeCassette,
  encodeCassetteEntry,
} from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";
import { bytesOf, hexOf } from "../../../tools/testing/hex.ts";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import {
  frameOf,
  frameWith,
  minimalEntry,
  minimalKeys,
  numberOf,
  randomEntry,
  stringOf,
} from "./entry-samples.ts";
import { refusalOf } from "./refusal.ts";

const text = new TextEncoder();
const minimal = bytesOf(
  "57000000 01 05 06000000" +
    "03000000 657272 02 01000000 30 03000000 6b6579 03 01000000 6b" +
    "04000000 6b696e64 03 02000000 7272 02000000 6f70 03 02000000 6f70" +
    "03000000 726571 03 01000000 71 04000000 72657370 03 01000000 72",
);
const x07Of = (bytes: Uint8Array): number | undefined => refusalOf(() => decodeCassette(bytes)).x07;
const only = (bytes: Uint8Array): CassetteEntry => {
  const [entry, ...others] = decodeCassette(bytes);
  if (entry === undefined || others.length > 0) throw new Error("not one entry");
  return entry;
};

describe("the minimal entry", () => {
  test("is 87 bytes and its length, read and written", () => {
    expect(minimal.length).toBe(91);
    expect(decodeCassette(minimal)).toEqual([minimalEntry]);
    expect(hexOf(encodeCassetteEntry(minimalEntry))).toBe(hexOf(minimal));
    expect(frameOf(minimalKeys).replace(/\s/g, "")).toBe(hexOf(minimal));
  });

  test("cut anywhere is 2014, and says what is complete before it", () => {
    for (let size = 1; size < minimal.length; size++) {
      const refusal = refusalOf(() =>
        decodeCassette(Uint8Array.of(...minimal, ...minimal.subarray(0, size))),
      );
      expect([refusal.code, refusal.x07]).toEqual(["CASSETTE_TRUNCATED", 2014]);
      expect(refusal.details).toEqual({ entry: 1, offset: 91 });
      expect(refusal.message).toMatch(/repair` keeps the 1 entries before it, 91 bytes/);
    }
  });

  test("with any byte changed is another entry or a refusal", () => {
    const wrong: string[] = [];
    for (let at = 0; at < minimal.length; at++) {
      for (let byte = 0; byte < 256; byte++) {
        if (byte === minimal[at]) continue;
        const changed = minimal.slice();
        changed[at] = byte;
        const read = readOrCode(changed);
        const isGood =
          typeof read === "string"
            ? /^CASSETTE_(ENTRY_INVALID|TRUNCATED)$/.test(read)
            : read.map((entry) => hexOf(encodeCassetteEntry(entry))).join() === hexOf(changed);
        if (!isGood) wrong.push(`byte ${at} as ${byte}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

function readOrCode(bytes: Uint8Array): readonly CassetteEntry[] | string {
  try {
    return decodeCassette(bytes);
  } catch {
    return refusalOf(() => decodeCassette(bytes)).code;
  }
}

test("no bytes are a cassette of no entries", () => {
  expect(decodeCassette(new Uint8Array(0))).toEqual([]);
});

test("entries keep their order; their bytes are views, at their place in a larger buffer too", () => {
  const second = frameWith({ req: stringOf("second") });
  const buffer = Uint8Array.of(9, 9, 9, ...minimal, ...second, 9);
  const entries = decodeCassette(buffer.subarray(3, buffer.length - 1));
  expect(entries.map(({ req }) => hexOf(req))).toEqual(["71", hexOf(text.encode("second"))]);
  expect(entries[1]?.req.buffer).toBe(buffer.buffer);
});

test("keys that are not the format's are kept, wherever they stand", () => {
  const frame = frameWith({
    aaa: "00",
    kinda: "04 01000000 0101",
    note: stringOf("n"),
    "": "05 01000000 01000000 78 00",
    zz: numberOf("1.0"),
  });
  const entry = only(frame);
  expect(entry.extra).toEqual([
    [text.encode(""), { entries: [[text.encode("x"), null]] }],
    [text.encode("aaa"), null],
    [text.encode("kinda"), [true]],
    [text.encode("note"), text.encode("n")],
    [text.encode("zz"), { lexeme: "1.0" }],
  ]);
  expect(hexOf(encodeCassetteEntry(entry))).toBe(hexOf(frame));
  // Given in any order, they are written in theirs.
  const shuffled = { ...entry, extra: [...entry.extra].reverse() };
  expect(hexOf(encodeCassetteEntry(shuffled))).toBe(hexOf(frame));
});

test("a checksum is kept like any other key of ours", () => {
  const frame = frameWith({ crc: "03 04000000 01020304" });
  expect(only(frame).extra).toEqual([[text.encode("crc"), Uint8Array.of(1, 2, 3, 4)]]);
  expect(hexOf(encodeCassetteEntry(only(frame)))).toBe(hexOf(frame));
  expect(only(frameWith({ crc: numberOf("5") })).extra).toEqual([
    [text.encode("crc"), { lexeme: "5" }],
  ]);
});

test.each([
  ["0", 0],
  ["-0", 0],
  ["00", 0],
  ["1", 1],
  ["-1", -1],
  ["2009", 2009],
  ["2147483647", 2147483647],
  ["-2147483647", -2147483647],
  [`${"0".repeat(100)}7`, 7],
])("err %s is %d", (lexeme, value) => {
  expect(only(frameWith({ err: numberOf(lexeme) })).err).toBe(value);
});

test.each([
  "",
  "-",
  "+1",
  "1.0",
  "1e1",
  " 1",
  "1 ",
  "--1",
  "2147483648",
  "-2147483648",
  "9".repeat(400),
  "٣",
])("err %j is 2008", (lexeme) => {
  expect(x07Of(frameWith({ err: numberOf(lexeme) }))).toBe(2008);
});

test.each([
  ["0", 0],
  ["007", 7],
  ["123456789", 123456789],
  ["1234567890", 1234567890],
  ["4294967295", 4294967295],
])("latency_ticks %s is %d", (lexeme, value) => {
  expect(only(frameWith({ latency_ticks: numberOf(lexeme) })).latencyTicks).toBe(value);
});

test.each(["", "-1", "-0", "4294967296", "1.5", "1e3", "9".repeat(400), "0x1"])(
  "latency_ticks %j is 2008",
  (lexeme) => {
    expect(x07Of(frameWith({ latency_ticks: numberOf(lexeme) }))).toBe(2008);
  },
);

test("latency_ticks may be absent", () => {
  expect("latencyTicks" in only(minimal)).toBe(false);
});

test.each<readonly [name: string, frame: Uint8Array]>([
  ...minimalKeys.map(([name]) => [`no ${name}`, frameWith({ [name]: undefined })] as const),
  ["err a string", frameWith({ err: stringOf("0") })],
  ["latency_ticks a string", frameWith({ latency_ticks: stringOf("0") })],
  ["latency_ticks null", frameWith({ latency_ticks: "00" })],
  ["key a number", frameWith({ key: numberOf("0") })],
  ["req null", frameWith({ req: "00" })],
  ["resp a seq", frameWith({ resp: "04 00000000" })],
  ["kind not UTF-8", frameWith({ kind: "03 01000000 ff" })],
  ["op not UTF-8", frameWith({ op: "03 03000000 eda080" })],
  ["key not UTF-8", frameWith({ key: "03 02000000 c080" })],
  ["a value of no kind", frameWith({ zz: "06" })],
  [
    "a map in it whose keys descend",
    frameWith({ zz: "05 02000000 01000000 62 00 01000000 61 00" }),
  ],
  ["a value too deep", frameWith({ zz: `${"04 01000000 ".repeat(64)} 00` })],
  ["keys in another order", bytesOf(frameOf([...minimalKeys].reverse()))],
  ["a key twice", bytesOf(frameOf([...minimalKeys, ["resp", stringOf("r")]]))],
  ["a frame of no bytes", bytesOf("00000000")],
  ["a frame of no bytes before a good one", Uint8Array.of(0, 0, 0, 0, ...minimal)],
  ["an error document", bytesOf("09000000 00 d9070000 00000000")],
  ["a root that is no map", bytesOf("02000000 01 00")],
  ["a root cut in its count", bytesOf("05000000 01 05 000000")],
  ["a byte behind the root", bytesOf(`58000000 ${hexOf(minimal.subarray(4))} 00`)],
  ["more keys than there are", bytesOf(`57000000 0105 ffffffff ${hexOf(minimal.subarray(10))}`)],
])("2008: %s", (_, frame) => {
  const refusal = refusalOf(() => decodeCassette(Uint8Array.of(...minimal, ...frame)));
  expect([refusal.code, refusal.x07]).toEqual(["CASSETTE_ENTRY_INVALID", 2008]);
  expect(refusal.details.entry).toBe(1);
  expect(refusal.details.offset).toBeGreaterThanOrEqual(91);
  expect(refusal.details.offset).toBeLessThanOrEqual(91 + frame.length);
});

test("a value at the deepest place is read", () => {
  expect(only(frameWith({ zz: `${"04 01000000 ".repeat(63)} 00` })).extra).toHaveLength(1);
});

const wrong: readonly (readonly [string, Partial<Record<keyof CassetteEntry, unknown>>])[] = [
  ["err too large", { err: 2147483648 }],
  ["err too small", { err: -2147483648 }],
  ["err a fraction", { err: 0.5 }],
  ["err not a number", { err: Number.NaN }],
  ["latency negative", { latencyTicks: -1 }],
  ["latency too large", { latencyTicks: 4294967296 }],
  ["latency a fraction", { latencyTicks: 1.5 }],
  ["a lone surrogate in op", { op: "\ud800" }],
  ["a lone surrogate in key", { key: "a\udc00" }],
  ["a lone surrogate in kind", { kind: "\udfff" }],
  ["kind a number", { kind: 1 }],
  ["req a string", { req: "q" }],
  ["resp missing", { resp: undefined }],
  ["an extra key of the format", { extra: [[text.encode("op"), null]] }],
  [
    "an extra key twice",
    {
      extra: [
        [text.encode("a"), null],
        [text.encode("a"), true],
      ],
    },
  ],
  [
    "an extra key twice that is no text",
    {
      extra: [
        [Uint8Array.of(0xff), null],
        [Uint8Array.of(0xff), true],
      ],
    },
  ],
];

test.each(wrong)("not written: %s", (_, change) => {
  // Types forbid most of these; a caller without types must be told all the same.
  const entry = { ...minimalEntry, ...change } as CassetteEntry;
  expect(refusalOf(() => encodeCassetteEntry(entry)).code).toBe("CASSETTE_ENTRY_INVALID");
});

test("an entry longer than any cassette is refused before memory is taken for it", () => {
  // Never touched, so that the system need not have it.
  const half = new Uint8Array(2 ** 31);
  const refusal = refusalOf(() => encodeCassetteEntry({ ...minimalEntry, req: half, resp: half }));
  expect(refusal.code).toBe("CASSETTE_ENTRY_INVALID");
  expect(refusal.message).toContain(`at most ${cassetteBytesMax}`);
});

test("random entries come back as they were written", () => {
  const seed = 0xca55e77e;
  const random = seededRandom(seed);
  for (let round = 0; round < 3000; round++) {
    const entry = randomEntry(random);
    expect(only(encodeCassetteEntry(entry)), `seed ${seed}, round ${round}`).toEqual(entry);
  }
});
