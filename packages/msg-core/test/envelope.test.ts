/**
 * Goal: an envelope has the bytes that the format gives it and no others, and whatever else is read
 * is refused with the number and the place that the format gives it.
 * Method: vectors drawn by hand, written and read; each of them cut, lengthened and flipped; bytes
 * drawn wrong one field at a time, then two faults at once, which settles the order of the checks.
 */

import { decodeEnvelope, encodeEnvelope } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import { bytesOf, field, hexOf, u32 } from "../../../tools/testing/hex.ts";
import { envelopeVectors } from "./envelope-vectors.ts";
import { refusalOf } from "./refusal.ts";

const x07Of = (bytes: Uint8Array) => refusalOf(() => decodeEnvelope(bytes)).x07;

describe.each(envelopeVectors)("$name", ({ envelope, bytes, isReadOnly = false }) => {
  test("is read", () => {
    const decoded = decodeEnvelope(bytes);
    expect(decoded).toEqual(envelope);
    // `toEqual` is blind to `__proto__` and to what an object inherits.
    const { headers } = envelope;
    expect(Object.entries(decoded.headers).sort()).toEqual(Object.entries(headers).sort());
    expect(Object.getPrototypeOf(decoded.headers)).toBe(Object.prototype);
  });
  test("is written, or refused", () => {
    if (isReadOnly) expect(refusalOf(() => encodeEnvelope(envelope)).x07).toBe(9504);
    else expect(hexOf(encodeEnvelope(envelope))).toBe(hexOf(bytes));
  });
  test("is read from the middle of a buffer", () => {
    const buffer = Buffer.concat([Buffer.alloc(5, 0xff), bytes, Buffer.alloc(3, 0xff)]);
    expect(decodeEnvelope(buffer.subarray(5, -3))).toEqual(envelope);
  });
  test("is framed wrong when it is cut, as it stands and with its length put right", () => {
    for (let size = 0; size < bytes.length; size++) {
      const cut = bytes.slice(0, size);
      expect(x07Of(cut)).toBe(9507);
      if (size >= 4) expect(x07Of(withOuterLength(cut))).toBe(9507);
    }
  });
  test("has a bad header section when that is cut, with both lengths put right", () => {
    for (let size = sectionOf(bytes); size < bytes.length; size++) {
      expect(x07Of(withSection(bytes, bytes.slice(sectionOf(bytes), size)))).toBe(9509);
    }
  });
  test("is refused with a byte more, wherever it is counted", () => {
    const longer = Uint8Array.of(...bytes, 0);
    expect(x07Of(longer)).toBe(9507);
    expect(x07Of(withOuterLength(longer))).toBe(9507);
    expect(x07Of(withSection(bytes, longer.slice(sectionOf(bytes))))).toBe(9509);
  });
  test("with any bit flipped is another envelope or refused, and is written back as read", () => {
    for (let at = 0; at < bytes.length * 8; at++) {
      const flipped = bytes.slice();
      flipped[at >> 3] = (flipped[at >> 3] ?? 0) ^ (1 << (at & 7));
      let decoded: ReturnType<typeof decodeEnvelope>;
      try {
        decoded = decodeEnvelope(flipped);
      } catch (error) {
        expect(error).toMatchObject({
          name: "MsgError",
          fault: expect.stringMatching(/peer|caller/),
        });
        continue;
      }
      if (Object.hasOwn(decoded.headers, "")) continue;
      expect(hexOf(encodeEnvelope(decoded))).toBe(hexOf(flipped));
    }
  });
});

/** Where the header section begins: behind topic, key, value and its own length. */
function sectionOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  let at = 12;
  for (let fields = 0; fields < 3; fields++) at += 4 + view.getUint32(at, true);
  return at + 4;
}

function withOuterLength(bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  new DataView(copy.buffer).setUint32(0, copy.length - 4, true);
  return copy;
}

function withSection(bytes: Uint8Array, section: Uint8Array): Uint8Array {
  const start = sectionOf(bytes);
  const copy = Uint8Array.of(...bytes.slice(0, start), ...section);
  new DataView(copy.buffer).setUint32(start - 4, section.length, true);
  return withOuterLength(copy);
}

/** Outer length, magic, version, and then `fields`. */
const framed = (fields: string) => bytesOf(field(`58374d45 01000000 ${fields}`));
/** An envelope whose header section is `section`; that begins at byte 29. */
const sectioned = (section: string) => framed(`01000000 74 00000000 00000000 ${field(section)}`);

type Refused = readonly [name: string, bytes: Uint8Array, x07: number, offset: number];

