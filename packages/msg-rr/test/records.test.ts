/**
 * Goal: the records of a cassette have exactly the bytes that their drawing says, and a reader takes
 * nothing else: on any input a value or RECORDED_MISMATCH.
 * Method: vectors written from the drawing, both ways; every prefix and a trailing byte refused; a
 * table of refusals; a million mutated inputs, seeded.
 */
import { MsgError, type Settlement } from "@reprise/msg-core";
import { describe, expect, test } from "vitest";
import {
  decodeEvent,
  decodeFailure,
  decodeHandover,
  decodeReceipt,
  decodeSettlement,
  decodeWaited,
  encodeEvent,
  encodeFailure,
  encodeHandover,
  encodeReceipt,
  encodeSettlement,
  encodeWaited,
  settlementRecordOf,
} from "../src/records.ts";

const bytes = (...parts: string[]): Uint8Array =>
  Uint8Array.from(Buffer.from(parts.join("").replaceAll(" ", ""), "hex"));
const ascii = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "utf8"));

interface Vector {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly value: unknown;
  readonly encode: () => Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
}

function vector<Value>(
  name: string,
  codec: { encode: (value: Value) => Uint8Array; decode: (bytes: Uint8Array) => Value },
  value: Value,
  encoded: Uint8Array,
): Vector {
  const { encode, decode } = codec;
  return { name, bytes: encoded, value, encode: () => encode(value), decode };
}

const receipt = { encode: encodeReceipt, decode: decodeReceipt };
const handover = { encode: encodeHandover, decode: decodeHandover };
const settlement = { encode: encodeSettlement, decode: decodeSettlement };
const failure = { encode: encodeFailure, decode: decodeFailure };
const event = { encode: encodeEvent, decode: decodeEvent };
const waited = {
  encode: (value: Parameters<typeof encodeWaited>[0]) => ascii(encodeWaited(value)),
  decode: (detail: Uint8Array) => decodeWaited(Buffer.from(detail).toString("utf8")),
};

const vectors: readonly Vector[] = [
  vector("receipt", receipt, { partition: 3, position: "42" }, bytes("03000000 02000000 3432")),
  vector("receipt, empty", receipt, { partition: 0, position: "" }, bytes("00000000 00000000")),
  vector(
    "receipt, the largest partition, not ASCII",
    receipt,
    { partition: 0xffffffff, position: "é1-0" },
    bytes("ffffffff 05000000 c3a9 312d30"),
  ),
  vector(
    "handover",
    handover,
    {
      batchIndex: 1,
      batchSize: 2,
      attempt: 3,
      redelivered: true,
      partition: 4,
      position: "5",
    },
    bytes("01000000 02000000 03000000 01000000 04000000 01000000 35"),
  ),
  vector(
    "handover, first of one",
    handover,
    { batchIndex: 0, batchSize: 1, attempt: 1, redelivered: false, partition: 0, position: "" },
    bytes("00000000 01000000 01000000 00000000 00000000 00000000"),
  ),
  vector(
    "settlement, ack",
    settlement,
    { topic: "t", partition: 1, position: "9", attempt: 2, outcome: "ack", reason: "" },
    bytes("01000000 02000000 01000000 39 01000000 74 01000000 00000000"),
  ),
  vector(
    "settlement, retry",
    settlement,
    { topic: "t", partition: 1, position: "9", attempt: 2, outcome: "retry", reason: "no" },
    bytes("01000000 02000000 01000000 39 01000000 74 02000000 02000000 6e6f"),
  ),
  vector(
    "settlement, reject",
    settlement,
    { topic: "", partition: 0, position: "", attempt: 1, outcome: "reject", reason: "ü" },
    bytes("00000000 01000000 00000000 00000000 03000000 02000000 c3bc"),
  ),
  vector(
    "failure",
    failure,
    { code: "QUEUE_FULL", message: 'a "b"', scope: "batch" },
    ascii('{"code":"QUEUE_FULL","message":"a \\"b\\"","scope":"batch"}'),
  ),
  vector(
    "failure of one message",
    failure,
    { code: "CLOSED", message: "", scope: "message" },
    ascii('{"code":"CLOSED","message":"","scope":"message"}'),
  ),
  vector(
    "event",
    event,
    { name: "rebalanced", detail: "gen\n2" },
    ascii('{"detail":"gen\\n2","name":"rebalanced"}'),
  ),
  vector(
    "waited",
    waited,
    { during: 12, older: 3, size: 1 },
    ascii('{"during":12,"older":3,"size":1}'),
  ),
];

describe.each(vectors)("$name", ({ bytes: encoded, value, encode, decode }) => {
  test("is written so", () => {
    expect(Buffer.from(encode()).toString("hex")).toBe(Buffer.from(encoded).toString("hex"));
  });
  test("is read so, wherever the bytes are", () => {
    const within = new Uint8Array(encoded.length + 9).fill(0xee);
    within.set(encoded, 5);
    expect(decode(encoded)).toEqual(value);
    expect(decode(within.subarray(5, 5 + encoded.length))).toEqual(value);
  });
  test("is refused when cut short, or with a byte more", () => {
    for (let length = 0; length < encoded.length; length++) {
      expect(
        refusal(() => decode(encoded.subarray(0, length))),
        `${length} bytes`,
      ).toBe("RECORDED_MISMATCH");
    }
    expect(refusal(() => decode(Uint8Array.of(...encoded, 0)))).toBe("RECORDED_MISMATCH");
  });
});

