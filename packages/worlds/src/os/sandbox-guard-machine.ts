/**
 * The process itself and what of node goes around the rest: native code, the inspector, signals to
 * others, identities, files that node's insides write.
 */
import crypto from "node:crypto";
import inspector from "node:inspector";
import module, { createRequire } from "node:module";
import os from "node:os";
import v8 from "node:v8";
import type { SandboxPolicy } from "../sandbox-policy.js";
import { type RefusedBy, withoutSteps } from "./sandbox-paths.js";
import type { Refuse } from "./sandbox-refusal.js";
import { refuseClass, standBefore } from "./sandbox-stand.js";

export interface MachineRules {
  readonly policy: SandboxPolicy;
  readonly refusedBy: RefusedBy;
  readonly refuse: Refuse;
}

export function guardMachine(rules: MachineRules): void {
  const { policy, refuse } = rules;
  const refuseAll = (
    module: object,
    {
      names,
      of,
      rule,
    }: { readonly names: readonly string[]; readonly of: string; readonly rule: string },
  ): void =>
    standBefore(module, names, ({ args }, name) => {
      const where = typeof args[0] === "string" ? args[0] : undefined;
      throw refuse({ call: `${of}.${name}`, where, rule });
    });
  const unsafe = "language.allow_unsafe";
  refuseAll(process, { names: ["binding", "_linkedBinding"], of: "process", rule: unsafe });
  refuseAll(process, { names: identities, of: "process", rule: "process" });
  refuseAll(process, { names: ["execve"], of: "process", rule: "process.allow_exec" });
  refuseAll(process, { names: ["_debugProcess", "_debugEnd"], of: "process", rule: "inspector" });
  refuseAll(os, { names: ["setPriority"], of: "os", rule: "process" });
  refuseAll(inspector, { names: ["open"], of: "inspector", rule: "inspector" });
  refuseAll(inspector.Session.prototype, {
    names: ["connect", "connectToMainThread"],
    of: "inspector.Session",
    rule: "inspector",
  });
  if (policy.language?.allow_ffi !== true) {
    refuseAll(process, { names: ["dlopen"], of: "process", rule: "language.allow_ffi" });
    refuseAll(crypto, { names: ["setEngine"], of: "crypto", rule: "language.allow_ffi" });
  }
  if (policy.language?.allow_unsafe !== true) guardUnsafe(refuse, refuseAll);
  guardExit(policy, refuse);
  guardKill(policy, refuse);
  guardOwnFiles(rules);
}

const identities = ["setuid", "setgid", "seteuid", "setegid", "setgroups", "initgroups"];

/** What opens files by itself, past the permission model: SQL's ATTACH, Node 20's trace log. */
function guardUnsafe(
  refuse: Refuse,
  refuseAll: (
    module: object,
    what: { readonly names: readonly string[]; readonly of: string; readonly rule: string },
  ) => void,
): void {
  const rule = "language.allow_unsafe";
  refuseAll(v8, { names: ["setFlagsFromString", "setHeapSnapshotNearHeapLimit"], of: "v8", rule });
  const tracing = builtin("trace_events");
  if (tracing !== undefined)
    refuseAll(tracing, { names: ["createTracing"], of: "trace_events", rule });
  for (const [name, classes] of Object.entries(unsafeClasses)) {
    const exports = builtin(name);
    for (const one of exports === undefined ? [] : classes) {
      refuseClass(exports ?? {}, one, () => refuse({ call: `node:${name}.${one}`, rule }));
    }
  }
}

const unsafeClasses: Readonly<Record<string, readonly string[]>> = {
  sqlite: ["DatabaseSync", "StatementSync"],
  wasi: ["WASI"],
};

const require = createRequire(import.meta.url);

/** Some say when they are loaded that they are experimental, which nobody asked for yet. */
function builtin(name: string): object | undefined {
  if (!module.builtinModules.includes(name) && !module.isBuiltin(`node:${name}`)) return undefined;
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    // arch-allow W_ARCH_IMPORT_OPAQUE: a module of node, one of those that are guarded here
    return require(`node:${name}`) as object;
  } catch (error) {
    // A worker has none.
    if ((error as NodeJS.ErrnoException).code === "ERR_TRACE_EVENTS_UNAVAILABLE") return undefined;
    throw error;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function guardExit({ process: rules }: SandboxPolicy, refuse: Refuse): void {
  if (rules.enabled && rules.allow_exit) {
    const { reallyExit } = process as unknown as { reallyExit(code: number): never };
    // By code: the signal of an abort says that the heap was full.
    standBefore(process, ["abort"], () =>
      reallyExit.call(process, 128 + os.constants.signals.SIGABRT),
    );
    return;
  }
  standBefore(process, ["exit", "reallyExit", "abort"], (_, name) => {
    throw refuse({ call: `process.${name}`, rule: "process.allow_exit" });
  });
}

/** A program may signal itself, if it may exit. Its children it ends by their own `kill`. */
function guardKill({ process: rules }: SandboxPolicy, refuse: Refuse): void {
  standBefore(process, ["kill", "_kill"], ({ args, go }, name) => {
    const [pid, signal] = args;
    if (rules.enabled && rules.allow_exit && pid === process.pid) return go([pid, signal]);
    throw refuse({ call: `process.${name}`, where: `process ${pid}`, rule: "process" });
  });
}

/** Files that node reads and writes for a program, by a path or in the working directory. */
function guardOwnFiles({ refusedBy, refuse }: MachineRules): void {
  const check = (call: string, given: string, use: "read" | "write"): string => {
    const path = withoutSteps(given);
    const rule = refusedBy(path, use);
    if (rule !== undefined) throw refuse({ call, where: path, rule });
    return path;
  };
  const given = (value: unknown, otherwise: string): string =>
    typeof value === "string" ? value : otherwise;
  standBefore(process, ["chdir"], ({ args, go }) => {
    return go([check("process.chdir", given(args[0], "."), "read")]);
  });
  standBefore(process, ["loadEnvFile"], ({ args, go }) => {
    return go([check("process.loadEnvFile", given(args[0], ".env"), "read")]);
  });
  standBefore(v8, ["writeHeapSnapshot"], ({ args, go }) => {
    const path = check("v8.writeHeapSnapshot", given(args[0], "."), "write");
    return go(args[0] === undefined ? args : [path, args[1]]);
  });
  standBefore(process.report, ["writeReport"], ({ args, go }) => {
    const folder = process.report.directory === "" ? "." : process.report.directory;
    const name = given(args[0], process.report.filename);
    check("process.report.writeReport", name === "" ? folder : `${folder}/${name}`, "write");
    return go();
  });
}