const frames: readonly Refused[] = [
  ["no bytes", bytesOf(""), 9507, 0],
  ["less than a length", bytesOf("000000"), 9507, 0],
  ["a length of nothing", bytesOf("00000000"), 9507, 0],
  ["a payload of 7", bytesOf("07000000 58374d45 010000"), 9507, 0],
  [
    "a length one too large",
    bytesOf("1d000000 58374d45 01000000 00000000 00000000 00000000 04000000 00000000"),
    9507,
    0,
  ],
  [
    "a length one too small",
    bytesOf("1b000000 58374d45 01000000 00000000 00000000 00000000 04000000 00000000"),
    9507,
    0,
  ],
  [
    "a length that counts itself",
    bytesOf("20000000 58374d45 01000000 00000000 00000000 00000000 04000000 00000000"),
    9507,
    0,
  ],
  [
    "a big-endian length",
    bytesOf("0000001c 58374d45 01000000 00000000 00000000 00000000 04000000 00000000"),
    9507,
    0,
  ],
  [
    "the largest length",
    bytesOf("ffffffff 58374d45 01000000 00000000 00000000 00000000 04000000 00000000"),
    9507,
    0,
  ],
  [
    "the magic of an rr entry",
    bytesOf(field("58374d52 01000000 00000000 00000000 00000000 04000000 00000000")),
    9508,
    4,
  ],
  ["the magic back to front", bytesOf(field("454d3758 01000000")), 9508, 4],
  ["version 0", bytesOf(field("58374d45 00000000")), 9508, 8],
  ["version 2", bytesOf(field("58374d45 02000000")), 9508, 8],
  ["a big-endian version", bytesOf(field("58374d45 00000001")), 9508, 8],
  ["no fields", framed(""), 9507, 12],
  ["half a length", framed("0000"), 9507, 12],
  ["a topic longer than all", framed("02000000 74"), 9507, 12],
  ["a topic of 2^32 - 1", framed("ffffffff 74 00000000 00000000 04000000 00000000"), 9507, 12],
  ["a topic of 2^31", framed("00000080 74 00000000 00000000 04000000 00000000"), 9507, 12],
  ["no key", framed("01000000 74"), 9507, 17],
  [
    "a key that runs into the end",
    framed("01000000 74 0d000000 00000000 04000000 00000000"),
    9507,
    17,
  ],
  [
    "a value that runs into the end",
    framed("01000000 74 00000000 09000000 04000000 00000000"),
    9507,
    21,
  ],
  ["no header section", framed("01000000 74 00000000 00000000"), 9507, 25],
  [
    "a header section longer than all",
    framed("01000000 74 00000000 00000000 05000000 00000000"),
    9507,
    25,
  ],
  [
    "a byte after the header section",
    framed("01000000 74 00000000 00000000 04000000 00000000 00"),
    9507,
    33,
  ],
  [
    "a header section that ends early",
    framed("01000000 74 00000000 00000000 00000000 00000000"),
    9507,
    29,
  ],
  [
    "a topic of a byte that is never used",
    framed("01000000 ff 00000000 00000000 04000000 00000000"),
    9507,
    12,
  ],
  [
    "a topic cut inside a character",
    framed("02000000 e282 00000000 00000000 04000000 00000000"),
    9507,
    12,
  ],
  ["an overlong topic", framed("02000000 c0af 00000000 00000000 04000000 00000000"), 9507, 12],
  [
    "a surrogate in the topic",
    framed("03000000 eda080 00000000 00000000 04000000 00000000"),
    9507,
    12,
  ],
  [
    "a topic beyond U+10FFFF",
    framed("04000000 f4908080 00000000 00000000 04000000 00000000"),
    9507,
    12,
  ],
];

const headers: readonly Refused[] = [
  ["no count", sectioned(""), 9509, 29],
  ["half a count", sectioned("0000"), 9509, 29],
  ["a header that is not there", sectioned("01000000"), 9509, 29],
  ["half a header", sectioned("01000000 00000000 000000"), 9509, 29],
  ["2^32 - 1 headers", sectioned("ffffffff 01000000 61 00000000"), 9509, 29],
  ["2^31 headers", sectioned("00000080 01000000 61 00000000"), 9509, 29],
  [
    "two headers, of which one is there",
    sectioned("02000000 01000000 61 08000000 7878787878787878"),
    9509,
    50,
  ],
  ["a name that runs past the end", sectioned("01000000 06000000 61 00000000"), 9509, 33],
  ["a name of 2^32 - 1", sectioned("01000000 ffffffff 61 00000000"), 9509, 33],
  ["a name up to the end, and no value", sectioned("01000000 05000000 61 00000000"), 9509, 42],
  ["a value that runs past the end", sectioned("01000000 01000000 61 02000000 76"), 9509, 38],
  ["a value of 2^32 - 1", sectioned("01000000 01000000 61 ffffffff 76"), 9509, 38],
  ["a byte after the last header", sectioned("01000000 01000000 61 00000000 00"), 9509, 42],
  ["a byte after no header", sectioned("00000000 00"), 9509, 33],
  [
    "a header more than counted",
    sectioned("01000000 01000000 61 00000000 01000000 62 00000000"),
    9509,
    42,
  ],
  ["a name that is not ASCII", sectioned("01000000 02000000 c3a9 00000000"), 9504, 33],
  ["a name that is not UTF-8", sectioned("01000000 01000000 80 00000000"), 9504, 33],
  ["a name twice", sectioned("02000000 01000000 61 00000000 01000000 61 00000000"), 9504, 42],
  ["names that descend", sectioned("02000000 01000000 62 00000000 01000000 61 00000000"), 9504, 42],
  [
    "a name behind one that it begins",
    sectioned("02000000 02000000 6161 00000000 01000000 61 00000000"),
    9504,
    43,
  ],
  [
    "names in the order of integers",
    sectioned("02000000 01000000 32 00000000 02000000 3130 00000000"),
    9504,
    42,
  ],
  [
    "names in the order of a dictionary",
    sectioned("02000000 01000000 61 00000000 01000000 42 00000000"),
    9504,
    42,
  ],
  [
    "an empty name behind another",
    sectioned("02000000 01000000 61 00000000 00000000 00000000"),
    9504,
    42,
  ],
  ["an empty name twice", sectioned("02000000 00000000 00000000 00000000 00000000"), 9504, 41],
  ["a value of a byte that is never used", sectioned("01000000 01000000 61 01000000 ff"), 9505, 38],
  ["a value cut inside a character", sectioned("01000000 01000000 61 02000000 e282"), 9505, 38],
  ["a surrogate in a value", sectioned("01000000 01000000 61 03000000 edb080"), 9505, 38],
  ["an overlong value", sectioned("01000000 01000000 61 02000000 c080"), 9505, 38],
  [
    "a long value that is not UTF-8",
    sectioned(`01000000 01000000 61 ${field(`${"78".repeat(90)} ff`)}`),
    9505,
    38,
  ],
];

