/**
 * Goal: on any bytes every reader of cassettes and documents gives a value or its own refusal, in
 * bounded memory; and the readers of cassettes agree: the same entries, or the same refusal at the
 * same place.
 * Method: a million inputs for documents and a million for cassettes, made by mutating good bytes,
 * from a seed; a failure prints the input. A mutated frame's length is put right half of the time, or
 * nearly all would fail at the first. Each cassette is decoded whole, loaded, and read in random
 * pieces with and without verifying.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { crc32 } from "node:zlib";
import { firstDifference, MsgError } from "@reprise/msg-core";
import {
  type CassetteEntry,
  cassetteExtent,
  createCassetteReader,
  decodeCassette,
  decodeDocument,
  documentToJson,
  encodeCassetteEntry,
  encodeDocument,
  loadEntryTable,
} from "@reprise/msg-rr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bytesOf, hexOf } from "../../../tools/testing/hex.ts";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { documentVectors } from "./document-vectors.ts";
import {
  frameWith,
  minimalEntry,
  numberOf,
  randomEntry,
  samplePolicy,
  sealed,
} from "./entry-samples.ts";

const seed = 0xf0220;
const rounds = 1_000_000;
const heapGrowthMax = 8 * 1024 * 1024;

// Most inputs are refused, and a trace costs more than the reading.
const { stackTraceLimit } = Error;
beforeAll(() => {
  Error.stackTraceLimit = 0;
});
afterAll(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function memoryUsed(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

type Random = () => number;

/** One to three changes: a byte, one where tags and lengths stand, bytes taken out, bytes copied in. */
function mutated(random: Random, stem: Uint8Array): Uint8Array {
  let bytes = stem.slice();
  for (let times = (random() % 3) + 1; times > 0; times--) {
    const kind = random() % 5;
    const at = bytes.length === 0 ? 0 : random() % bytes.length;
    if (kind === 0) bytes[at] = random();
    else if (kind === 1) bytes[at] = [0, 1, 2, 3, 4, 5, 0x30, 0x61, 0x80, 0xff][random() % 10] ?? 0;
    else if (kind === 2) bytes[at] = (bytes[at] ?? 0) + (random() % 2 === 0 ? 1 : -1);
    else if (kind === 3) {
      const to = Math.min(bytes.length, at + 1 + (random() % 8));
      bytes = Uint8Array.of(...bytes.subarray(0, at), ...bytes.subarray(to));
    } else {
      const from = random() % (bytes.length + 1);
      const piece = bytes.subarray(from, from + (random() % 24));
      bytes = Uint8Array.of(...bytes.subarray(0, at), ...piece, ...bytes.subarray(at));
    }
  }
  return bytes;
}

const pick = <Item>(random: Random, items: readonly Item[]): Item =>
  // Never empty: the cast holds.
  items[random() % items.length] as Item;

/** Runs `judge` on a million inputs. It says what is wrong, or whether the input was accepted. */
function fuzz(
  make: (random: Random) => Uint8Array,
  judge: (bytes: Uint8Array, random: Random) => string | boolean,
): void {
  const random = seededRandom(seed);
  let accepted = 0;
  let before = 0;
  for (let round = 0; round < rounds; round++) {
    // By now the code is compiled.
    if (round === rounds / 2) before = memoryUsed();
    const bytes = make(random);
    const judged = judge(bytes, random);
    if (typeof judged === "string") {
      expect.fail(`${judged}: ${hexOf(bytes)} (seed ${seed}, round ${round})`);
    }
    if (judged) accepted += 1;
  }
  expect(memoryUsed() - before).toBeLessThan(heapGrowthMax);
  // Mutations that are all refused, or all accepted, would prove little.
  expect(accepted).toBeGreaterThan(rounds / 20);
  expect(accepted).toBeLessThan(rounds / 2);
}

/** The refusal's code and place; anything else that is thrown is a fault. */
function refusal(error: unknown): string {
  if (!MsgError.is(error)) return `fault ${String(error)}`;
  const { entry, offset } = error.details;
  return `${error.code} entry ${entry} byte ${offset}`;
}

const documents = documentVectors.map(({ hex }) => bytesOf(hex));

test(`documents: a million mutated inputs (seed ${seed})`, { timeout: 240_000 }, () => {
  fuzz(
    (random) => mutated(random, pick(random, documents)),
    (bytes) => {
      try {
        const document = decodeDocument(bytes);
        const written = encodeDocument(document);
        const at = firstDifference(written, bytes);
        // A bool byte above 1 is written back as 1.
        if (at >= 0 && written[at] !== 1) return `it is written back as ${hexOf(written)}`;
      } catch (error) {
        const said = refusal(error);
        return said.startsWith("DOCUMENT_INVALID") ? false : said;
      }
      try {
        documentToJson(bytes);
      } catch (error) {
        const said = refusal(error);
        if (!said.startsWith("DOCUMENT_INVALID")) return `as JSON: ${said}`;
      }
      return true;
    },
  );
});

