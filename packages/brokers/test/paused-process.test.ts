/*
 * Goal: once a process is said to be paused none of its threads runs, and it is never said of one
 * that runs.
 * Method: a process with busy threads, paused and let go a hundred times; the test reads the threads'
 * states itself (Linux).
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { isPaused, untilPaused } from "../src/os/paused-process.js";

const script = `
const { Worker } = require("node:worker_threads");
for (let i = 0; i < 4; i++) new Worker("for (;;) Math.sqrt(2);", { eval: true });
setTimeout(() => console.log("up"), 0);
`;

function states(pid: number): string {
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads
    .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/stat`, "latin1"))
    .map((stat) => stat.slice(stat.lastIndexOf(")") + 2)[0])
    .join("");
}

test("paused, a hundred times", async () => {
  const child = spawn(process.execPath, ["-e", script], { stdio: ["ignore", "pipe", "ignore"] });
  await once(child.stdout, "data");
  const pid = child.pid ?? 0;
  expect(isPaused(pid)).toBe(false);
  for (let round = 0; round < 100; round++) {
    child.kill("SIGSTOP");
    expect(await untilPaused(pid)).toBe(true);
    expect(states(pid)).toMatch(/^T+$/);
    child.kill("SIGCONT");
    while (isPaused(pid)) await new Promise((resolve) => setImmediate(resolve));
  }
  const exited = once(child, "exit");
  child.kill("SIGKILL");
  await exited;
  expect(await untilPaused(pid)).toBe(true);
});
