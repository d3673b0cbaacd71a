/**
 * Whether a path is in the policy's roots, by what it really leads to: links on the way are followed,
 * as node's permission model does not. Hidden components (a name that begins with a dot) are refused
 * under `fs.deny_hidden`, below a root; a root that is itself hidden is listed by name, and so is
 * allowed wherever it lies.
 *
 * Between this answer and the call another process could put a link in the way; the program itself
 * cannot, since it may make none that leads out.
 */
import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import type { SandboxFiles } from "../sandbox-policy.js";
import type { SandboxRoots } from "./sandbox-roots.js";

export type FileUse = "read" | "write";

/** Links in a row before it is called a loop, as Linux does. */
const linksMax = 40;

const modules = `${sep}node_modules${sep}`;

/** The rule that refuses, or undefined. */
export type RefusedBy = (path: string, use: FileUse) => string | undefined;

export function refusedPaths(policy: SandboxFiles, roots: SandboxRoots): RefusedBy {
  const listed = [...roots.read, ...roots.write];
  const isHidden = (path: string, root: string): boolean => {
    if (!policy.deny_hidden) return false;
    let at = root === sep ? "" : root;
    for (const name of path.slice(at.length).split(sep)) {
      if (name === "") continue;
      at = `${at}${sep}${name}`;
      if (startsWithDot(name) && !listed.includes(at)) return true;
    }
    return false;
  };
  const rootOf = (path: string, among: readonly string[]): string | undefined =>
    among.find((root) => path === root || path.startsWith(root.endsWith(sep) ? root : root + sep));
  return (path, use) => {
    const real = realPath(resolve(path), linksMax);
    const isCode = use === "read" && rootOf(real, roots.code) !== undefined;
    // Package managers keep theirs in hidden folders.
    if (isCode && `${real}${sep}`.includes(modules)) return undefined;
    const among = use === "read" ? [...roots.read, ...roots.code] : roots.write;
    const granting = among.filter((root) => rootOf(real, [root]) !== undefined);
    if (granting.length === 0) {
      return policy.enabled ? `fs.${use}_roots` : "fs.enabled";
    }
    return granting.some((root) => !isHidden(real, root)) ? undefined : "fs.deny_hidden";
  };
}

/**
 * A path that the system takes as it is read: `link/..` is where the link leads to, and up, to the
 * system, while to node's permission model it is nothing at all.
 */
export function withoutSteps(path: string): string {
  return path.includes("..") ? resolve(path) : path;
}

function startsWithDot(name: string): boolean {
  return name[0] === ".";
}

/** Taken before the guard stands before them. */
const real = realpathSync;
const readlink = readlinkSync;

/** Where a path leads, also if nothing is there. */
function realPath(path: string, linksLeft: number): string {
  try {
    return real(path);
  } catch {
    const above = dirname(path);
    if (above === path || linksLeft === 0) return path;
    const target = linkTarget(path);
    if (target !== undefined) return realPath(resolve(above, target), linksLeft - 1);
    return join(realPath(above, linksLeft), basename(path));
  }
}

function linkTarget(path: string): string | undefined {
  try {
    return readlink(path);
  } catch {
    return undefined;
  }
}