const random = seededRandom(seed + 1);
const entries = Array.from({ length: 40 }, () => {
  const { req, resp, ...rest } = randomEntry(random);
  // Short ones: most changes are to fall on the structure.
  return { ...rest, req: req.subarray(0, 6), resp: resp.subarray(0, 9) };
});
const frames = [
  encodeCassetteEntry(minimalEntry),
  frameWith({ latency_ticks: numberOf("1234567890") }),
  frameWith({ aa: "04 02000000 0101 00", crc: "03 04000000 00000000" }),
  ...entries.map(encodeCassetteEntry),
  ...entries.slice(0, 20).map((entry) => sealed([entry])),
];

/** A mutated frame among good ones, its length put right half of the time; now and then cut short. */
function cassette(random: Random): Uint8Array {
  const bad = mutated(random, pick(random, frames));
  if (bad.length >= 4 && random() % 2 === 0) {
    new DataView(bad.buffer).setUint32(0, bad.length - 4, true);
  }
  const before = random() % 3 === 0 ? pick(random, frames) : new Uint8Array(0);
  const after = random() % 3 === 0 ? pick(random, frames) : new Uint8Array(0);
  const all = Uint8Array.of(...before, ...bad, ...after);
  return random() % 8 === 0 ? all.subarray(0, random() % (all.length + 1)) : all;
}

/** What was read, as text: all of it but the content of extra keys. */
function told(entries: readonly CassetteEntry[]): string {
  let text = "";
  for (const { kind, op, key, req, resp, err, latencyTicks, extra } of entries) {
    text += `${kind} ${op} ${key} ${err} ${latencyTicks} ${extra.length} ${req} ${resp}\n`;
  }
  return text;
}

function outcome(read: () => readonly CassetteEntry[]): string {
  try {
    return told(read());
  } catch (error) {
    return refusal(error);
  }
}

function inPieces(bytes: Uint8Array, random: Random, verifies: boolean): readonly CassetteEntry[] {
  const reader = createCassetteReader({
    frameBytesMax: 2 ** 32 - 1,
    ...(verifies ? { checksum: crc32 } : {}),
  });
  const read: CassetteEntry[] = [];
  const largest = 1 + (random() % 200);
  for (let at = 0; at < bytes.length; ) {
    const piece = bytes.subarray(at, at + 1 + (random() % largest));
    for (const { entry } of reader.push(piece)) read.push(entry);
    at += piece.length;
  }
  reader.end();
  return read;
}

function table(bytes: Uint8Array): readonly CassetteEntry[] {
  const loaded = loadEntryTable(bytes, { budgets: samplePolicy.budgets, checksum: crc32 });
  return Array.from({ length: loaded.count }, (_, entry) => loaded.entry(entry));
}

test(`cassettes: a million mutated inputs, four readings (seed ${seed})`, {
  timeout: 400_000,
}, () => {
  fuzz(cassette, (bytes, random) => {
    const decoded = outcome(() => decodeCassette(bytes));
    const piecewise = outcome(() => inPieces(bytes, random, false));
    const loaded = outcome(() => table(bytes));
    const verified = outcome(() => inPieces(bytes, random, true));
    const all = `decoded ${decoded}; in pieces ${piecewise}; loaded ${loaded}; verified ${verified}`;
    if (decoded !== piecewise || loaded !== verified) return all;
    if (loaded !== decoded && !loaded.startsWith("CASSETTE_CHECKSUM")) return all;
    if (/^(CASSETTE_TRUNCATED|CASSETTE_ENTRY_INVALID) /.test(decoded)) {
      const extent = outcomeOfExtent(bytes);
      const cut = / entry (\d+) byte (\d+)$/.exec(decoded)?.slice(1).join(" ");
      const isSame = decoded.startsWith("CASSETTE_TRUNCATED") ? extent === cut : extent === decoded;
      return isSame ? false : `decoded ${decoded}; extent ${extent}`;
    }
    return decoded.startsWith("fault") ? decoded : true;
  });
});

function outcomeOfExtent(bytes: Uint8Array): string {
  try {
    const { entries, bytes: size } = cassetteExtent(bytes);
    return `${entries} ${size}`;
  } catch (error) {
    return refusal(error);
  }
}
