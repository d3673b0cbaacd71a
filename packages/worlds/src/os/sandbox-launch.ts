/**
 * Runs a program in the world `run-os-sandboxed`: in a process of its own, under node's permission
 * model, with a guard that is loaded before the program's first line.
 *
 *     launcher ── pipe: policy, roots ──▶ unshare? ▶ sh: ulimit ▶ node --permission … --import guard
 *         │                                                                  │
 *         └── wall clock, processor time, signals ──────────────────────────▶│ program
 *
 * The environment is filtered before the process is there: what is not allowed is nowhere in it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { SandboxPolicy } from "../sandbox-policy.js";
import { WorldError } from "../world-error.js";
import { channelFd, encodeOrders } from "./sandbox-channel.js";
import { sandboxEnvironment } from "./sandbox-environment.js";
import { permissionFlags } from "./sandbox-flags.js";
import { networkIsolation } from "./sandbox-isolation.js";
import { limitError, limitMet, shellLimits, watchLimits } from "./sandbox-limits.js";
import { sandboxRoots } from "./sandbox-roots.js";
import { passSignals } from "./sandbox-signals.js";
import { unheldRules } from "./sandbox-unheld.js";

export interface SandboxOptions {
  readonly policy: SandboxPolicy;
  /** The path of the program's file. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Where it runs, and what the policy's roots are relative to. The caller's own, if absent. */
  readonly cwd?: string;
  /** What the policy picks the program's variables from. The caller's own, if absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** "os": a private network namespace besides, if the policy has no network. */
  readonly isolation?: "none" | "os";
  /** Ends the program: SIGTERM. */
  readonly signal?: AbortSignal;
  /** Gets what the program writes, which else goes where the caller's own output goes. */
  readonly onOutput?: (stream: "stdout" | "stderr", chunk: Uint8Array) => void;
  /** Told before the program starts, once for each thing that is not held: a sentence. */
  readonly onMissing?: (what: string) => void;
}

export interface SandboxExit {
  /** The program's own; 3 where a refusal or a limit ended it, 128 and the number of a signal. */
  readonly code: number;
  /** What ended the program, where a signal did. */
  readonly signal?: string;
  /** LIMIT_MET, where a limit ended it. */
  readonly error?: WorldError;
  /** What of the policy, or of the isolation asked for, is not held here. */
  readonly missing: readonly string[];
}

/** The exit code of a program that the sandbox ended. */
const refusedCode = 3;

/**
 * Runs a program under a policy, and gives how it ended. Input, output and exit code are the
 * program's; SIGINT, SIGTERM and SIGHUP are passed on.
 *
 * Throws SANDBOX_UNAVAILABLE where node has no permission model, where the program is not there or
 * cannot be started; POLICY_INVALID for a root that no flag can hold.
 */
export function runSandboxed(options: SandboxOptions): Promise<SandboxExit> {
  return launch(options, builtPreload());
}

/** Beside this file, or beneath it where both entries share it; from the sources, the one last built. */
const preloadPlaces = [
  "./sandbox-preload.js",
  "./os/sandbox-preload.js",
  "../../dist/os/sandbox-preload.js",
];

/** Node runs no TypeScript without being told, so that there must be a built one. */
function builtPreload(): string {
  const paths = preloadPlaces.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const found = paths.find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new WorldError(
    "SANDBOX_UNAVAILABLE",
    `the sandbox's guard is not there; instead: build @reprise/worlds (looked in ${paths.join(", ")})`,
  );
}

/** The same with a guard of the caller's choice. */
export async function launch(options: SandboxOptions, preload: string): Promise<SandboxExit> {
  const { policy, program, args = [], cwd = process.cwd(), onMissing } = options;
  const roots = sandboxRoots({ policy, program, cwd, preload });
  const isolation =
    options.isolation === "os" ? networkIsolation(policy) : { prefix: [], missing: [] };
  const shell = shellLimits(policy.limits);
  const missing = [...isolation.missing, ...shell.missing, ...unheldRules(policy)];
  for (const what of missing) onMissing?.(what);
  const [command = "", ...rest] = [
    ...isolation.prefix,
    ...shell.prefix,
    process.execPath,
    ...permissionFlags(policy, roots),
    `--import=${pathToFileURL(preload).href}`,
    program,
    ...args,
  ];
  const env = sandboxEnvironment(policy, options.env ?? process.env);
  const output = options.onOutput === undefined ? "inherit" : "pipe";
  const child = spawn(command, rest, {
    cwd,
    env,
    stdio: [output === "pipe" ? "ignore" : "inherit", output, output, "pipe"],
  });
  return {
    ...(await ended(child, options, encodeOrders({ policy, roots, variables: Object.keys(env) }))),
    missing,
  };
}

/** Waits for the end of a program that was just started. */
async function ended(
  child: ChildProcess,
  { policy, signal, onOutput }: SandboxOptions,
  orders: string,
): Promise<Omit<SandboxExit, "missing">> {
  const started = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>(
    (resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, by) => resolve({ code, signal: by }));
    },
  );
  child.stdout?.on("data", (chunk: Uint8Array) => onOutput?.("stdout", chunk));
  child.stderr?.on("data", (chunk: Uint8Array) => onOutput?.("stderr", chunk));
  const channel = child.stdio[channelFd];
  // A program that ended before it was told anything says so by its exit.
  channel?.on("error", () => undefined);
  let isReady = false;
  channel?.once("data", () => {
    isReady = true;
  });
  // Left open: its end tells the guard that the launcher is gone.
  if (channel !== null && channel !== undefined && "write" in channel) channel.write(orders);
  const watch = watchLimits(policy.limits, {
    pid: child.pid ?? 0,
    end: () => child.kill("SIGKILL"),
  });
  const abort = (): void => void child.kill("SIGTERM");
  signal?.addEventListener("abort", abort);
  if (signal?.aborted === true) abort();
  const stopPassing = passSignals(child);
  try {
    const end = await started;
    const limit = limitMet(watch, isReady ? end.signal : null, policy.limits);
    if (limit !== undefined) {
      return { code: refusedCode, error: limitError(limit, policy.policy_id, policy.limits) };
    }
    if (!isReady && signal?.aborted !== true)
      throw new Error(`it ended before its guard was there (${end.signal ?? end.code})`);
    if (end.signal === null) return { code: end.code ?? 1 };
    return { code: 128 + constants.signals[end.signal], signal: end.signal };
  } catch (cause) {
    throw new WorldError("SANDBOX_UNAVAILABLE", `the program could not be started: ${cause}`, {
      cause,
      policyId: policy.policy_id,
    });
  } finally {
    watch.stop();
    stopPassing();
    signal?.removeEventListener("abort", abort);
  }
}
