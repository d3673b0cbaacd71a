/**
 * Files: every function of `node:fs` that takes a path asks the roots first, to say which rule refuses
 * and to follow links. What is open stays open: reading and writing a descriptor is not looked at.
 *
 * A refusal comes as the function's own failures do: thrown, to the callback, or as a rejection.
 */
import fs from "node:fs";
import { fileURLToPath } from "node:url";
import type { SandboxFiles } from "../sandbox-policy.js";
import { isCallable } from "./ambient-guard-patch.js";
import { type FileUse, type RefusedBy, withoutSteps } from "./sandbox-paths.js";
import type { Refuse } from "./sandbox-refusal.js";
import { type GuardedCall, standBefore } from "./sandbox-stand.js";

/** What the arguments are used for, in their order. */
type Shape = readonly (readonly FileUse[])[];

const read: Shape = [["read"]];
const write: Shape = [["write"]];

/** By the name without `Sync`. `open` and what opens is looked at by its flags. */
const shapes: Readonly<Record<string, Shape>> = {
  access: read,
  appendFile: write,
  chmod: write,
  chown: write,
  copyFile: [["read"], ["write"]],
  cp: [["read"], ["write"]],
  exists: read,
  lchmod: write,
  lchown: write,
  link: [["read"], ["write"]],
  lstat: read,
  lutimes: write,
  mkdir: write,
  mkdtemp: write,
  mkdtempDisposable: write,
  open: [],
  openAsBlob: read,
  opendir: read,
  readFile: read,
  readdir: read,
  readlink: read,
  realpath: read,
  rename: [["read", "write"], ["write"]],
  rm: write,
  rmdir: write,
  stat: read,
  statfs: read,
  symlink: [[], ["write"]],
  truncate: write,
  unlink: write,
  unwatchFile: read,
  utimes: write,
  watch: read,
  watchFile: read,
  writeFile: write,
};

type Permission = "allow_symlinks" | "allow_mkdir" | "allow_remove" | "allow_rename";

const permissions: Readonly<Record<string, Permission>> = {
  link: "allow_symlinks",
  symlink: "allow_symlinks",
  mkdir: "allow_mkdir",
  mkdtemp: "allow_mkdir",
  mkdtempDisposable: "allow_mkdir",
  rm: "allow_remove",
  rmdir: "allow_remove",
  unlink: "allow_remove",
  rename: "allow_rename",
};

export interface FileRules {
  readonly policy: SandboxFiles;
  readonly refusedBy: RefusedBy;
  readonly refuse: Refuse;
}

export function guardFiles(rules: FileRules): void {
  for (const [name, shape] of Object.entries(shapes)) {
    const check = (call: GuardedCall): Checked => checked(name, { shape, args: call.args, rules });
    standBefore(fs, [`${name}Sync`], (call) => goOrThrow(call, check(call)));
    standBefore(fs.promises, [name], (call) => goOrReject(call, check(call)));
    const isPromise = name === "openAsBlob";
    standBefore(fs, [name], (call) =>
      isPromise ? goOrReject(call, check(call)) : goOrTell(call, check(call), name),
    );
  }
  const native = (call: GuardedCall): Checked =>
    checked("realpath", { shape: read, args: call.args, rules });
  standBefore(fs.realpath, ["native"], (call) => goOrTell(call, native(call), "realpath"));
  standBefore(fs.realpathSync, ["native"], (call) => goOrThrow(call, native(call)));
  guardGlob(rules);
}

function goOrThrow(call: GuardedCall, { refusal, args, translate }: Checked): unknown {
  if (refusal !== undefined) throw refusal;
  try {
    return call.go(args);
  } catch (error) {
    throw translate(error);
  }
}

function goOrReject(call: GuardedCall, { refusal, args, translate }: Checked): unknown {
  if (refusal !== undefined) return Promise.reject(refusal);
  const result = call.go(args);
  if (!(result instanceof Promise)) return result;
  return result.catch((error: unknown) => {
    throw translate(error);
  });
}

function goOrTell(call: GuardedCall, { refusal, args, translate }: Checked, name: string): unknown {
  const callback = args.at(-1);
  if (!isCallable(callback) || name.startsWith("watch")) {
    return goOrThrow(call, { refusal, args, translate });
  }
  if (name === "exists") {
    if (refusal === undefined) return call.go(args);
    process.nextTick(callback, false);
    return undefined;
  }
  if (refusal !== undefined) {
    process.nextTick(callback, refusal);
    return undefined;
  }
  const told = (error: unknown, ...rest: unknown[]): unknown => callback(translate(error), ...rest);
  return call.go(args.map((one) => (one === callback ? told : one)));
}

