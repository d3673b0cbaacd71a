/*
 * Goal: as a process of its own, the command has the statuses that its help promises, ends quietly
 * when its reader leaves, and as the signal does on Ctrl-C.
 * Method: the command built from the sources into a temporary folder, run by a shell.
 */
import { execFile, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";
import { beforeAll, expect, test } from "vitest";
import packageJson from "../package.json" with { type: "json" };
import { shop } from "./small-shop.ts";
import { emptyFolder, writeTree } from "./temporary-tree.ts";

const packageFolder = fileURLToPath(new URL("../", import.meta.url));
let program: string;
let cwd: string;

beforeAll(async () => {
  // Inside the package, so that what is native is found.
  const folder = join(packageFolder, "node_modules/.cache/command-in-a-pipe");
  await build({
    config: false,
    entry: { main: join(packageFolder, "src/os/main.ts") },
    outDir: folder,
    format: "esm",
    target: "node20",
    platform: "node",
    noExternal: [/^@reprise\//],
    external: Object.keys(packageJson.dependencies)
      .filter((name) => !name.startsWith("@reprise/"))
      .map((name) => new RegExp(`^${name}($|/)`)),
    tsconfig: join(packageFolder, "../../tsconfig.test.json"),
    silent: true,
    outExtension: () => ({ js: ".mjs" }),
  });
  program = join(folder, "reprise-arch.mjs");
  writeFileSync(
    program,
    'import { main } from "./main.mjs";\nprocess.exitCode = await main(process.argv);\n',
  );
  const many = Array.from({ length: 3000 }, () => "Math.random();").join("\n");
  cwd = writeTree(
    shop(
      { "packages/money/src/many.ts": many },
      { tool_budgets: { max_modules: 9, max_edges: 9, max_diags: 9999 } },
    ),
  );
}, 60_000);

interface ShellRun {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a line of bash in which `arch` is the command; the status is that of the whole pipe. */
function shell(line: string, folder = cwd): Promise<ShellRun> {
  const script = `set -o pipefail\narch() { "$NODE" "$PROGRAM" "$@"; }\n${line}`;
  const env = { PATH: process.env.PATH, NODE: process.execPath, PROGRAM: program };
  return new Promise((resolve) => {
    execFile(
      "bash",
      ["--norc", "-c", script],
      { cwd: folder, env, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : error.code;
        resolve({ status: typeof code === "number" ? code : -1, stdout, stderr });
      },
    );
  });
}

test("statuses are those of a process: 3,000 errors are 2, none is 0, no manifest is 3", async () => {
  const many = await shell("arch check");
  expect([many.status, many.stderr]).toEqual([2, ""]);
  expect(many.stdout.split("\n").at(-2)).toBe("3000 errors (4 modules, 2 nodes, 2 edges)");
  expect((await shell("arch check", writeTree(shop()))).status).toBe(0);
  expect((await shell("arch check --repo-root .", emptyFolder())).status).toBe(3);
  expect((await shell("arch check --max-modules 1")).status).toBe(4);
  expect((await shell("arch --nonsense")).status).toBe(3);
});

test("the reader leaves after a line, or was never there: not a word, and the status stays", async () => {
  for (const form of ["text", "json", "sarif", "junit", "github"]) {
    const { status, stdout, stderr } = await shell(`arch check --format ${form} | head -1`);
    expect([status, stderr, stdout.split("\n").length], form).toEqual([2, "", 2]);
  }
  const gone = await shell("arch check > >(exit 0)");
  expect([gone.status, gone.stderr]).toEqual([2, ""]);
  const explained = await shell("arch explain > >(exit 0)");
  expect([explained.status, explained.stderr]).toEqual([0, ""]);
});

test("a working directory that is gone, and a folder that cannot be made", async () => {
  const gone = await shell('mkdir gone && cd gone && rmdir "$PWD" && arch check', emptyFolder());
  expect([gone.status, gone.stderr.split("\n")[0]]).toEqual([
    3,
    "reprise-arch: ROOT_INVALID: the working directory is not there any more",
  ]);
  const never = await shell("arch check --out /proc/nowhere/deep/report.txt");
  expect([never.status, never.stderr.split(":")[1]]).toEqual([3, " OUTPUT_FAILED"]);
});

test("a disk that is full is an error", async () => {
  const { status, stderr } = await shell("arch check > /dev/full");
  expect(status).toBe(3);
  expect(stderr).toMatch(/^reprise-arch: OUTPUT_FAILED: .*ENOSPC.*\nnext: /);
});

test("Ctrl-C while files are read ends the process as the signal does, silently", async () => {
  const files = Object.fromEntries(
    Array.from({ length: 3000 }, (_, at) => [
      `packages/money/src/m${at}.ts`,
      `export const value = ${at};\n`.repeat(50),
    ]),
  );
  const root = writeTree(
    shop(files, { tool_budgets: { max_modules: 9999, max_edges: 9, max_diags: 9 } }),
  );
  const listening = "process.on('newListener',(name)=>name==='SIGINT'&&console.error('listening'))";
  const child = spawn(
    process.execPath,
    ["--import", `data:text/javascript,${listening}`, program, "check"],
    { cwd: root },
  );
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const ended = new Promise((resolve) =>
    child.on("exit", (code, signal) => resolve({ code, signal })),
  );
  const said = await new Promise((resolve) => child.stderr.once("data", resolve));
  expect(String(said)).toBe("listening\n");
  child.kill("SIGINT");
  expect(await ended).toEqual({ code: null, signal: "SIGINT" });
  expect(printed).toBe("");
});
