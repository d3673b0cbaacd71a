/**
 * The limits of a policy, held from outside the program: a busy loop in it stops none of them.
 *
 * | limit | how |
 * |---|---|
 * | `wall_ms` | a timer |
 * | `cpu_ms` | on Linux, what the kernel counts for the process, read while it runs; and `ulimit -t` |
 * | `mem_bytes` | `--max-old-space-size`: V8 ends the process at its heap's bound |
 * | `fds`, `core_dumps` | `ulimit` |
 * | `procs` | the guard counts child processes |
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { SandboxLimits } from "../sandbox-policy.js";
import { WorldError } from "../world-error.js";

type LimitName = "wall_ms" | "cpu_ms" | "mem_bytes";

/** Node has 20 to 23 files open before the program opens its first. */
const ownFiles = 32;
const shell = "/bin/sh";

/** Sets what a shell can set, and becomes the program. A lower limit that is there already stays. */
const script =
  'ulimit -n "$1" 2>/dev/null; ulimit -t "$2" 2>/dev/null; ulimit -c "$3" 2>/dev/null; shift 3; exec "$@"';

export interface ShellLimits {
  readonly prefix: readonly string[];
  readonly missing: readonly string[];
}

export function shellLimits(limits: SandboxLimits): ShellLimits {
  if (!existsSync(shell)) {
    const missing = [`limits.fds and limits.core_dumps are not held: no ${shell} to set them`];
    return { prefix: [], missing };
  }
  const { fds, cpu_ms, core_dumps } = limits;
  // A second over: who reads along knows which limit it was, the kernel only ends the process.
  const seconds = Math.ceil(cpu_ms / 1000) + 1;
  const values = [`${fds + ownFiles}`, `${seconds}`, core_dumps === true ? "unlimited" : "0"];
  return { prefix: [shell, "-c", script, "sh", ...values], missing: [] };
}

/** Ends a process at its limits. `met` says which, once it was. */
export interface LimitWatch {
  readonly met: LimitName | undefined;
  /** The most memory that the process was seen to hold, in bytes, where that can be seen. */
  readonly memory: number | undefined;
  stop(): void;
}

/** How often the processor time is read: this much may be used beyond the limit. */
const cpuPollMs = 50;

export function watchLimits(
  { wall_ms, cpu_ms }: SandboxLimits,
  { pid, end }: { readonly pid: number; readonly end: () => void },
): LimitWatch {
  let met: LimitName | undefined;
  let memory: number | undefined;
  const meet = (name: LimitName): void => {
    met ??= name;
    end();
  };
  const wall = setTimeout(() => meet("wall_ms"), wall_ms);
  const poll = setInterval(async () => {
    memory = (await memoryPeak(pid)) ?? memory;
    const used = await cpuTimeMs(pid);
    if (used !== undefined && used > cpu_ms) meet("cpu_ms");
  }, cpuPollMs);
  return {
    get met() {
      return met;
    },
    get memory() {
      return memory;
    },
    stop() {
      clearTimeout(wall);
      clearInterval(poll);
    },
  };
}

/** The kernel counts in hundredths of a second for every program that asks it, on all architectures. */
const tickMs = 10;

async function cpuTimeMs(pid: number): Promise<number | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "latin1");
    // The name, in brackets, may hold anything; the times of user and system are fields 14 and 15.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return (Number(fields[11]) + Number(fields[12])) * tickMs;
  } catch {
    return undefined;
  }
}

async function memoryPeak(pid: number): Promise<number | undefined> {
  try {
    const [, kilobytes] =
      /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, "latin1")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

/** How V8 ends a process whose heap is full: an abort, or a trap in later versions. */
const fullHeapSignals: ReadonlySet<string> = new Set(["SIGABRT", "SIGTRAP", "SIGILL"]);

/**
 * Which limit ended a process, if one did. A process that never held near as much as its heap may have
 * ended by that signal for another reason.
 */
export function limitMet(
  watch: LimitWatch,
  signal: string | null,
  { mem_bytes }: SandboxLimits,
): LimitName | undefined {
  if (watch.met !== undefined) return watch.met;
  if (signal === "SIGXCPU") return "cpu_ms";
  if (signal === null || !fullHeapSignals.has(signal)) return undefined;
  return (watch.memory ?? mem_bytes) * 2 > mem_bytes ? "mem_bytes" : undefined;
}

export function limitError(limit: LimitName, policyId: string, limits: SandboxLimits): WorldError {
  return new WorldError(
    "LIMIT_MET",
    `the program was ended: limits.${limit} of policy ${policyId} is ${limits[limit]}`,
    { limit, policyId, rule: `limits.${limit}` },
  );
}
