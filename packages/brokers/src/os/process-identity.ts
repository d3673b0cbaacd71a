/**
 * Which process a number means. The system gives a pid again once its process is gone, so a pid
 * that was written down is worth nothing without the moment its process began: on Linux the boot's
 * id and the tick (field 22 of /proc/PID/stat, proc(5)), elsewhere what `ps` says.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { ProcessIdentity } from "../fleet-state.js";

/** undefined: no process has the number now, or it is a zombie. */
export function identityOf(pid: number): ProcessIdentity | undefined {
  const birth = process.platform === "linux" ? birthOnLinux(pid) : birthByPs(pid);
  return birth === undefined ? undefined : { pid, birth };
}

/** Whether that very process is there. */
export function isSameProcess({ pid, birth }: ProcessIdentity): boolean {
  return identityOf(pid)?.birth === birth;
}

/** Signals that very process; false if it is gone. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isSameProcess(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false;
  }
}

function birthOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "latin1").trim();
    // Field 2 is the name in brackets, and may itself hold spaces and brackets.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const [state] = fields;
    const ticks = fields[19];
    return state === "Z" || ticks === undefined ? undefined : `${boot}/${ticks}`;
  } catch {
    return undefined;
  }
}

function birthByPs(pid: number): string | undefined {
  try {
    const args = ["-o", "stat=,lstart=", "-p", String(pid)];
    const stdio: ["ignore", "pipe", "ignore"] = ["ignore", "pipe", "ignore"];
    const line = execFileSync("ps", args, { encoding: "utf8", stdio }).trim();
    const [, state, started] = /^(\S+)\s+(.+)$/.exec(line) ?? [];
    return state?.startsWith("Z") ? undefined : started;
  } catch {
    return undefined;
  }
}
