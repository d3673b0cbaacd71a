/*
 * Goal: `reprise arch` is `reprise-arch`: every word behind it arrives there, options and help too,
 * and its status is the command's.
 * Method: a checker of the test that keeps what it was asked; then the real one, on a folder with
 * nothing in it.
 */
import { mkdtempSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createArchGroup } from "../src/os/arch-group.js";
import { run } from "./fake-host.js";

const folder = mkdtempSync(join(tmpdir(), "reprise-arch-group-"));
afterAll(() => rmdirSync(folder));

test.each([
  [[]],
  [["check", "--format", "json", "--out", "x", "--max-modules", "9"]],
  [["check", "--help"]],
  [["--help"]],
  [["-h", "explain", "E_ARCH_CYCLE", "--", "-x"]],
])("%j arrives as it is, and the status comes back", async (words) => {
  const asked: unknown[] = [];
  const group = createArchGroup(async (argv, host) => {
    asked.push(argv.slice(2), host?.cwd);
    return 4;
  });
  const { status } = await run(["arch", ...words], { cwd: folder, groups: [group] });
  expect([status, asked]).toEqual([4, [words, folder]]);
});

test("the real one: its help, its explanations, and a folder that has no manifest", async () => {
  const help = await run(["arch", "check", "--help"], { cwd: folder });
  expect([help.status, help.stdout]).toEqual([0, expect.stringContaining("--write-lock")]);
  const cycle = await run(["arch", "explain", "cycle"], { cwd: folder });
  expect([cycle.status, cycle.stdout]).toEqual([0, expect.stringContaining("E_ARCH_CYCLE")]);
  const none = await run(["arch", "check"], { cwd: folder });
  expect([none.status, none.stdout]).toEqual([3, expect.stringContaining("E_ARCH_MANIFEST_READ")]);
});
