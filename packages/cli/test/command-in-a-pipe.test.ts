/*
 * Goal: as a process of its own, the command behaves in a pipe: a reader that leaves ends it quietly,
 * a cassette comes through a pipe too, and a large one takes no more memory than a small one.
 * Method: the command built from the sources into a temporary folder, run by a shell.
 */
import { execFile } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildCommand } from "./built-command.js";
import { cassetteOf, handMade, recordedOrders } from "./recordings.js";

const largeCount = 200_000;
let cwd: string;
let program: string;

beforeAll(async () => {
  program = await buildCommand();
  cwd = await mkdtemp(join(tmpdir(), "reprise-pipe-"));
  const orders = await recordedOrders();
  await writeFile(join(cwd, "orders"), orders);
  await writeFile(join(cwd, "cut"), orders.subarray(0, -5));
  writeLarge(join(cwd, "large"));
}, 60_000);

afterAll(async () => {
  for (const folder of [cwd, dirname(program)]) await rm(folder, { recursive: true });
});

/** 200,000 entries of some 500 bytes: 95 MiB. */
function writeLarge(path: string): void {
  const block = 1000;
  const entries = Array.from({ length: block }, (_, index) =>
    handMade({ key: `customer-${index}`, value: `{"note":"${"v".repeat(100)}"}` }),
  );
  const bytes = cassetteOf(...entries);
  const file = openSync(path, "w");
  for (let written = 0; written < largeCount; written += block) writeSync(file, bytes);
  closeSync(file);
}

interface ShellRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line of bash in which `reprise` is the command; the status is that of the whole pipe. */
function shell(line: string): Promise<ShellRun> {
  const script = `set -o pipefail\nreprise() { "$NODE" "$PROGRAM" "$@"; }\n${line}`;
  const env = { PATH: process.env.PATH, NODE: process.execPath, PROGRAM: program };
  return new Promise((resolve) => {
    execFile("bash", ["--norc", "-c", script], { cwd, env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code;
      resolve({ status: typeof code === "number" ? code : -1, stdout, stderr });
    });
  });
}

test("the reader leaves after a line: status 0, not a word", async () => {
  expect(await shell("reprise cassette inspect large | head -1")).toEqual({
    status: 0,
    stdout: "cassette large, 94.9 MiB\n",
    stderr: "",
  });
  for (const form of ["--json", "--full", "--color"]) {
    const { status, stdout, stderr } = await shell(
      `reprise cassette inspect large ${form} | head -1`,
    );
    expect([status, stderr], form).toEqual([0, ""]);
    expect(stdout.split("\n"), form).toHaveLength(2);
  }
});

test("the reader is gone before the first word, or takes the errors too", async () => {
  const gone = await shell("reprise cassette inspect orders > >(exit 0)");
  expect([gone.status, gone.stderr]).toEqual([0, ""]);
  const both = await shell("reprise cassette inspect nowhere 2>&1 | head -1");
  expect(both.stdout).toContain("FILE_MISSING");
  const help = await shell("reprise cassette inspect --help | head -1");
  expect([help.status, help.stderr]).toEqual([0, ""]);
});

test("a disk that is full is an error", async () => {
  const { status, stderr } = await shell("reprise cassette inspect orders > /dev/full");
  expect(status).toBe(3);
  expect(stderr).toMatch(/^reprise: OUTPUT_FAILED: .*ENOSPC.*\nnext: /);
});

test("a cassette that comes through a pipe", async () => {
  const { status, stdout } = await shell("reprise cassette inspect <(cat orders) --op settle");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^cassette \/dev\/fd\/\d+\n/);
  expect(stdout).toContain("entries     14 in 5.");
});

test("statuses and streams are those of a process", async () => {
  const missing = await shell("reprise cassette inspect nowhere");
  expect([missing.status, missing.stdout]).toEqual([2, ""]);
  const cut = await shell("reprise cassette inspect cut");
  expect(cut.status).toBe(1);
  expect(cut.stderr).toMatch(/^reprise: CASSETTE_TRUNCATED: /);
  const repaired = await shell(
    "reprise cassette repair cut && reprise cassette inspect cut --op event",
  );
  expect([repaired.status, repaired.stderr]).toEqual([0, ""]);
});

/** Peak resident memory of a run, in MiB, with what it printed. */
async function measured(args: string): Promise<{ readonly peak: number; readonly stdout: string }> {
  const report = "process.on('exit',()=>console.error(process.resourceUsage().maxRSS))";
  const { status, stdout, stderr } = await shell(
    `"$NODE" --import "data:text/javascript,${report}" "$PROGRAM" ${args}`,
  );
  expect(status).toBe(0);
  return { peak: Number(stderr) / 1024, stdout };
}

test("200,000 entries are listed in little memory, and silently", async () => {
  const small = await measured("cassette inspect orders | tail -1");
  const large = await measured("cassette inspect large | tail -5 | head -2");
  expect(large.stdout).toBe("entries     200,000 in 94.9 MiB\noperations  publish 200,000\n");
  // 95 MiB of cassette. What it takes is what the collector leaves lying about.
  expect(large.peak - small.peak).toBeLessThan(64);
}, 60_000);
