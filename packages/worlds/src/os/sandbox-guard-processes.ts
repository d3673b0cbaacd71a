/**
 * Other programs and other threads: `process`, `threads`, `limits.procs`.
 *
 * A child process is outside of the sandbox: the policy says which programs may be started and with
 * which variables, and what they do then is theirs. A worker gets the guard; its files are the guard's
 * alone, since node's permission model ends where a worker begins.
 */
import childProcess from "node:child_process";
import module from "node:module";
import workers from "node:worker_threads";
import type { SandboxPolicy } from "../sandbox-policy.js";
import { replaceFunction } from "./ambient-guard-patch.js";
import type { SandboxOrders } from "./sandbox-channel.js";
import { allowsProcesses, allowsWorkers } from "./sandbox-flags.js";
import type { Refuse, RefusedCall } from "./sandbox-refusal.js";
import { type GuardedCall, refuseClass, standBefore } from "./sandbox-stand.js";

const starts = ["exec", "execFile", "execFileSync", "execSync", "fork", "spawn", "spawnSync"];

export function guardProcesses(policy: SandboxPolicy, refuse: Refuse): void {
  const spawning = childProcess.ChildProcess.prototype;
  const { process: rules } = policy;
  if (!allowsProcesses(policy)) {
    const rule = !rules.enabled
      ? "process.enabled"
      : rules.allow_spawn
        ? "limits.procs"
        : "process.allow_spawn";
    standBefore(childProcess, starts, ({ args }, name) => {
      throw refuse({ call: `child_process.${name}`, where: textOf(args[0]), rule });
    });
    const refuseSpawn = ({ args }: GuardedCall): never => {
      const { file } = (args[0] ?? {}) as { readonly file?: unknown };
      throw refuse({ call: "child_process.spawn", where: textOf(file), rule });
    };
    standBefore(spawning, ["spawn"], refuseSpawn);
    standBefore(handlePrototype(), ["spawn"], refuseSpawn);
    return;
  }
  const check = programCheck(policy, refuse);
  let live = 0;
  let started = 0;
  let isCounted = false;
  standBefore(handlePrototype(), ["spawn"], ({ go }) => {
    if (isCounted) return go();
    throw refuse({ call: "child_process.spawn", rule: "process" });
  });
  const count = (call: string): void => {
    const most = Math.min(rules.max_live, policy.limits.procs);
    if (live >= most) throw refuse({ call, where: `${live} live`, rule: "process.max_live" });
    if (started >= rules.max_spawns) {
      throw refuse({ call, where: `${started} so far`, rule: "process.max_spawns" });
    }
    started += 1;
  };
  standBefore(spawning, ["spawn"], ({ self, args, go }) => {
    const options = (args[0] ?? {}) as { readonly file?: unknown; envPairs?: unknown };
    check("child_process.spawn", options.file);
    count("child_process.spawn");
    const { envPairs } = options;
    if (Array.isArray(envPairs)) options.envPairs = envPairs.filter(mayPass(policy));
    isCounted = true;
    const status = go();
    isCounted = false;
    if (status !== 0 && status !== undefined) return status;
    live += 1;
    // Of a ChildProcess, by its prototype.
    (self as childProcess.ChildProcess).once("exit", () => {
      live -= 1;
    });
    return status;
  });
  standBefore(childProcess, ["spawnSync", "execFileSync", "execSync"], ({ args, go }, name) => {
    const call = `child_process.${name}`;
    const at = args.findIndex((one, place) => place > 0 && isOptions(one));
    const options: SpawnOptions = at < 0 ? {} : (args[at] as SpawnOptions);
    const isShell = name === "execSync" || (options.shell ?? false) !== false;
    const shell = typeof options.shell === "string" ? options.shell : "/bin/sh";
    check(call, isShell ? shell : args[0]);
    count(call);
    const env = filtered(options.env ?? process.env, policy);
    if (at >= 0) return go(args.map((one, place) => (place === at ? { ...options, env } : one)));
    return go([...args, { env }]);
  });
}

