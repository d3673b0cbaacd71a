/**
 * Goal: every numbered example runs as a user would run it, and prints what the file beside it says.
 * Method: a process for each, on the built packages, in a folder of its own with the contracts; stdout
 * is compared whole. UPDATE_EXAMPLES=1 writes the expectations anew.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";

const folder = fileURLToPath(new URL("..", import.meta.url));
const examples = readdirSync(folder).filter((name) => /^\d\d-.*\.mjs$/.test(name));
const temporary: string[] = [];

afterEach(() => {
  for (const path of temporary.splice(0)) rmSync(path, { recursive: true });
});

function run(name: string): string {
  const cwd = mkdtempSync(join(tmpdir(), "reprise-example-"));
  temporary.push(cwd);
  cpSync(join(folder, "arch"), join(cwd, "arch"), { recursive: true });
  return execFileSync(process.execPath, [join(folder, name)], { cwd, encoding: "utf8" });
}

test.each(examples)("%s prints what it should", (name) => {
  const expectation = join(folder, name.replace(/\.mjs$/, ".out"));
  const printed = run(name);
  if (process.env.UPDATE_EXAMPLES === "1") writeFileSync(expectation, printed);
  expect(printed).toBe(readFileSync(expectation, "utf8"));
});

test("there is an expectation for each example, and none besides", () => {
  const expectations = readdirSync(folder).filter((name) => name.endsWith(".out"));
  expect(expectations.map((name) => name.replace(/\.out$/, ".mjs"))).toEqual(examples);
  expect(examples.length).toBeGreaterThan(1);
});
