/**
 * Replays the committed cassette under strace and looks at what the process asked the kernel for: no
 * socket, and, once the program's own code is loaded, no file opened but the cassette, the contracts,
 * and the outputs.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "reprise-strace-"));
const trace = join(folder, "trace.txt");
const out = join(folder, "out");
const command = [
  "apps/lab/bin/lab.mjs",
  "replay",
  "--cassette",
  "orders-with-a-dead-letter",
  "--root",
  "apps/lab",
  // What the code does by itself, with nothing that holds it. (The sandbox's launcher reads /proc.)
  "--no-sandbox",
];
const calls = "trace=open,openat,openat2,socket,connect,bind,listen,accept,sendto,sendmsg";
const result = spawnSync(
  "strace",
  ["-f", "-y", "-s", "4096", "-e", calls, "-o", trace, process.execPath, ...command, "--out", out],
  { encoding: "utf8" },
);
process.stdout.write(result.stdout ?? "");
if (result.status !== 0) fail(`replay under strace ended with ${result.status}: ${result.stderr}`);

const lines = readFileSync(trace, "utf8").split("\n");
const sockets = lines.filter((line) =>
  /\b(socket|connect|bind|listen|accept|sendto|sendmsg)\(/.test(line),
);
if (sockets.length > 0) fail(`the replay used the network:\n${sockets.join("\n")}`);

// The contracts are what the command reads first: everything before that is the program being loaded.
const opened = lines
  .map((line) => ({ line, path: /\bopen(?:at2?)?\((?:[^"]*)"([^"]+)"/.exec(line)?.[1] }))
  .filter(({ line, path }) => path !== undefined && !line.includes("= -1 ENOENT"))
  .map(({ path }) => resolve(path));
const first = opened.findIndex((path) => path.startsWith(resolve("arch")));
if (first < 0) fail("the contracts were not read: is the trace what it should be?");
const allowed = [resolve("arch"), resolve("apps/lab/.x07_rr/orders-with-a-dead-letter"), out];
const others = opened
  .slice(first)
  .filter((path) => !allowed.some((prefix) => path === prefix || path.startsWith(`${prefix}/`)));
if (others.length > 0) fail(`the replay opened other files:\n${[...new Set(others)].join("\n")}`);
const seen = [...new Set(opened.slice(first))];
process.stdout.write(`no socket; ${seen.length} files opened after loading:\n${seen.join("\n")}\n`);

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
