/**
 * Goal: a recording process killed at any moment leaves a cassette of which every complete frame
 * loads, and which holds every delivery whose handler had begun.
 * Method: a child records through the driver, the policy and the consume loop as a service would, and
 * is killed with SIGKILL, 200 times, after a number of handled messages drawn from a printed seed; the
 * signal lands wherever the child then is. What it left is repaired and loaded, and compared with what
 * its handler had noted in another file. The child is bundled from the sources, once.
 */
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { crc32 } from "node:zlib";
import { decodeRrEntry } from "@reprise/msg-core";
import { cassetteExtent, decodeHandover, openSession, operationsOf } from "@reprise/msg-rr";
import { openCassetteFile } from "@reprise/msg-rr/os";
import { build } from "tsup";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seededRandom } from "../../../tools/testing/seeded-random.ts";
import { samplePolicy } from "./entry-samples.ts";

const seed = 0x5160;
const kills = 200;
const atATime = 2;
const cassette = "killed/cassette.rrbin";
const { deliver } = operationsOf("memory");
let folder = "";
let child = "";

const contracts: Readonly<Record<string, unknown>> = {
  "arch/rr/index.x07rr.json": {
    schema_version: "x07.arch.rr.index@0.1.0",
    defaults: { record_modes_allowed: ["record_v1", "rewrite_v1"] },
    policies: [
      {
        id: "killed_v1",
        policy_path: "arch/rr/killed.policy.json",
        sanitize_id: "none_v1",
        sanitize_path: "arch/rr/none.sanitize.json",
        cassette_brand: "std.rr.cassette_v1",
        kinds_allowed: ["rr"],
        ops_allowed: Object.values(operationsOf("memory")),
        worlds_allowed: ["run-os"],
      },
    ],
  },
  "arch/rr/killed.policy.json": {
    schema_version: "x07.arch.rr.policy@0.1.0",
    id: "killed_v1",
    v: 1,
    mode_default: "record_v1",
    match_mode: "lookup_v1",
    budgets: {
      max_cassette_bytes: 2 ** 30,
      max_entries: 1_000_000,
      max_req_bytes: 2 ** 20,
      max_resp_bytes: 2 ** 20,
      max_key_bytes: 128,
    },
  },
  "arch/rr/none.sanitize.json": {
    schema_version: "x07.arch.rr.sanitize@0.1.0",
    id: "none_v1",
    v: 1,
    redact_headers: [],
    redact_token: "redacted",
  },
};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "reprise-killed-"));
  await build({
    config: false,
    silent: true,
    clean: false,
    entry: { child: fileURLToPath(new URL("recording-child.ts", import.meta.url)) },
    outDir: folder,
    format: "esm",
    outExtension: () => ({ js: ".mjs" }),
    platform: "node",
    target: "node20",
    noExternal: [/.*/],
    // Its paths lead from package names to sources.
    tsconfig: fileURLToPath(new URL("../../../tsconfig.base.json", import.meta.url)),
  });
  child = join(folder, "child.mjs");
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function prepared(round: number): string {
  const root = join(folder, String(round));
  mkdirSync(join(root, "arch", "rr"), { recursive: true });
  for (const [path, document] of Object.entries(contracts)) {
    writeFileSync(join(root, path), JSON.stringify(document));
  }
  return root;
}

/** Runs the child and kills it when it has handled so many messages. Resolves when it is gone. */
function killed(
  root: string,
  { handled, round }: { handled: number; round: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const args = [child, root, join(root, "handled"), String(seed + round)];
    const service = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let count = 0;
    let complaint = "";
    service.stdout.on("data", (data: Buffer) => {
      count += data.length;
      if (count >= handled) service.kill("SIGKILL");
    });
    service.stderr.on("data", (data: Buffer) => {
      complaint += data.toString();
    });
    service.on("error", reject);
    service.on("close", (code, signal) => {
      if (signal === "SIGKILL") resolve();
      else reject(new Error(`the child ended by itself, ${code}: ${complaint}`));
    });
  });
}

/** What the child left: how much was cut, how many were handled, and which of those it does not hold. */
function left(root: string): { cutBytes: number; handled: number; missing: readonly string[] } {
  const file = join(root, ".x07_rr", cassette);
  const { bytes, cutBytes, entries } = cassetteExtent(readFileSync(file));
  truncateSync(file, bytes);
  const session = openSession({
    policy: samplePolicy,
    mode: "replay",
    store: openCassetteFile(root, cassette),
    checksum: crc32,
    requireChecksums: true,
  });
  const { recorded } = session;
  session.close();
  expect(recorded.count).toBe(entries);
  const held = new Set<string>();
  const bucket = recorded.bucket("rr", deliver, "killed_v1");
  for (let entry = bucket?.first ?? -1; entry >= 0; entry = recorded.nextInBucket(entry)) {
    const { partition, position, attempt } = decodeHandover(
      decodeRrEntry(recorded.resp(entry)).ack,
    );
    held.add(JSON.stringify(["orders", partition, position, attempt]));
  }
  const lines = readFileSync(join(root, "handled"), "utf8").split("\n");
  // What stands behind the last line feed is a line cut short, or nothing.
  const handled = lines.slice(0, -1);
  return { cutBytes, handled: handled.length, missing: handled.filter((line) => !held.has(line)) };
}

test(`killed ${kills} times (seed ${seed})`, { timeout: 180_000 }, async () => {
  const random = seededRandom(seed);
  const rounds = Array.from({ length: kills }, (_, round) => ({
    round,
    handled: 1 + (random() % 300),
  }));
  let cut = 0;
  let handledInAll = 0;
  const work = async (): Promise<void> => {
    for (let next = rounds.pop(); next !== undefined; next = rounds.pop()) {
      const root = prepared(next.round);
      await killed(root, next);
      expect(existsSync(join(root, ".x07_rr", cassette))).toBe(true);
      const { cutBytes, handled, missing } = left(root);
      expect(missing, `seed ${seed}, round ${next.round}`).toEqual([]);
      expect(handled).toBeGreaterThanOrEqual(next.handled);
      if (cutBytes > 0) cut += 1;
      handledInAll += handled;
      rmSync(root, { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: atATime }, work));
  console.info(`${kills} kills, ${handledInAll} messages handled, ${cut} cassettes cut short`);
});