/** As much of the options as is looked at. */
interface SpawnOptions {
  readonly shell?: boolean | string;
  readonly env?: NodeJS.ProcessEnv;
}

/** What stands beneath every ChildProcess. */
function handlePrototype(): object {
  const { _handle: handle } = new childProcess.ChildProcess() as unknown as {
    readonly _handle: object;
  };
  return Object.getPrototypeOf(handle);
}

function isOptions(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `NAME=value`. */
function mayPass({ process: rules }: SandboxPolicy): (pair: unknown) => boolean {
  const keys = rules.allow_env_keys;
  return (pair) => keys === undefined || keys.some((key) => `${pair}`.startsWith(`${key}=`));
}

function filtered(env: NodeJS.ProcessEnv, policy: SandboxPolicy): NodeJS.ProcessEnv {
  const may = mayPass(policy);
  return Object.fromEntries(Object.entries(env).filter(([key]) => may(`${key}=`)));
}

/** Node itself goes by `allow_spawn` alone; other programs need `allow_exec`, and to be listed. */
function programCheck(
  { process: rules }: SandboxPolicy,
  refuse: Refuse,
): (call: string, file: unknown) => void {
  const { allow_execs: execs, allow_exec_prefixes: prefixes } = rules;
  const isListed = (file: string): boolean => {
    if (execs === undefined && prefixes === undefined) return true;
    return (
      execs?.includes(file) === true || prefixes?.some((prefix) => file.startsWith(prefix)) === true
    );
  };
  return (call, file) => {
    const where = textOf(file);
    if (where === process.execPath) return;
    const refused = (rule: string): RefusedCall => ({ call, where, rule });
    if (!rules.allow_exec) throw refuse(refused("process.allow_exec"));
    if (where === undefined || !isListed(where)) throw refuse(refused("process.allow_execs"));
  };
}

/** What a worker's guard reads its orders from. */
const ordersKey = "@reprise/worlds/sandbox-orders@1";

/** The orders of the process, in a worker. */
export function workerOrders(): SandboxOrders | undefined {
  if (workers.isMainThread) return undefined;
  // Put there by `guardWorkers` of the same process, and by nobody else.
  return workers.getEnvironmentData(ordersKey) as unknown as SandboxOrders | undefined;
}

export function guardWorkers(orders: SandboxOrders, refuse: Refuse): void {
  const { policy } = orders;
  const rule = policy.threads?.enabled === true ? "threads.max_workers" : "threads.enabled";
  // Hooks of the module loader run in a thread of their own, without a guard.
  standBefore(module, ["register"], () => {
    throw refuse({ call: "module.register", rule: "threads" });
  });
  if (!allowsWorkers(policy)) {
    refuseClass(workers, "Worker", () => refuse({ call: "worker_threads.Worker", rule }));
    return;
  }
  const most = policy.threads?.max_workers ?? 0;
  let live = 0;
  if (workers.isMainThread) workers.setEnvironmentData(ordersKey, orders as never);
  standBefore(workers, ["setEnvironmentData"], ({ args, go }) => {
    if (args[0] !== ordersKey) return go();
    throw refuse({ call: "worker_threads.setEnvironmentData", rule: "threads" });
  });
  replaceFunction(
    workers,
    "Worker",
    (original) =>
      function guardedWorker(this: unknown, file: unknown, options?: unknown): object {
        if (live >= most) {
          throw refuse({ call: "worker_threads.Worker", where: `${live} live`, rule });
        }
        // Flags of its own could leave out the guard.
        const { execArgv: _, ...rest } = (options ?? {}) as Readonly<Record<string, unknown>>;
        // Text is run before what `--import` names, and so before the guard.
        if (rest.eval) {
          throw refuse({ call: "worker_threads.Worker", where: "eval", rule: "threads" });
        }
        const made: workers.Worker = Reflect.construct(original, [file, rest]);
        live += 1;
        made.once("exit", () => {
          live -= 1;
        });
        return made;
      },
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
