/**
 * Goal: a run of agents on the embedded broker is recorded, replayed and verified like every other: the
 * same files to the last byte, the same cassette for the same seed; and what is not the recording's is
 * found, whole checksums or not.
 * Method: the real commands, on real files in a temporary folder; cassettes changed and sealed again.
 */
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  type CassetteEntry,
  createMemoryStore,
  decodeCassette,
  decodeEvent,
  encodeEvent,
  openSession,
} from "@reprise/msg-rr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPlace, lab, labFolder, repositoryArch } from "./lab-in-process.js";

const place = createPlace();
const outputs = ["aggregate.json", "metrics.txt", "report.json"];
const read = (...path: string[]): Buffer => readFileSync(join(place.folder, ...path));
const aggregateOf = (cassette: string) =>
  JSON.parse(read(".x07_rr", cassette, "aggregate.json").toString());
const cassetteOf = (name: string): Buffer => read(".x07_rr", name, "cassette.rrbin");

function agents(cassette: string, ...args: readonly string[]): ReturnType<typeof lab> {
  const out = join(place.folder, "out", cassette);
  return lab("agents", ...place.options, "--cassette", cassette, "--out", out, ...args);
}
const verify = (cassette: string) => lab("verify", ...place.options, "--cassette", cassette);

beforeAll(async () => {
  const { status, stderr, stdout } = await agents("first", "--rounds", "12", "--seed", "7");
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toContain("bus         the embedded broker; --driver redis takes Redis Streams");
});
afterAll(place.remove);

test("replay writes the recording's three files, byte for byte", async () => {
  const out = join(place.folder, "replayed");
  const result = await lab("replay", ...place.options, "--cassette", "first", "--out", out);
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(result.stdout).toContain("replayed  12 rounds of 5 agents from ");
  for (const name of outputs) {
    expect(read("replayed", name)).toEqual(read("out", "first", name));
    expect(read(".x07_rr", "first", name)).toEqual(read("out", "first", name));
  }
});

test("verify agrees", async () => {
  const result = await verify("first");
  expect(result).toMatchObject({ status: 0, stderr: "" });
  expect(result.stdout).toContain("byte-identical");
});

test("the same seed gives the same cassette, another seed another one", async () => {
  await agents("again", "--rounds", "12", "--seed", "7");
  await agents("other", "--rounds", "12", "--seed", "8");
  expect(cassetteOf("again").equals(cassetteOf("first"))).toBe(true);
  expect(cassetteOf("other").equals(cassetteOf("first"))).toBe(false);
});

test("all rounds end, every message follows from a goal, and each op_id is applied once", () => {
  const { causality, messages, rounds, signatures, by_type } = aggregateOf("first");
  expect(rounds.released + rounds.given_up).toBe(12);
  expect(causality).toMatchObject({ chains: 12, cycles: 0, missing_parents: 0 });
  expect(causality.longest).toBeGreaterThan(5);
  expect(messages.repeated).toBe(1);
  expect(messages.handled).toBe(messages.applied + messages.repeated + 1);
  expect(signatures.valid).toBe(messages.applied + messages.repeated);
  expect(by_type["GOAL.SET"].count).toBe(12);
  expect(by_type["VERIFY.FAILED"].count).toBeGreaterThan(0);
  const { consumed } = JSON.parse(read("out", "first", "report.json").toString());
  expect(consumed).toMatchObject({ rejected: 1, ended: "limit" });
  expect(consumed.retried).toBeGreaterThan(0);
});

test.each([
  ["1", "5", "1"],
  ["9", "5", "2"],
  ["17", "7", "3"],
  ["3", "50", "4"],
])("%s rounds of %s agents go round, seed %s", async (rounds, count, seed) => {
  const name = `run-${rounds}-${count}`;
  const args = ["--rounds", rounds, "--agents", count, "--seed", seed];
  expect((await agents(name, ...args)).status).toBe(0);
  expect(await verify(name)).toMatchObject({ status: 0, stderr: "" });
  expect(aggregateOf(name).causality.chains).toBe(Number(rounds));
});

test("--json prints one line for machines, the same facts recorded and verified", async () => {
  const recorded = await agents("json", "--rounds", "2", "--json");
  const printed = JSON.parse(recorded.stdout);
  const run = { kind: "agents", driver: "memory", agents: 5, rounds: 2, seed: 42, time: "virtual" };
  expect(printed).toMatchObject({ ok: true, run, counts: { refused: 1, repeated: 1, ended: 2 } });
  expect(recorded.stdout.trimEnd().split("\n")).toHaveLength(1);
  const verified = await lab("verify", ...place.options, "--cassette", "json", "--json");
  expect(JSON.parse(verified.stdout)).toMatchObject({ ok: true, differences: [], run });
});

