/**
 * SIGSTOP takes effect when each thread next looks: kill(2) has returned by then, and a thread on
 * another processor may go on a little and answer. (Seen with Kafka: it answered once in some dozen
 * times.) So the threads' states are read until every one has stopped.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const lookEveryMs = 1;
const stopWithinMs = 5_000;

/** Resolves with false if a thread still runs after 5 s. A process that is gone has stopped. */
export async function untilPaused(pid: number): Promise<boolean> {
  const deadline = performance.now() + stopWithinMs;
  while (!isPaused(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(lookEveryMs);
  }
  return true;
}

/** Stopped, traced, zombie and dead (proc(5)): none of them runs. */
const stillStates = /^[TtZX]/;

export function isPaused(pid: number): boolean {
  return process.platform === "linux" ? threadsAreStill(pid) : stillStates.test(stateByPs(pid));
}

function threadsAreStill(pid: number): boolean {
  try {
    const folder = `/proc/${pid}/task`;
    return readdirSync(folder).every((thread) => stillStates.test(stateOf(`${folder}/${thread}`)));
  } catch {
    return true;
  }
}

/** A thread that ended meanwhile is still. */
function stateOf(folder: string): string {
  try {
    const stat = readFileSync(`${folder}/stat`, "latin1");
    return stat.slice(stat.lastIndexOf(")") + 2);
  } catch {
    return "X";
  }
}

function stateByPs(pid: number): string {
  try {
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    const args = ["-o", "stat=", "-p", String(pid)];
    return execFileSync("ps", args, { encoding: "utf8", stdio }).trim();
  } catch {
    return "X";
  }
}
