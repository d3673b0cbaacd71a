/**
 * Goal: a million entries cost, each, what ten thousand cost, to load and to replay; and reading them
 * piece by piece takes memory for a piece and not for the whole.
 * Method: cassettes of both sizes made of the same entries, loaded and replayed in turn in one process:
 * the small one a hundred times, then the large one once, so that both take as many entries, and as
 * much of the collector's work. What counts is the processor's time, which waiting for one's turn on
 * a busy machine does not add to, and of seven such pairs the median ratio. The stream is made piece
 * by piece too.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { crc32 } from "node:zlib";
import {
  type CassetteEntry,
  createCassetteReader,
  createMemoryStore,
  openSession,
} from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { samplePolicy, sealed } from "./entry-samples.ts";

const small = 10_000;
const large = 1_000_000;
const rounds = 7;
const ratioMax = 1.2;
const heapGrowthMax = 32 * 1024 * 1024;

const text = new TextEncoder();
const ops = ["std.msg.memory.publish_env_v1", "std.msg.memory.poll_env_v1"] as const;

function entryAt(index: number): CassetteEntry {
  return {
    kind: "rr",
    // As in a recording: a hundred published, a hundred delivered.
    op: Math.floor(index / 100) % 2 === 0 ? ops[0] : ops[1],
    key: "local_memory_v1",
    req: text.encode(`request ${index % 1000}`),
    resp: text.encode(`response ${index % 1000}`),
    err: 0,
    ...(index % 3 === 0 ? { latencyTicks: index } : {}),
    extra: [],
  };
}

/** Made a thousand entries at a time: the frames of a million at once would be as many objects. */
function cassetteOf(count: number): Uint8Array {
  const store = createMemoryStore(new Uint8Array(0));
  const session = openSession({ policy: samplePolicy, mode: "record", store, checksum: crc32 });
  for (let index = 0; index < count; index += 1000) {
    session.append(...Array.from({ length: 1000 }, (_, one) => entryAt(index + one)));
  }
  session.close();
  return store.bytes();
}

/** Microseconds of the processor for each entry, loaded and replayed so many times. */
function costOf(cassette: Uint8Array, { count, times }: { count: number; times: number }): number {
  const start = process.cpuUsage();
  for (let time = 0; time < times; time++) {
    const session = openSession({
      policy: samplePolicy,
      mode: "replay",
      store: createMemoryStore(cassette),
      checksum: crc32,
      requireChecksums: true,
    });
    for (let index = 0; index < count / 2; index++) {
      for (const op of ops) session.next("rr", op, "local_memory_v1");
    }
    expect(session.stats()).toContain(`"entries":${count},"used":${count},`);
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / (count * times);
}

test("an entry among a million costs at most 1.2 times one among ten thousand", {
  timeout: 180_000,
}, () => {
  const few = cassetteOf(small);
  const many = cassetteOf(large);
  // Compiled by now.
  costOf(few, { count: small, times: 30 });
  const ratios: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const each = costOf(few, { count: small, times: large / small });
    ratios.push(costOf(many, { count: large, times: 1 }) / each);
  }
  ratios.sort((left, right) => left - right);
  console.info(`a million to ten thousand: ${ratios.map((ratio) => ratio.toFixed(2)).join(" ")}`);
  expect(ratios[Math.floor(rounds / 2)]).toBeLessThan(ratioMax);
});

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

function memoryUsed(): number {
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("a million entries read piece by piece leave no more behind than a piece", {
  timeout: 120_000,
}, () => {
  const part = sealed(Array.from({ length: 1000 }, (_, index) => entryAt(index)));
  // Without checksums to go on: the same thousand come again and again, in pieces that cut frames.
  const reader = createCassetteReader();
  const pieceSize = 65_521;
  let entries = 0;
  let before = 0;
  let most = 0;
  for (let round = 0; round < large / 1000; round++) {
    for (let at = 0; at < part.length; at += pieceSize) {
      entries += reader.push(part.slice(at, at + pieceSize)).length;
    }
    if (round === 100) before = memoryUsed();
    if (round > 100 && round % 100 === 0) most = Math.max(most, memoryUsed() - before);
  }
  expect(entries).toBe(large);
  expect(reader.end()).toMatchObject({ entries: large, bytes: (large / 1000) * part.length });
  expect(most).toBeLessThan(heapGrowthMax);
});