/** The number is that of the fault which the format checks first. */
const twoFaults: readonly Refused[] = [
  ["length, then magic", bytesOf("09000000 00000000 01000000"), 9507, 0],
  ["magic, then version", bytesOf(field("00000000 00000000")), 9508, 4],
  ["version, then fields", bytesOf(field("58374d45 02000000 ffffffff")), 9508, 8],
  [
    "bytes left over, then topic",
    framed("01000000 ff 00000000 00000000 04000000 00000000 00"),
    9507,
    33,
  ],
  ["topic, then headers", framed("01000000 ff 00000000 00000000 04000000 01000000"), 9507, 12],
  ["count, then a name that is not ASCII", sectioned("03000000 02000000 c3a9 00000000"), 9509, 29],
  [
    "a name that is not ASCII, then its value's end",
    sectioned("01000000 01000000 ff 01000000"),
    9504,
    33,
  ],
  [
    "a name that descends, then its value's end",
    sectioned("02000000 01000000 62 00000000 01000000 61 01000000"),
    9504,
    42,
  ],
  [
    "a name neither ASCII nor ascending",
    sectioned("02000000 01000000 62 00000000 02000000 c3a9 00000000"),
    9504,
    42,
  ],
  ["a value's end, then its UTF-8", sectioned("01000000 01000000 61 02000000 ff"), 9509, 38],
  [
    "a value, then the next name",
    sectioned("02000000 01000000 61 01000000 ff 01000000 61 00000000"),
    9505,
    38,
  ],
  ["a value, then a byte more", sectioned("01000000 01000000 61 01000000 ff 00"), 9505, 38],
  [
    "a name, then an earlier one's value",
    sectioned("02000000 01000000 ff 01000000 ff 01000000 61 00000000"),
    9504,
    33,
  ],
];

describe("is refused", () => {
  test.each([...frames, ...headers, ...twoFaults])("%s", (_name, bytes, x07, offset) => {
    const refusal = refusalOf(() => decodeEnvelope(bytes));
    expect([refusal.x07, refusal.details.offset]).toEqual([x07, offset]);
    expect(refusal.message).toMatch(/^envelope: .*, at byte \d+$/);
    expect(refusal.retryable).toBe(false);
  });
  test.each([
    ["null", null],
    ["undefined", undefined],
    ["a string", "3a000000"],
    ["an array", [0, 0, 0, 0]],
    ["an ArrayBuffer", new ArrayBuffer(32)],
    ["a DataView", new DataView(new ArrayBuffer(32))],
    ["16-bit units", new Uint16Array(32)],
    ["an object made to look like one", Object.create(Uint8Array.prototype)],
  ])("%s in place of bytes", (_name, value) => {
    // The point is what the types forbid.
    const refusal = refusalOf(() => decodeEnvelope(value as unknown as Uint8Array));
    expect([refusal.x07, refusal.details.offset]).toEqual([9507, 0]);
  });
  test("bytes whose buffer was given away", () => {
    const bytes = bytesOf(
      `${u32(28)} 58374d45 01000000 00000000 00000000 00000000 04000000 00000000`,
    );
    structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] });
    expect(x07Of(bytes)).toBe(9507);
  });
});

test("key and value are views of the input", () => {
  const bytes = Uint8Array.from(envelopeVectors[0]?.bytes ?? []);
  const { key, value } = decodeEnvelope(bytes);
  expect([key.buffer, value.buffer]).toEqual([bytes.buffer, bytes.buffer]);
  bytes.fill(0);
  expect([...key, ...value]).toEqual([0, 0, 0, 0]);
});
