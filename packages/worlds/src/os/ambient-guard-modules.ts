/**
 * The modules of node: whatever of them reaches further than the world does refuses to be called.
 *
 * Their objects are shared, so that replacing a function there holds for `require`, and, after
 * `syncBuiltinESMExports`, for `import`. What a program took out of a `require` before (`const { open } =
 * require("fs")`) stays as it was; beneath the ways out of the process (sockets, processes, names)
 * stand guards that such a reference meets too.
 *
 * A module that is loaded later is seen to when the next scope begins.
 */
import { createRequire, syncBuiltinESMExports } from "node:module";
import type { Capability } from "../capability.js";
import { capabilityOfExternal } from "../external.js";
import { guardEntropy } from "./ambient-guard-entropy.js";
import { isCallable, refuseAll, refuseFunction, refuseReading } from "./ambient-guard-patch.js";
import { type Refusal, refusalOf } from "./ambient-guard-scope.js";

const require = createRequire(import.meta.url);

/** A module of node, which is an object, or a function with properties. */
function builtin(name: string): object {
  // arch-allow W_ARCH_IMPORT_OPAQUE: a module of node, one of those that are guarded here
  return require(`node:${name}`) as object;
}

/** Loaded, if they are not yet, so that what stands beneath all else is guarded from the start. */
const first: readonly string[] = [
  "child_process",
  "crypto",
  "dgram",
  "dns",
  "dns/promises",
  "fs",
  "fs/promises",
  "net",
  "os",
  "perf_hooks",
  "timers",
  "timers/promises",
  "vm",
  "worker_threads",
];

/** Modules with other ways of being guarded, or that do no more than is guarded beneath them. */
const without: ReadonlySet<string> = new Set([
  "console",
  "constants",
  "crypto",
  "diagnostics_channel",
  "domain",
  "path",
  "path/posix",
  "path/win32",
  "process",
  "sys",
  "util",
]);

const zlibPasses = (name: string): boolean => name.endsWith("Sync") || name === "crc32";

/** Functions that give the same for the same. */
const passing: Readonly<Record<string, readonly string[]>> = {
  http: ["validateHeaderName", "validateHeaderValue"],
  module: ["Module", "findSourceMap", "isBuiltin", "stripTypeScriptTypes", "syncBuiltinESMExports"],
  net: ["BlockList", "SocketAddress", "isIP", "isIPv4", "isIPv6"],
  perf_hooks: ["createHistogram"],
  tls: ["checkServerIdentity", "getCiphers"],
  v8: [
    "DefaultDeserializer",
    "DefaultSerializer",
    "Deserializer",
    "Serializer",
    "deserialize",
    "serialize",
  ],
  vm: ["isContext"],
};

/** Methods that any reference to their class leads to. */
const beneath: readonly (readonly [module: string, owner: string, methods: readonly string[]])[] = [
  ["net", "Socket", ["connect"]],
  ["net", "Server", ["listen"]],
  ["dgram", "Socket", ["bind", "connect", "send"]],
  ["child_process", "ChildProcess", ["spawn"]],
];

export function guardFirstModules(): void {
  for (const name of first) {
    const exports = builtin(name);
    if (name === "crypto") guardEntropy(exports);
    guardModule(name, exports);
  }
  for (const [name, owner, methods] of beneath) {
    const built: unknown = Reflect.get(builtin(name), owner);
    if (!isCallable(built)) continue;
    // Classes have prototypes: the cast holds.
    const prototype = Reflect.get(built, "prototype") as object;
    for (const method of methods) {
      refuseFunction(prototype, method, refusalFor(name, `${owner}.${method}`));
    }
  }
}

let seen = 0;
const done = new Set<string>(first);
const loadedPrefix = "NativeModule ";

/** Guards what has been loaded since the last call. Nothing to do is one comparison. */
export function guardLoadedModules(): void {
  // Not in node's types: the names of what node has loaded of itself, in order.
  const { moduleLoadList } = process as unknown as { moduleLoadList?: readonly string[] };
  if (moduleLoadList === undefined || moduleLoadList.length === seen) return;
  const names = moduleLoadList.slice(seen).filter((name) => name.startsWith(loadedPrefix));
  seen = moduleLoadList.length;
  for (const name of names.map((one) => one.slice(loadedPrefix.length))) {
    // The insides of the public ones.
    if (name.startsWith("internal/") || name.startsWith("_") || done.has(name)) continue;
    done.add(name);
    if (capabilityOfExternal(`node:${name}`) === "pure" || without.has(name)) continue;
    guardModule(name, builtin(name));
  }
  syncBuiltinESMExports();
}

function guardModule(name: string, exports: object): void {
  if (without.has(name)) return;
  const refusal = (key: string): Refusal => refusalFor(name, key);
  const passes = new Set(passing[name] ?? []);
  for (const key of Object.getOwnPropertyNames(exports)) {
    if (name === "zlib" && zlibPasses(key)) passes.add(key);
  }
  refuseAll(exports, refusal, passes);
  // A getter, for it is made late.
  if (name === "http") refuseReading(exports, "WebSocket", refusalOf("WebSocket"));
  if (name === "timers/promises") {
    const { scheduler } = exports as { scheduler?: object };
    if (scheduler !== undefined) {
      const prototype: object = Object.getPrototypeOf(scheduler);
      refuseAll(prototype, (key) => refusal(`scheduler.${key}`), new Set(["constructor"]));
    }
  }
  if (name === "dns" || name === "dns/promises") {
    const resolver: unknown = Reflect.get(exports, "Resolver");
    if (!isCallable(resolver)) return;
    const prototype = Reflect.get(resolver, "prototype") as object;
    refuseAll(prototype, (key) => refusal(`Resolver.${key}`), new Set(["constructor"]));
  }
}

function refusalFor(module: string, key: string): Refusal {
  const reach = capabilityOfExternal(`node:${module}`);
  const capability: Capability = reach === "pure" || reach === "unknown" ? "code" : reach;
  return refusalOf(`node:${module}.${key}`, capability);
}
