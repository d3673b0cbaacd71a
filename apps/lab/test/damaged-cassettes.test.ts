/**
 * Goal: a cassette that is not what was recorded makes `verify` fail with the place and the reason,
 * never with a stack trace; so does everything else that can be wrong around it.
 * Method: one small recording; copies of it with one byte changed, cut, replaced; the real command.
 */
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPlace, type LabResult, lab, repositoryArch } from "./lab-in-process.js";

const place = createPlace();
const folder = join(place.folder, ".x07_rr", "sound");
const cassette = join(folder, "cassette.rrbin");
let sound: Buffer;

beforeAll(async () => {
  await lab("record", ...place.options, "--messages", "6", "--cassette", "sound", "--out", folder);
  sound = readFileSync(cassette);
});
afterAll(place.remove);

/** Verifies a copy of the recording whose cassette is `bytes`. */
async function verifyWith(bytes: Uint8Array): Promise<LabResult> {
  const copy = join(place.folder, ".x07_rr", "copy");
  cpSync(folder, copy, { recursive: true });
  writeFileSync(join(copy, "cassette.rrbin"), bytes);
  return await lab("verify", ...place.options, "--cassette", "copy");
}

function expectRefusal({ status, stdout, stderr }: LabResult, code: RegExp): void {
  expect(stdout).toBe("");
  expect(status).toBe(1);
  expect(stderr).toMatch(code);
  expect(stderr).not.toMatch(/\n\s+at /);
}

/** Where each frame begins, and where the last one ends. */
function frames(): readonly number[] {
  const starts = [0];
  for (let at = 0; at < sound.length; starts.push(at)) at += 4 + sound.readUInt32LE(at);
  return starts;
}

test("any one byte changed, anywhere, is found, with its entry and byte", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(sound.length - 1),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const bytes = Buffer.from(sound);
        bytes[at] = (bytes[at] ?? 0) ^ change;
        const result = await verifyWith(bytes);
        expectRefusal(result, /^lab: CASSETTE_(CHECKSUM|ENTRY_INVALID|TRUNCATED): /);
        expect(result.stderr).toMatch(/entry \d+, at byte \d+|entries carry no checksum/);
      },
    ),
    { numRuns: 500 },
  );
});

test("a file cut anywhere is found", async () => {
  const starts = new Set(frames());
  for (let size = 1; size < sound.length; size += 97) {
    const result = await verifyWith(sound.subarray(0, size));
    expectRefusal(result, starts.has(size) ? /^lab: / : /^lab: CASSETTE_TRUNCATED: .*at byte \d+/);
  }
});

test("whole entries cut off the end, taken out, doubled or swapped are found", async () => {
  const starts = frames();
  const frame = (index: number): Buffer => sound.subarray(starts[index], starts[index + 1]);
  const all = starts.slice(0, -1).map((_, index) => frame(index));
  for (let kept = 1; kept < all.length; kept++) {
    expectRefusal(await verifyWith(Buffer.concat(all.slice(0, kept))), /^lab: [A-Z_]+: /);
  }
  for (let index = 0; index < all.length - 1; index++) {
    const without = all.filter((_, other) => other !== index);
    expectRefusal(await verifyWith(Buffer.concat(without)), /^lab: [A-Z_]+: /);
    const doubled = all.flatMap((one, other) => (other === index ? [one, one] : [one]));
    expectRefusal(await verifyWith(Buffer.concat(doubled)), /^lab: CASSETTE_CHECKSUM: /);
    const swapped = [...all];
    swapped.splice(index, 2, frame(index + 1), frame(index));
    expectRefusal(await verifyWith(Buffer.concat(swapped)), /^lab: CASSETTE_CHECKSUM: /);
  }
});

test("noise and emptiness are no cassettes of the lab", async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const noise = Uint8Array.from(
      { length: 500 },
      (_, at) => Math.imul(at + seed, 0x9e3779b1) >>> 24,
    );
    expectRefusal(await verifyWith(noise), /^lab: CASSETTE_(TRUNCATED|ENTRY_INVALID): /);
  }
  expectRefusal(await verifyWith(new Uint8Array(0)), /^lab: RECORDED_MISMATCH: .*lab/);
});

test.each([
  ["a cassette that is not there", "missing", /CASSETTE_UNAVAILABLE.*\n?.*next: lab record/s],
  ["a path that leaves .x07_rr", "../sound", /CASSETTE_PATH/],
  ["an absolute path", "/etc/passwd", /CASSETTE_PATH/],
  ["a path with a reserved segment", ".x07_rr/sound", /CASSETTE_PATH/],
])("%s is a usage error", async (_, name, message) => {
  const { status, stderr } = await lab("verify", ...place.options, "--cassette", name);
  expect(status).toBe(2);
  expect(stderr).toMatch(message);
});

/** A copy of the contracts with one file changed. */
function archWith(name: string, change: (text: string) => string): string {
  const arch = join(place.folder, `contracts-${name.replaceAll("/", "-")}`, "arch");
  mkdirSync(arch, { recursive: true });
  cpSync(repositoryArch, arch, { recursive: true });
  const file = join(arch, name);
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return arch;
}

test.each([
  [
    "a cassette over its budget",
    "rr/policies/lab_replay_v1.policy.json",
    (text: string) => text.replace(/"max_entries": \d+/, '"max_entries": 3'),
    /BUDGET_ENTRIES: .*at most 3/,
  ],
  [
    "an unknown policy",
    "rr/index.x07rr.json",
    (text: string) => text.replace('"id": "lab_replay_v1"', '"id": "another_v1"'),
    /POLICY_UNKNOWN: .*another_v1/,
  ],
  [
    "a mode that is not allowed",
    "rr/index.x07rr.json",
    (text: string) => text.replace('"replay_v1", ', ""),
    /POLICY_REFUSED: mode replay/,
  ],
  [
    "a contract that is not JSON",
    "obs/metrics/registry.x07metrics.json",
    (text: string) => text.slice(1),
    /CONTRACT_INVALID: .*registry\.x07metrics\.json/,
  ],
])("%s is a configuration error", async (_, file, change, message) => {
  const arch = archWith(file, change);
  const options = ["--root", place.folder, "--arch", arch];
  const { status, stderr } = await lab("verify", ...options, "--cassette", "sound");
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
});

test("a recording without its outputs cannot be verified", async () => {
  const bare = join(place.folder, ".x07_rr", "bare");
  mkdirSync(bare, { recursive: true });
  copyFileSync(cassette, join(bare, "cassette.rrbin"));
  const { status, stderr } = await lab("verify", ...place.options, "--cassette", "bare");
  expect(stderr).toMatch(/aggregate\.json cannot be read/);
  expect(status).toBe(2);
});
