/**
 * Which files a sandboxed program may touch, as real paths: what its policy lists, and the code that
 * it is made of.
 *
 * The code is the program's package (the folder of the nearest package.json above its real path, or
 * the file alone where there is none), every `node_modules` folder on the way up, and the packages
 * that links in those lead to (pnpm and workspaces), with theirs.
 */
import { existsSync, readdirSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import type { SandboxPolicy } from "../sandbox-policy.js";
import { WorldError } from "../world-error.js";

/** Each list holds absolute paths without a slash at their end. */
export interface SandboxRoots {
  readonly read: readonly string[];
  readonly write: readonly string[];
  /** To be read, whatever the policy says. */
  readonly code: readonly string[];
}

/** Packages that are followed: beyond, a program names what it needs in `fs.read_roots`. */
const packagesMax = 4096;

/** Throws SANDBOX_UNAVAILABLE where the program is not there, POLICY_INVALID for a root with `*`. */
export function sandboxRoots({
  policy,
  program,
  cwd,
  preload,
}: {
  readonly policy: SandboxPolicy;
  readonly program: string;
  readonly cwd: string;
  readonly preload: string;
}): SandboxRoots {
  const { fs } = policy;
  const listed = (name: "read_roots" | "write_roots"): readonly string[] =>
    fs.enabled ? fs[name].map((root, place) => listedRoot(root, cwd, `/fs/${name}/${place}`)) : [];
  return {
    read: listed("read_roots"),
    write: listed("write_roots"),
    code: [
      ...new Set([...codeRoots(realProgram(program)), guardRoot(realpathSync.native(preload))]),
    ],
  };
}

/** The guard is in `os`, what it shares with the rest beside that. */
function guardRoot(preload: string): string {
  return dirname(dirname(preload));
}

/** A link that is listed leads where it leads; what is not there yet is taken as it is written. */
function listedRoot(root: string, cwd: string, pointer: string): string {
  const problem = root.includes("*") ? "a star" : root.includes("\0") ? "a zero" : undefined;
  if (problem !== undefined) {
    throw new WorldError(
      "POLICY_INVALID",
      `sandbox policy ${pointer}: expected a path, got one with ${problem} in it`,
      { pointer },
    );
  }
  return realOrNot(resolve(cwd, root));
}

function realOrNot(path: string): string {
  const above = dirname(path);
  if (existsSync(path)) return realpathSync.native(path);
  return above === path ? path : join(realOrNot(above), path.slice(above.length));
}

function realProgram(program: string): string {
  try {
    return realpathSync.native(program);
  } catch (cause) {
    throw new WorldError("SANDBOX_UNAVAILABLE", `no program at ${program}`, {
      where: program,
      cause,
    });
  }
}

/** What lies in a folder that may be read needs no line of its own, and is not followed. */
function codeRoots(program: string): ReadonlySet<string> {
  const roots = new Set([packageOf(program)]);
  const followed = new Set<string>();
  const add = (path: string): void => {
    if (!isInside(roots, path)) roots.add(path);
  };
  for (const folder of roots) {
    // The outermost first: with pnpm it is where most links lead.
    for (const modules of modulesAbove(folder).reverse()) {
      if (followed.has(modules)) continue;
      followed.add(modules);
      add(modules);
      for (const target of linksIn(modules)) {
        if (!isInside(roots, target)) add(packageOf(target));
      }
      if (roots.size > packagesMax) return roots;
    }
  }
  return roots;
}

function isInside(roots: ReadonlySet<string>, path: string): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    if (roots.has(folder)) return true;
    if (folder === dirname(folder)) return false;
  }
}

function packageOf(path: string): string {
  const start = statSync(path).isDirectory() ? path : dirname(path);
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "package.json"))) return folder;
    if (folder === dirname(folder)) return path;
  }
}

function modulesAbove(path: string): string[] {
  const found: string[] = [];
  for (let folder = path; ; folder = dirname(folder)) {
    const modules = join(folder, "node_modules");
    if (existsSync(modules)) found.push(realpathSync.native(modules));
    if (folder === dirname(folder)) return found;
  }
}

/** Where the links of a `node_modules` folder lead, those that lead out of it. */
function linksIn(modules: string): readonly string[] {
  const found: string[] = [];
  const look = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && entry.name.startsWith("@")) look(path);
      if (!entry.isSymbolicLink() || !existsSync(path)) continue;
      const target = realpathSync.native(path);
      if (!target.startsWith(modules + sep)) found.push(target);
    }
  };
  look(modules);
  return found;
}
