/**
 * *Goal*: the command's output, statuses and options are what its help says.
 * *Method*: run it as a process on planted trees, and read stdout, stderr and the status.
 */
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { rules } from "../rules.mjs";
import { manifestWith, plantTree } from "./planted-tree.ts";

const script = fileURLToPath(new URL("../tidy.mjs", import.meta.url));

function tidy(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    encoding: "utf8",
  });
  return { status, out: stdout, err: stderr };
}

describe("tidy", () => {
  test("status 0 and a closing count where all is well", () => {
    const { status, out, err } = tidy("--no-packed", "--root", plantTree());
    expect({ status, out, err }).toEqual({
      status: 0,
      out: "tidy: 0 findings (9 rules, 6 source files)\n",
      err: "",
    });
  });

  test("status 1 and one line per finding, with the next step", () => {
    const root = plantTree({ "packages/thing/src/Big.ts": "/** Big. */\n" });
    const { status, out } = tidy("--only", "file-names", "--root", root);
    expect(status).toBe(1);
    expect(out).toBe(
      'packages/thing/src/Big.ts:1 file-names "Big" is not kebab-case. ' +
        "Next: rename it for what it defines, and its test with it\n" +
        "tidy: 1 finding (1 rules, 7 source files)\n",
    );
  });

  test("a finding's own next step comes before the rule's", () => {
    const root = plantTree({ "packages/thing/dist/index.d.ts": undefined });
    expect(tidy("--only", "api", "--root", root).out).toContain(
      ". Next: build first: pnpm build\n",
    );
  });

  test("--only may be repeated, and then runs the packed rule only where named", () => {
    const root = plantTree(manifestWith({ type: undefined }));
    const { out } = tidy("--only", "skeleton", "--only", "sizes", "--root", root);
    expect(out).toMatch(
      /^packages\/thing\/package\.json:1 skeleton type: [^\n]+\ntidy: 1 finding \(2 /,
    );
  });

  test("--write brings the report up to date and removes that of a package that is gone", () => {
    const root = plantTree({ "arch/api/gone.api.md": "" });
    const path = join(root, "arch/api/thing.api.md");
    const sound = readFileSync(path, "utf8");
    writeFileSync(path, "old\n");
    expect(tidy("--only", "api", "--root", root).status).toBe(1);
    const { status, out } = tidy("--only", "api", "--write", "--root", root);
    expect(status).toBe(0);
    expect(out).toBe(
      "wrote arch/api/thing.api.md\nremoved arch/api/gone.api.md\n" +
        "tidy: 0 findings (1 rules, 6 source files)\n",
    );
    expect(readFileSync(path, "utf8")).toBe(sound);
    expect(tidy("--only", "api", "--write", "--root", root).out).not.toContain("wrote");
  });

  test("--help names every rule and shows examples", () => {
    const { status, out } = tidy("--help");
    expect(status).toBe(0);
    for (const { id, says } of rules) expect(out).toContain(`${id.padEnd(12)} ${says}`);
    expect(out).toContain("Examples:");
  });

  test.each([
    [["--bogus"], "Unknown option '--bogus'"],
    [["stray"], "stray"],
    [["--only", "nothing"], "there is no rule called nothing"],
    [["--only"], "--only"],
    [["--root", "/nowhere"], "/nowhere has no pnpm-workspace.yaml"],
  ])("status 2 and nothing on stdout for %j", (args, message) => {
    const { status, out, err } = tidy(...args);
    expect({ status, out }).toEqual({ status: 2, out: "" });
    expect(err).toContain(message);
    expect(err).toContain("\nNext: ");
  });
});