test.each(["agents", "replay"])("%s ends soon after Ctrl-C, and says so", async (command) => {
  const name = ["--cassette", `${command}-stopped`, "--out", join(place.folder, "stopped")];
  if (command === "replay") await agents("replay-stopped", "--rounds", "40");
  const rounds = command === "agents" ? ["--rounds", "10000"] : [];
  const running = lab(command, ...place.options, ...rounds, ...name);
  setImmediate(() => process.emit("SIGINT"));
  const { status, stdout, stderr } = await running;
  expect(stderr).toMatch(/^lab: ABORTED: interrupted/);
  expect(status).toBe(130);
  expect(stdout).toBe("");
});

test("one byte changed in the file is found by its checksum", async () => {
  const sound = cassetteOf("first");
  copyOf("first", "damaged");
  for (let at = 5; at < sound.length; at += Math.floor(sound.length / 23)) {
    const bytes = Buffer.from(sound);
    bytes[at] = (bytes[at] ?? 0) ^ 0x20;
    writeFileSync(join(place.folder, ".x07_rr/damaged/cassette.rrbin"), bytes);
    const { status, stderr } = await verify("damaged");
    expect(stderr).toMatch(/^lab: CASSETTE_(CHECKSUM|ENTRY_INVALID|TRUNCATED): /);
    expect(status).toBe(1);
  }
});

test("one byte changed in a recorded message, and sealed again, is found by its signature", async () => {
  const entries = [...decodeCassette(cassetteOf("first"))];
  const at = entries.findIndex(
    ({ op, resp }) => op.endsWith("poll_env_v1") && Buffer.from(resp).includes("PLAN.PROPOSED"),
  );
  const changed = entries.map((entry, index) =>
    index === at ? { ...entry, resp: replaced(entry.resp, '"hop":1', '"hop":2') } : entry,
  );
  expect(await verifySealed(changed)).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^lab: REPLAY_/),
  });
  // The same entries as they were: nothing but the byte is what is found.
  expect((await verifySealed(entries)).stderr).toBe("");
});

test.each([
  ['"kind":"agents"', '"kind":"agentz"'],
  ['"agents":5', '"agents":4'],
  ['"rounds":12', '"rounds":99999'],
  ['"driver":"memory"', '"driver":"kafka!"'],
])("facts that say %s as %s are no run of the lab's", async (from, to) => {
  const [facts, ...rest] = decodeCassette(cassetteOf("first"));
  if (facts === undefined) throw new Error("the cassette is empty");
  const { name, detail } = decodeEvent(facts.req);
  const req = encodeEvent({ name, detail: detail.replace(from, to) });
  const { status, stderr } = await verifySealed([{ ...facts, req }, ...rest]);
  expect(stderr).toMatch(/^lab: RECORDED_MISMATCH: /);
  expect(status).toBe(1);
});

test("the orders' cassette of before is still one of orders", async () => {
  const options = ["--root", labFolder, "--arch", repositoryArch];
  const cassette = ["--cassette", "orders-with-a-dead-letter", "--out", place.folder];
  const { status, stdout } = await lab("replay", ...options, ...cassette, "--json");
  expect(status).toBe(0);
  const { run } = JSON.parse(stdout);
  expect(run).toMatchObject({ messages: 100, seed: 5 });
  expect(run).not.toHaveProperty("kind");
});

function copyOf(cassette: string, name: string): void {
  const folder = join(place.folder, ".x07_rr");
  cpSync(join(folder, cassette), join(folder, name), { recursive: true });
}

function replaced(bytes: Uint8Array, from: string, to: string): Uint8Array {
  const copy = Buffer.from(bytes);
  copy.write(to, copy.indexOf(from), "latin1");
  return copy;
}

/** Verifies the recording with these entries, each under a checksum that fits. */
async function verifySealed(entries: readonly CassetteEntry[]): ReturnType<typeof lab> {
  const most = 2 ** 30;
  const budgets = {
    maxCassetteBytes: most,
    maxEntries: most,
    maxKeyBytes: most,
    maxReqBytes: most,
    maxRespBytes: most,
  };
  const store = createMemoryStore();
  const policy = { id: "sealed", matchMode: "lookup", budgets } as const;
  const session = openSession({ policy, mode: "rewrite", store });
  session.append(...entries);
  session.close();
  copyOf("first", "sealed");
  writeFileSync(join(place.folder, ".x07_rr/sealed/cassette.rrbin"), store.bytes());
  return await verify("sealed");
}