/** The code that `read` throws. Anything but a MsgError, or no throw at all, fails the test. */
function refusal(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (MsgError.is(error)) return error.code;
    throw error;
  }
  return "nothing thrown";
}

const refused: readonly [string, (bytes: Uint8Array) => unknown, Uint8Array][] = [
  ["position not UTF-8", decodeReceipt, bytes("00000000 02000000 c328")],
  ["position longer than all memory", decodeReceipt, bytes("00000000 ffffffff 31")],
  ["redelivered 2", decodeHandover, bytes("00000000 01000000 01000000 02000000 00000000 00000000")],
  ["batch of none", decodeHandover, bytes("00000000 00000000 01000000 00000000 00000000 00000000")],
  ["index past", decodeHandover, bytes("02000000 02000000 01000000 00000000 00000000 00000000")],
  ["outcome 0", decodeSettlement, bytes("00000000 01000000 00000000 00000000 00000000 00000000")],
  ["outcome 4", decodeSettlement, bytes("00000000 01000000 00000000 00000000 04000000 00000000")],
  [
    "reason not UTF-8",
    decodeSettlement,
    bytes("0000000001000000 00000000 00000000 01000000 01000000 ff"),
  ],
  ["no JSON", decodeFailure, ascii("no")],
  ["an array", decodeFailure, ascii('["CLOSED","",""]')],
  ["null", decodeFailure, ascii("null")],
  ["a code that is none", decodeFailure, ascii('{"code":"OOPS","message":"","scope":"batch"}')],
  ["an inherited code", decodeFailure, ascii('{"code":"toString","message":"","scope":"batch"}')],
  ["no message", decodeFailure, ascii('{"code":"CLOSED","scope":"batch"}')],
  ["a scope that is none", decodeFailure, ascii('{"code":"CLOSED","message":"","scope":"all"}')],
  ["no scope", decodeFailure, ascii('{"code":"CLOSED","message":""}')],
  ["a name of a number", decodeEvent, ascii('{"detail":"","name":1}')],
  ["no detail", decodeEvent, ascii('{"name":"x"}')],
  ["members through __proto__", decodeEvent, ascii('{"__proto__":{"name":"x","detail":""}}')],
  ["not UTF-8", decodeEvent, bytes("7bff7d")],
  ["older -1", waited.decode, ascii('{"during":0,"older":-1,"size":1}')],
  ["older 0.5", waited.decode, ascii('{"during":0,"older":0.5,"size":1}')],
  ["size too large", waited.decode, ascii('{"during":0,"older":0,"size":4294967296}')],
  ["during missing", waited.decode, ascii('{"older":0,"size":1}')],
];

test.each(refused)("%s is refused", (_, decode, input) => {
  expect(refusal(() => decode(input))).toBe("RECORDED_MISMATCH");
});

test("a settlement is compared as the driver keeps it: its reason cut and mended", () => {
  const delivery = {
    envelope: { topic: "t", key: new Uint8Array(0), value: new Uint8Array(0), headers: {} },
    partition: 1,
    position: "2",
    attempt: 3,
    redelivered: false,
  };
  const reasonOf = (rest: Partial<Settlement>): string =>
    settlementRecordOf({ delivery, outcome: "retry", ...rest }).reason;
  expect(reasonOf({})).toBe("");
  expect(reasonOf({ reason: "x".repeat(1025) })).toBe("x".repeat(1024));
  expect(reasonOf({ reason: `${"x".repeat(1023)}🎈` })).toBe(`${"x".repeat(1023)}\ufffd`);
});

const seed = 20261120;
const runs = 1_000_000;

test(`a million mutated inputs are read or refused (seed ${seed})`, () => {
  const random = createRandom(seed);
  let read = 0;
  for (let run = 0; run < runs; run++) {
    // Within bounds: the cast holds.
    const { bytes: encoded, decode } = vectors[random(vectors.length)] as Vector;
    const input = mutated(encoded, random);
    try {
      decode(input);
      read += 1;
    } catch (error) {
      if (MsgError.is(error) && error.code === "RECORDED_MISMATCH") continue;
      throw new Error(`run ${run}: ${Buffer.from(input).toString("hex")}`, { cause: error });
    }
  }
  expect(read).toBeGreaterThan(runs / 100);
  expect(read).toBeLessThan(runs);
}, 120_000);

type Random = (bound: number) => number;

/** xorshift32. */
function createRandom(start: number): Random {
  let state = start | 0;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

function mutated(encoded: Uint8Array, random: Random): Uint8Array {
  const input = encoded.slice(0, random(8) === 0 ? random(encoded.length + 1) : encoded.length);
  for (let count = 1 + random(3); count > 0 && input.length > 0; count--) {
    const at = random(input.length);
    input[at] = random(2) === 0 ? random(256) : (input[at] ?? 0) ^ (1 << random(8));
  }
  return random(8) === 0 ? Uint8Array.of(...input, random(256)) : input;
}
