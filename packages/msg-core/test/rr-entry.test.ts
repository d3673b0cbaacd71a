/**
 * Goal: an rr entry has the bytes that the format gives it and no others, and whatever else is read
 * is refused with the number and the place that the format gives it.
 * Method: vectors drawn by hand, written and read; each of them cut, lengthened and flipped; bytes
 * drawn wrong one field at a time; a round trip of generated entries (fast-check prints its seed).
 */

import {
  decodeRrEntry,
  encodeRrEntry,
  firstDifference,
  type RrEntry,
  rrAck,
  rrDriverKind,
  rrOp,
} from "@reprise/msg-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOf, field, hexOf } from "../../../tools/testing/hex.ts";
import { refusalOf } from "./refusal.ts";

const none = new Uint8Array(0);
const ascii = (text: string) => Uint8Array.from(text, (unit) => unit.charCodeAt(0));

// A line of hex is: outer length, magic, version; op, driver kind; endpoint; envelope; ack tag; ack.
const vectors: readonly (readonly [name: string, entry: RrEntry, hex: string])[] = [
  [
    "a publish to kafka",
    {
      op: rrOp.publish,
      driverKind: rrDriverKind.kafka,
      endpoint: "e",
      envelope: ascii("ENV"),
      ackTag: rrAck.ack,
      ack: ascii("OK"),
    },
    "2600000058374d52010000000100000001000000010000006503000000454e5601000000020000004f4b",
  ],
  [
    "a delivery by amqp, not acknowledged",
    {
      op: rrOp.deliver,
      driverKind: rrDriverKind.amqp,
      endpoint: "local_dev_v1",
      envelope: Uint8Array.of(0xff, 0x00),
      ackTag: rrAck.nack,
      ack: none,
    },
    `2e000000 58374d52 01000000
      02000000 02000000
      0c000000 6c6f63616c5f6465765f7631
      02000000 ff00
      02000000
      00000000`,
  ],
  [
    "a delivery by redis with nothing in it, an endpoint that is not ASCII",
    {
      op: 2,
      driverKind: rrDriverKind.redis,
      endpoint: "é",
      envelope: none,
      ackTag: 1,
      ack: none,
    },
    `22000000 58374d52 01000000
      02000000 03000000
      02000000 c3a9
      00000000
      01000000
      00000000`,
  ],
  [
    "a publish in memory, no endpoint, longer bytes",
    {
      op: 1,
      driverKind: rrDriverKind.memory,
      endpoint: "",
      envelope: new Uint8Array(49).fill(1),
      ackTag: 1,
      ack: new Uint8Array(9000).fill(2),
    },
    `79230000 58374d52 01000000
      01000000 04000000
      00000000
      31000000 ${"01".repeat(49)}
      01000000
      28230000 ${"02".repeat(9000)}`,
  ],
];

const x07Of = (bytes: Uint8Array) => refusalOf(() => decodeRrEntry(bytes)).x07;

function withOuterLength(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(0, copy.length - 4, true);
  return copy;
}

describe.each(vectors)("%s", (_name, entry, hex) => {
  const bytes = bytesOf(hex);
  /** The last vector is long: its cuts and flips are those of its first bytes. */
  const looked = Math.min(bytes.length, 120);

  test("is written", () => {
    expect(hexOf(encodeRrEntry(entry))).toBe(hexOf(bytes));
  });
  test("is read", () => {
    expect(decodeRrEntry(bytes)).toEqual(entry);
  });
  test("is read from the middle of a buffer", () => {
    const buffer = Buffer.concat([Buffer.alloc(5, 0xff), bytes, Buffer.alloc(3, 0xff)]);
    expect(decodeRrEntry(buffer.subarray(5, -3))).toEqual(entry);
  });
  test("is framed wrong when it is cut, as it stands and with its length put right", () => {
    for (let size = 0; size < looked; size++) {
      expect(x07Of(bytes.slice(0, size))).toBe(9603);
      if (size >= 4) expect(x07Of(withOuterLength(bytes.slice(0, size)))).toBe(9603);
    }
  });
  test("is refused with a byte more, wherever it is counted", () => {
    const longer = Uint8Array.of(...bytes, 0);
    expect(x07Of(longer)).toBe(9603);
    expect(x07Of(withOuterLength(longer))).toBe(9603);
  });
  test("with any bit flipped is another entry or refused, and is written back as read", () => {
    for (let at = 0; at < looked * 8; at++) {
      const flipped = bytes.slice();
      flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
      let decoded: RrEntry;
      try {
        decoded = decodeRrEntry(flipped);
      } catch (error) {
        expect(error).toMatchObject({ name: "MsgError", fault: "peer" });
        continue;
      }
      if (isWritable(decoded)) {
        expect(firstDifference(encodeRrEntry(decoded), flipped)).toBe(-1);
      }
    }
  });
});

