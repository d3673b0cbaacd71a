/**
 * Goal: handlers that ask for the time and for randomness replay byte for byte; handlers of every run
 * are held to their world.
 * Method: the real commands with `--ambient`, their files compared as bytes; the cassette spoilt, one
 * draw at a time; the stamp by itself, outside and in a world.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createMemoryStore,
  decodeCassette,
  encodeCassetteEntry,
  openSession,
} from "@reprise/msg-rr";
import { WorldError } from "@reprise/worlds";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ambientStamp } from "../src/os/ambient-stamp.js";
import { handlerWorld } from "../src/os/handler-world.js";
import type { RunFacts } from "../src/run-facts.js";
import { createPlace, lab } from "./lab-in-process.js";

const place = createPlace();
const read = (...path: string[]): Buffer => readFileSync(join(place.folder, ...path));
const messages = 120;

function record(cassette: string, ...options: string[]): ReturnType<typeof lab> {
  const out = join(place.folder, "out", cassette);
  const common = ["--messages", String(messages), "--cassette", cassette, "--out", out];
  return lab("record", ...place.options, ...common, ...options);
}

beforeAll(async () => {
  expect(await record("stamped", "--ambient")).toMatchObject({ status: 0, stderr: "" });
});
afterAll(place.remove);

test("a replay writes the same three files, to the byte", async () => {
  const out = join(place.folder, "replayed");
  const result = await lab("replay", ...place.options, "--cassette", "stamped", "--out", out);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  for (const name of ["aggregate.json", "metrics.txt", "report.json"]) {
    expect(read("replayed", name)).toEqual(read("out", "stamped", name));
  }
  const report = JSON.parse(read("replayed", "report.json").toString());
  expect(report.run).toMatchObject({ ambient: true, messages });
  expect(JSON.parse(read("replayed", "aggregate.json").toString()).stamps_sha256).toMatch(
    /^[0-9a-f]{64}$/,
  );
});

test("verify agrees", async () => {
  const result = await lab("verify", ...place.options, "--cassette", "stamped");
  expect(result).toMatchObject({ status: 0, stderr: "" });
});

test("the cassette has a draw for each call of each handler", () => {
  const entries = decodeCassette(read(".x07_rr", "stamped", "cassette.rrbin"));
  const count = (name: string): number => entries.filter(({ op }) => op.endsWith(name)).length;
  const handled = count("settle_v1");
  expect(handled).toBeGreaterThanOrEqual(messages);
  expect([count("std.rr.clock_v1"), count("std.rr.entropy_v1")]).toEqual([handled, 2 * handled]);
});

test("on the embedded broker the same seed gives the same cassette, dice included", async () => {
  await record("again", "--ambient");
  const cassette = (name: string): Buffer => read(".x07_rr", name, "cassette.rrbin");
  expect(cassette("again").equals(cassette("stamped"))).toBe(true);
  await record("other", "--ambient", "--seed", "43");
  expect(cassette("other").equals(cassette("stamped"))).toBe(false);
});

test("a run without --ambient has no draws, and says nothing of it", async () => {
  await record("plain");
  const entries = decodeCassette(read(".x07_rr", "plain", "cassette.rrbin"));
  expect(entries.some(({ op }) => op.startsWith("std.rr."))).toBe(false);
  expect(read("out", "plain", "report.json").toString()).not.toContain("ambient");
  expect(read("out", "plain", "aggregate.json").toString()).not.toContain("stamps");
});

/** The cassette again, its draws changed; entries are sealed anew. */
async function verifySpoilt(
  name: string,
  spoil: (resp: Uint8Array, op: string) => Uint8Array | null,
) {
  await record(name, "--ambient");
  const path = join(place.folder, ".x07_rr", name, "cassette.rrbin");
  const store = createMemoryStore();
  const policy = {
    id: "spoil",
    matchMode: "lookup",
    budgets: {
      maxCassetteBytes: 2 ** 30,
      maxEntries: 1e6,
      maxReqBytes: 2 ** 24,
      maxRespBytes: 2 ** 24,
      maxKeyBytes: 128,
    },
  } as const;
  const session = openSession({ policy, mode: "record", store });
  for (const entry of decodeCassette(readFileSync(path))) {
    const resp = entry.op.startsWith("std.rr.") ? spoil(entry.resp, entry.op) : entry.resp;
    if (resp !== null) session.append({ ...entry, resp });
  }
  writeFileSync(path, store.bytes());
  return await lab("verify", ...place.options, "--cassette", name);
}

test("one changed draw gives another aggregate", async () => {
  let left = 1;
  const result = await verifySpoilt("changed", (resp, op) => {
    if (!op.endsWith("entropy_v1") || resp.length !== 16 || left === 0) return resp;
    left -= 1;
    return resp.map((byte) => byte ^ 1);
  });
  expect(result.status).toBe(1);
  expect(result.stderr).toContain("aggregate.json differs between recording and replay");
});

test("a missing draw is told with its place", async () => {
  let left = 1;
  const result = await verifySpoilt("missing", (resp, op) => {
    if (!op.endsWith("clock_v1") || left === 0) return resp;
    left -= 1;
    return null;
  });
  expect(result.status).not.toBe(0);
  expect(result.stderr).toMatch(/REPLAY_DIFFERS: Date\.now: the draw differs from the recording/);
});

test("what encodes an entry encodes a draw", () => {
  const [draw] = decodeCassette(read(".x07_rr", "stamped", "cassette.rrbin")).filter(({ op }) =>
    op.startsWith("std.rr."),
  );
  if (draw === undefined) throw new Error("there is one");
  expect(decodeCassette(encodeCassetteEntry(draw))).toEqual([draw]);
});

test("a handler without --ambient may ask for nothing", () => {
  const facts: RunFacts = {
    driver: "memory",
    endpoint: "e",
    messages: 1,
    seed: 1,
    time: "virtual",
  };
  const session = { mode: "off" } as Parameters<typeof handlerWorld>[1];
  const { inWorld, stamp } = handlerWorld(facts, session);
  expect(stamp).toBeUndefined();
  expect(inWorld(() => 5)).toBe(5);
  expect(() => inWorld(ambientStamp)).toThrow(WorldError);
  expect(() => inWorld(() => process.env.HOME)).toThrow(/process\.env/);
  expect(ambientStamp()).toMatch(/^\d{4}-\d\d-\d\dT\S+Z (lucky|plain) [0-9a-f-]{36}$/);
});
