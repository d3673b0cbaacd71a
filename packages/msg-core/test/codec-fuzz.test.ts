/**
 * Goal: on any bytes the two readers give a value or their own refusal; what they accept is what the
 * writers write; and reading a million messages leaves no more behind than the tables hold.
 * Method: a million inputs for each reader, made by mutating good bytes, from a seed; a failure
 * prints the input. Lengths are put right half of the time, or nearly all would fail at the first.
 */

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  decodeEnvelope,
  decodeRrEntry,
  encodeEnvelope,
  encodeRrEntry,
  firstDifference,
  MsgError,
} from "@reprise/msg-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hexOf } from "../../../tools/testing/hex.ts";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { envelopeVectors } from "./envelope-vectors.ts";

const seed = 0x58374d;
const rounds = 1_000_000;
const heapGrowthMax = 8 * 1024 * 1024;

const envelopes = envelopeVectors.map(({ bytes }) => bytes).filter(({ length }) => length < 200);
const entries = [
  encodeRrEntry({
    op: 1,
    driverKind: 1,
    endpoint: "local_dev_v1",
    envelope: Uint8Array.of(1, 2, 3),
    ackTag: 1,
    ack: Uint8Array.of(4),
  }),
  encodeRrEntry({
    op: 2,
    driverKind: 4,
    endpoint: "é",
    envelope: envelopes[0] ?? new Uint8Array(0),
    ackTag: 2,
    ack: new Uint8Array(0),
  }),
];

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function memoryUsed(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

// Most inputs are refused, and a trace costs more than the reading.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** One to three changes: a byte, a u32 where lengths stand, bytes taken out, bytes copied in. */
function mutated(random: () => number, stems: readonly Uint8Array[]): Uint8Array {
  let bytes = (stems[random() % stems.length] ?? new Uint8Array(0)).slice();
  for (let times = (random() % 3) + 1; times > 0; times--) {
    const kind = random() % 5;
    const at = bytes.length === 0 ? 0 : random() % bytes.length;
    if (kind === 0) bytes[at] = random();
    else if (kind === 1) bytes[at] = [0, 1, 2, 4, 0x61, 0x80, 0xff][random() % 7] ?? 0;
    else if (kind === 2) bytes[at] = (bytes[at] ?? 0) + (random() % 2 === 0 ? 1 : -1);
    else if (kind === 3) {
      const to = Math.min(bytes.length, at + 1 + (random() % 8));
      bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(to));
    } else {
      const from = random() % (bytes.length + 1);
      const piece = bytes.subarray(from, from + (random() % 12));
      bytes = Uint8Array.of(...bytes.subarray(0, at), ...piece, ...bytes.subarray(at));
    }
  }
  if (bytes.length >= 4 && random() % 2 === 0) {
    new DataView(bytes.buffer).setUint32(0, bytes.length - 4, true);
  }
  return bytes;
}

interface Codec {
  readonly stems: readonly Uint8Array[];
  readonly codes: readonly string[];
  /** Reads, and writes what was read; undefined where writing is stricter. */
  readonly rewrite: (bytes: Uint8Array) => Uint8Array | undefined;
}

/** What is wrong with the outcome, or whether the bytes were accepted. */
function judge({ codes, rewrite }: Codec, bytes: Uint8Array): string | boolean {
  let written: Uint8Array | undefined;
  try {
    written = rewrite(bytes);
  } catch (error) {
    if (!MsgError.is(error)) return `it throws ${String(error)}`;
    const { offset = -1 } = error.details;
    if (offset < 0 || offset > bytes.length) return `its offset is ${offset}`;
    return codes.includes(error.code) ? false : `it is refused with ${error.code}`;
  }
  if (written === undefined || firstDifference(written, bytes) === -1) return true;
  return `it is written back as ${hexOf(written)}`;
}

const codecs: readonly (readonly [name: string, codec: Codec])[] = [
  [
    "decodeEnvelope",
    {
      stems: envelopes,
      codes: [
        "ENVELOPE_FRAMING",
        "ENVELOPE_VERSION",
        "HEADER_SECTION_INVALID",
        "HEADER_NAME_INVALID",
        "HEADER_VALUE_INVALID",
      ],
      rewrite(bytes) {
        const envelope = decodeEnvelope(bytes);
        return Object.hasOwn(envelope.headers, "") ? undefined : encodeEnvelope(envelope);
      },
    },
  ],
  [
    "decodeRrEntry",
    {
      stems: entries,
      codes: ["ENTRY_FRAMING", "ENTRY_VERSION"],
      rewrite(bytes) {
        const entry = decodeRrEntry(bytes);
        const { op, driverKind, ackTag } = entry;
        const isWritable = [1, 2].includes(op) && [1, 2].includes(ackTag);
        return isWritable && driverKind >= 1 && driverKind <= 4 ? encodeRrEntry(entry) : undefined;
      },
    },
  ],
];

test.each(codecs)(
  `%s: a million mutated inputs (seed ${seed})`,
  { timeout: 120_000 },
  (_, codec) => {
    const random = seededRandom(seed);
    let accepted = 0;
    let before = 0;
    for (let round = 0; round < rounds; round++) {
      // By now the tables are full and the code is compiled.
      if (round === rounds / 2) before = memoryUsed();
      const bytes = mutated(random, codec.stems);
      const judged = judge(codec, bytes);
      if (typeof judged === "string") {
        expect.fail(`${judged}: ${hexOf(bytes)} (seed ${seed}, round ${round})`);
      }
      if (judged) accepted += 1;
    }
    expect(memoryUsed() - before).toBeLessThan(heapGrowthMax);
    // Mutations that are all refused, or all accepted, would prove little.
    expect(accepted).toBeGreaterThan(rounds / 20);
    expect(accepted).toBeLessThan(rounds / 2);
  },
);