/** Reading takes any tag below 2^31; writing those that there are. */
function isWritable({ op, driverKind, ackTag }: RrEntry): boolean {
  const isOne = (tag: number, last: number) => tag >= 1 && tag <= last;
  return isOne(op, 2) && isOne(driverKind, 4) && isOne(ackTag, 2);
}

/** Outer length, magic, version, and then `fields`, which begin at byte 12. */
const framed = (fields: string) => bytesOf(field(`58374d52 01000000 ${fields}`));
const good = "01000000 01000000 01000000 65 00000000 01000000 00000000";

describe("is refused when read", () => {
  test.each<[name: string, bytes: Uint8Array, x07: number, offset: number]>([
    ["no bytes", none, 9603, 0],
    ["a length of nothing", bytesOf("00000000"), 9603, 0],
    ["a payload of 23", bytesOf(`17000000 58374d52 01000000 ${"00".repeat(15)}`), 9603, 0],
    ["a length one too large", bytesOf(`22000000 58374d52 01000000 ${good}`), 9603, 0],
    ["a length one too small", bytesOf(`20000000 58374d52 01000000 ${good}`), 9603, 0],
    ["the largest length", bytesOf(`ffffffff 58374d52 01000000 ${good}`), 9603, 0],
    ["the magic of an envelope", bytesOf(field(`58374d45 01000000 ${good}`)), 9604, 4],
    ["version 0", bytesOf(field(`58374d52 00000000 ${good}`)), 9604, 8],
    ["version 2", bytesOf(field(`58374d52 02000000 ${good}`)), 9604, 8],
    [
      "a payload of 24, which half of the fields fit",
      framed("01000000 01000000 01000000 01000000"),
      9603,
      25,
    ],
    ["magic, then fields", bytesOf(field(`00000000 01000000 ${"ff".repeat(16)}`)), 9604, 4],
    [
      "an endpoint longer than all",
      framed("01000000 01000000 0e000000 65 00000000 01000000 00000000"),
      9603,
      20,
    ],
    [
      "an endpoint of 2^32 - 1",
      framed("01000000 01000000 ffffffff 65 00000000 01000000 00000000"),
      9603,
      20,
    ],
    [
      "an endpoint that is not UTF-8",
      framed("01000000 01000000 01000000 ff 00000000 01000000 00000000"),
      9603,
      20,
    ],
    [
      "an envelope longer than all",
      framed("01000000 01000000 01000000 65 09000000 01000000 00000000"),
      9603,
      25,
    ],
    [
      "an envelope that swallows the ack",
      framed("01000000 01000000 01000000 65 08000000 01000000 00000000"),
      9603,
      37,
    ],
    [
      "an envelope that swallows half the ack tag",
      framed("01000000 01000000 01000000 65 06000000 01000000 00000000"),
      9603,
      35,
    ],
    [
      "an ack longer than all",
      framed("01000000 01000000 01000000 65 00000000 01000000 01000000"),
      9603,
      33,
    ],
    [
      "an ack of 2^32 - 1",
      framed("01000000 01000000 01000000 65 00000000 01000000 ffffffff"),
      9603,
      33,
    ],
    ["a byte after the ack", framed(`${good} 00`), 9603, 37],
    ["an op of 2^31", framed("00000080 01000000 01000000 65 00000000 01000000 00000000"), 9603, 12],
    [
      "a driver kind of 2^31",
      framed("01000000 00000080 01000000 65 00000000 01000000 00000000"),
      9603,
      16,
    ],
    [
      "an ack tag of 2^32 - 1",
      framed("01000000 01000000 01000000 65 00000000 ffffffff 00000000"),
      9603,
      29,
    ],
  ])("%s", (_name, bytes, x07, offset) => {
    const refusal = refusalOf(() => decodeRrEntry(bytes));
    expect([refusal.x07, refusal.details.offset]).toEqual([x07, offset]);
    expect(refusal.message).toMatch(/^rr entry: .*, at byte \d+$/);
    expect(refusal.fault).toBe("peer");
  });
  test.each([[null], [undefined], ["26000000"], [[0]], [new ArrayBuffer(64)]])("%o", (value) => {
    expect(refusalOf(() => decodeRrEntry(value as unknown as Uint8Array)).x07).toBe(9603);
  });
});

