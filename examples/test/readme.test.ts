/**
 * Goal: what README shows is what a user gets.
 * Method: its blocks are compared with the examples they quote, which run in CI, and with a run of the
 * lab; times differ from run to run and are masked.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const readme = readFileSync(join(root, "README.md"), "utf8");
const blocks = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, kind, text]) => ({
  kind,
  text: text ?? "",
}));

function block(kind: string, index: number): string {
  const found = blocks.filter((one) => one.kind === kind)[index];
  if (found === undefined) throw new Error(`README has no ${kind} block ${index}`);
  return found.text;
}

const example = (name: string): string => readFileSync(join(root, "examples", name), "utf8");

test("the example is the one that CI runs, and twelve lines long", () => {
  expect(block("js", 0)).toBe(example("01-record-and-replay.mjs"));
  expect(block("js", 0).trimEnd().split("\n")).toHaveLength(12);
  expect(block("text", 0)).toBe(example("01-record-and-replay.out"));
  expect(block("text", 1)).toBe(example("02-a-change-is-found.out"));
});

test("the output of npm run lab is what the lab prints", () => {
  const cwd = mkdtempSync(join(tmpdir(), "reprise-readme-"));
  // As on a user's machine: in CI a replay has another profile.
  const { CI: _, ...env } = process.env;
  const untimed = (text: string): string => text.replaceAll(/^took .*$/gm, "took");
  try {
    const shown = untimed(block("console", 0)).split("\n\n");
    const commands = [...block("console", 0).matchAll(/^\$ lab (.*)$/gm)].map(
      ([, args]) => args ?? "",
    );
    expect(commands).toHaveLength(3);
    for (const [index, args] of commands.entries()) {
      const command = [join(root, "apps/lab/bin/lab.mjs"), ...args.split(" ")];
      const printed = execFileSync(process.execPath, [...command, "--arch", join(root, "arch")], {
        cwd,
        env,
        encoding: "utf8",
      });
      expect(`$ lab ${args}\n${untimed(printed).trimEnd()}`).toBe(shown[index + 1]?.trimEnd());
    }
  } finally {
    rmSync(cwd, { recursive: true });
  }
});

test("npm test runs as many test files as README says", () => {
  const count = ["packages", "apps", "tools"]
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name)))
    .concat(join(root, "examples"))
    .flatMap((folder) => testFilesIn(join(folder, "test"))).length;
  expect(block("console", 1)).toContain(`Test Files  ${count} passed (${count})`);
});

function testFilesIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => /^(?!.*\.(?:broker|outage)\.).*\.test\.ts$/.test(name));
}

test("the listing of the committed cassette is what the command prints", () => {
  const [command = "", ...shown] = block("shell", 0).split("\n");
  const args = command.replace(/^\$ node /, "").split(" ");
  const printed = execFileSync(process.execPath, args, { cwd: root, encoding: "utf8" });
  expect(printed).toBe(shown.join("\n"));
});

test("every file and folder that README links to is there", () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, path]) => path ?? "");
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test("the package table has every package", () => {
  const packages = execFileSync("ls", [join(root, "packages")], { encoding: "utf8" })
    .trim()
    .split("\n");
  const missing = packages.filter((name) => !readme.includes(`](packages/${name})`));
  expect(missing).toEqual([]);
});
