/**
 * Of `process`, what the table has no row for, and the environment.
 *
 * Not everything: `title`, `ppid` and `debugPort` are read by node at each reading and `features` and
 * `exitCode` are fixed, so that nothing can be put before them.
 */
import { isCallable, refuseFunction, refuseReading } from "./ambient-guard-patch.js";
import { checkMay, refusalOf, scopeHere } from "./ambient-guard-scope.js";

/** Of `process`, besides what the table has: its functions and values that a run may differ in. */
const processMembers: readonly string[] = [
  "abort",
  "allowedNodeEnvironmentFlags",
  "arch",
  "argv0",
  "availableMemory",
  "channel",
  "chdir",
  "config",
  "connected",
  "constrainedMemory",
  "cwd",
  "disconnect",
  "execArgv",
  "execPath",
  "execve",
  "finalization",
  "getActiveResourcesInfo",
  "getegid",
  "geteuid",
  "getgid",
  "getgroups",
  "getuid",
  "initgroups",
  "kill",
  "loadEnvFile",
  "mainModule",
  "openStdin",
  "permission",
  "pid",
  "reallyExit",
  "ref",
  "release",
  "report",
  "resourceUsage",
  "send",
  "setSourceMapsEnabled",
  "setUncaughtExceptionCaptureCallback",
  "setegid",
  "seteuid",
  "setgid",
  "setgroups",
  "setuid",
  "threadCpuUsage",
  "umask",
  "unref",
  "_debugEnd",
  "_debugProcess",
  "_getActiveHandles",
  "_getActiveRequests",
  "_kill",
  "_linkedBinding",
];

export function guardProcess(): void {
  for (const name of processMembers) {
    const found = Object.getOwnPropertyDescriptor(process, name);
    if (found === undefined) continue;
    const refusal = refusalOf(`process.${name}`, "environment");
    if (isCallable(found.value)) refuseFunction(process, name, refusal);
    else refuseReading(process, name, refusal);
  }
  refuseFunction(process.memoryUsage, "rss", refusalOf("process.memoryUsage"));
  guardEnvironment();
}

/** A reference to the environment that was taken outside is guarded too: every look into it is. */
function guardEnvironment(): void {
  const refusal = refusalOf("process.env");
  const check = (): void => {
    const scope = scopeHere();
    if (scope !== undefined) checkMay(scope, refusal);
  };
  // The real one is node's, in C++: it must not be handed the proxy as the receiver.
  process.env = new Proxy(process.env, {
    get(real, key) {
      check();
      return Reflect.get(real, key);
    },
    has(real, key) {
      check();
      return Reflect.has(real, key);
    },
    ownKeys(real) {
      check();
      return Reflect.ownKeys(real);
    },
    getOwnPropertyDescriptor(real, key) {
      check();
      return Reflect.getOwnPropertyDescriptor(real, key);
    },
    set(real, key, value) {
      check();
      return Reflect.set(real, key, value);
    },
    defineProperty(real, key, descriptor) {
      check();
      return Reflect.defineProperty(real, key, descriptor);
    },
    deleteProperty(real, key) {
      check();
      return Reflect.deleteProperty(real, key);
    },
  });
}
