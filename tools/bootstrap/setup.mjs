/**
 * What `npm run lab`, `npm test` and `npm run bench` do first: find out what is missing, and get it.
 * Needs Node and npm, nothing else; pnpm comes through npx, in the version that package.json names.
 * Nothing is installed that is there already, and a build that is up to date is not built again.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
const nodeMin = [20, 19];

/**
 * Installs and builds what is missing: all packages, or what `package` needs; with `types` their
 * declarations too. Ends the process with 2 where that cannot be done.
 */
export function setup({ package: name, types = false } = {}) {
  checkNode();
  if (!isInstalled()) install();
  const tasks = types ? ["build", "types"] : ["build"];
  if (name !== undefined) tasks.push(`--filter=${name}...`);
  step("building", join(root, "node_modules/.bin/turbo"), [
    "run",
    ...tasks,
    "--output-logs=errors-only",
  ]);
}

/** Runs a program in the foreground, in `cwd`; resolves with its exit status. */
export function run(command, args, { cwd = root, env = {} } = {}) {
  const result = spawnSync(command, args, { cwd, stdio: "inherit", env: environment(env) });
  if (result.error !== undefined) fail(`${command} cannot be started: ${result.error.message}`);
  return result.status ?? 1;
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > nodeMin[0] || (major === nodeMin[0] && minor >= nodeMin[1])) return;
  fail(`Node ${process.versions.node} is too old: Reprise needs ${nodeMin.join(".")} or later`);
}

/** pnpm keeps a copy of the lock file it installed from. */
function isInstalled() {
  const installed = join(root, "node_modules/.pnpm/lock.yaml");
  if (!existsSync(installed) || !existsSync(join(root, "node_modules/.bin/turbo"))) return false;
  return readFileSync(installed, "utf8") === readFileSync(join(root, "pnpm-lock.yaml"), "utf8");
}

function install() {
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const args = ["install", "--frozen-lockfile", "--reporter=append-only"];
  step(`installing with ${packageManager}`, "npx", ["--yes", packageManager, ...args]);
}

/** Runs a step quietly: its output is shown only where it fails. */
function step(name, command, args) {
  const started = performance.now();
  process.stderr.write(`${name} ...`);
  const result = spawnSync(command, args, {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: environment({}),
  });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (result.status === 0) {
    process.stderr.write(` ${seconds} s\n`);
    return;
  }
  process.stderr.write(` failed after ${seconds} s\n${result.stdout ?? ""}${result.stderr ?? ""}`);
  const why = result.error?.message ?? `exit status ${result.status ?? result.signal}`;
  fail(`${name} failed (${why}); its output is above`);
}

function environment(more) {
  return {
    ...process.env,
    PATH: `${join(root, "node_modules/.bin")}${delimiter}${process.env.PATH ?? ""}`,
    TURBO_TELEMETRY_DISABLED: "1",
    // npm hands its settings down, and those that pnpm does not know it warns of.
    npm_config_loglevel: "error",
    ...more,
  };
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