test("reading takes any tag below 2^31", () => {
  const bytes = framed("00000000 ffffff7f 01000000 65 00000000 2a000000 00000000");
  expect(decodeRrEntry(bytes)).toMatchObject({ op: 0, driverKind: 0x7fffffff, ackTag: 42 });
});

describe("is refused when written", () => {
  const entry = { op: 1, driverKind: 1, endpoint: "e", envelope: none, ackTag: 1, ack: none };
  test.each<[name: string, parts: Record<string, unknown>]>([
    ["op 0", { op: 0 }],
    ["op 3", { op: 3 }],
    ["op -1", { op: -1 }],
    ["op 1.5", { op: 1.5 }],
    ["op NaN", { op: Number.NaN }],
    ["op as text", { op: "1" }],
    ["op as a symbol", { op: Symbol("op") }],
    ["no op", { op: undefined }],
    ["driver kind 0", { driverKind: 0 }],
    ["driver kind 5", { driverKind: 5 }],
    ["driver kind by name", { driverKind: "kafka" }],
    ["ack tag 0", { ackTag: 0 }],
    ["ack tag 3", { ackTag: 3 }],
    ["ack tag 2^32 + 1", { ackTag: 2 ** 32 + 1 }],
    ["an endpoint with a lone surrogate", { endpoint: "\udc00" }],
    ["an endpoint that is a number", { endpoint: 1 }],
    ["no endpoint", { endpoint: undefined }],
    ["an envelope that is text", { envelope: "ENV" }],
    ["an ack that is an array", { ack: [1] }],
    ["no ack", { ack: null }],
  ])("%s", (_name, parts) => {
    expect(refusalOf(() => encodeRrEntry({ ...entry, ...parts } as RrEntry)).x07).toBe(9602);
  });
  test.each([[null], [undefined], ["entry"]])("%o in place of an entry", (value) => {
    expect(refusalOf(() => encodeRrEntry(value as unknown as RrEntry)).x07).toBe(9602);
  });
  test("more than 2^31 - 1 bytes, by one; a wrong tag comes first", () => {
    // Counted only: both are views of one gigabyte that is never written to.
    const gigabyte = new Uint8Array(2 ** 30);
    const large = { ...entry, envelope: gigabyte, ack: gigabyte.subarray(0, 2 ** 30 - 37) };
    const refusal = refusalOf(() => encodeRrEntry(large));
    expect([refusal.x07, refusal.details]).toEqual([9601, { limit: 2 ** 31 - 1, actual: 2 ** 31 }]);
    expect(refusalOf(() => encodeRrEntry({ ...large, op: 3 })).x07).toBe(9602);
  });
});

test("decode undoes encode, and encode undoes decode", () => {
  const entries = fc.record({
    op: fc.integer({ min: 1, max: 2 }),
    driverKind: fc.integer({ min: 1, max: 4 }),
    endpoint: fc.oneof(fc.constantFrom("local_dev_v1", "e"), fc.string({ unit: "binary" })),
    envelope: fc.uint8Array({ maxLength: 200 }),
    ackTag: fc.integer({ min: 1, max: 2 }),
    ack: fc.uint8Array({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(entries, (entry) => {
      const encoded = encodeRrEntry(entry);
      const decoded = decodeRrEntry(encoded);
      expect(decoded).toEqual(entry);
      expect(hexOf(encodeRrEntry(decoded))).toBe(hexOf(encoded));
    }),
    { numRuns: 2000 },
  );
});