/** Walks by itself, through what the permission model lets it see. */
function guardGlob({ policy, refuse }: FileRules): void {
  const refusal = (): Error => refuse({ call: "fs.glob", rule: "fs.allow_glob" });
  if (policy.enabled && policy.allow_glob === true) return;
  const refuseIt = (): never => {
    throw refusal();
  };
  standBefore(fs, ["glob", "globSync"], refuseIt);
  standBefore(fs.promises, ["glob"], refuseIt);
}

interface Checked {
  readonly refusal: Error | undefined;
  /** The arguments, with paths that cannot change any more. */
  readonly args: readonly unknown[];
  /** What node's permission model refuses, the guard's way; any other error as it is. */
  translate(error: unknown): unknown;
}

function checked(
  name: string,
  {
    shape,
    args,
    rules,
  }: {
    readonly shape: Shape;
    readonly args: readonly unknown[];
    readonly rules: FileRules;
  },
): Checked {
  const { policy, refusedBy, refuse } = rules;
  const call = `fs.${name}`;
  const fixed = [...args];
  const permission = permissionOf(name, args[1]);
  const translate = (error: unknown): unknown => {
    const {
      code,
      permission: denied,
      resource,
    } = (error ?? {}) as Readonly<Record<string, unknown>>;
    if (code !== "ERR_ACCESS_DENIED") return error;
    const rule = denied === "FileSystemWrite" ? "fs.write_roots" : "fs.read_roots";
    return refuse({ call, where: typeof resource === "string" ? resource : undefined, rule });
  };
  const refused = (where: string | undefined, rule: string): Checked => ({
    refusal: refuse({ call, where, rule }),
    args,
    translate,
  });
  let last: string | undefined;
  for (const [place, uses] of usesOf(name, shape, args).entries()) {
    const path = pathOf(args[place]);
    if (path === undefined) continue;
    last = path;
    fixed[place] = path;
    for (const use of uses) {
      const rule = refusedBy(path, use);
      if (rule !== undefined) return refused(path, rule);
    }
  }
  if (permission !== undefined && last !== undefined && policy[permission] !== true) {
    return refused(last, `fs.${permission}`);
  }
  return { refusal: undefined, args: fixed, translate };
}

function permissionOf(name: string, options: unknown): Permission | "allow_walk" | undefined {
  const isRecursive =
    typeof options === "object" && options !== null && Reflect.get(options, "recursive") === true;
  const walks = name === "readdir" || name === "opendir" || name === "watch" || name === "cp";
  return walks && isRecursive ? "allow_walk" : permissions[name];
}

/** For each argument that is a path, what it is used for. */
function usesOf(
  name: string,
  shape: Shape,
  args: readonly unknown[],
): readonly (readonly FileUse[])[] {
  if (name === "open") return [usesOfFlags(args[1])];
  const flag = name === "readFile" || name === "writeFile" || name === "appendFile";
  const options = flag ? args[name === "readFile" ? 1 : 2] : undefined;
  const given =
    typeof options === "object" && options !== null ? Reflect.get(options, "flag") : undefined;
  const extra = given === undefined || given === null ? [] : usesOfFlags(given);
  return shape.map((uses) => [...uses, ...extra]);
}

const { O_RDWR, O_WRONLY, O_CREAT, O_TRUNC, O_APPEND } = fs.constants;

function usesOfFlags(flags: unknown): readonly FileUse[] {
  if (typeof flags === "number") {
    if ((flags & O_RDWR) !== 0) return ["read", "write"];
    const writes = (flags & (O_WRONLY | O_CREAT | O_TRUNC | O_APPEND)) !== 0;
    if ((flags & O_WRONLY) !== 0) return ["write"];
    return writes ? ["read", "write"] : ["read"];
  }
  // The default; a callback may stand in its place.
  if (typeof flags !== "string") return ["read"];
  if (flags.includes("+")) return ["read", "write"];
  return /[wa]/.test(flags) ? ["write"] : ["read"];
}

/** Undefined for what is no path: a descriptor, or what the function itself will refuse. */
function pathOf(value: unknown): string | undefined {
  if (typeof value === "string") return withoutSteps(value);
  if (value instanceof Uint8Array) return withoutSteps(Buffer.from(value).toString("utf8"));
  if (typeof value !== "object" || value === null || !("href" in value)) return undefined;
  // Node takes everything that looks like a URL for one; of what is none, it says what is wrong.
  return withoutSteps(fileURLToPath(value as URL));
}
