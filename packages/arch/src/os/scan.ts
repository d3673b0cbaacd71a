/**
 * The files of a repository, from the listings of its folders alone: which are modules, which are
 * there besides, and what could not be read. Nothing here depends on the order of a listing, nor on
 * what is in a folder that is left out.
 *
 * A symbolic link is never walked into. What it leads to inside the repository is scanned under its
 * own name, and an import through the link is an import of that; one that leads out, or round in a
 * circle, is reported.
 */
import { readdirSync, realpathSync, statSync } from "node:fs";
import { sep } from "node:path";
import { compileGlobs, type PathMatcher } from "../path-globs.js";
import { createExclusion } from "../scan-globs.js";

export interface ScanOptions {
  /** Absolute, with links resolved. */
  readonly root: string;
  readonly includeGlobs: readonly string[];
  readonly excludeGlobs: readonly string[];
  /** More modules than this are not looked for. */
  readonly modulesMax: number;
  readonly signal?: AbortSignal | undefined;
  /** How a folder is listed; `readdirSync` where it is not said. */
  readonly listFolder?: ListFolder | undefined;
}

export interface FolderEntry {
  readonly name: string;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export type ListFolder = (folder: string) => readonly FolderEntry[];

export interface Scan {
  /** Sorted; relative to the root, with `/`. */
  readonly modules: readonly string[];
  /** Every file that no glob leaves out, modules too. */
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  /** Links that stay in the repository, and what they lead to. */
  readonly links: ReadonlyMap<string, string>;
  readonly unreadable: readonly Unreadable[];
  readonly isExcluded: PathMatcher;
}

export interface Unreadable {
  readonly path: string;
  readonly message: string;
}

export function scanRepository(options: ScanOptions): Scan {
  const { root, includeGlobs, excludeGlobs, modulesMax, signal } = options;
  const listFolder = options.listFolder ?? ((path) => readdirSync(path, { withFileTypes: true }));
  const exclusion = createExclusion(excludeGlobs);
  const isIncluded = compileGlobs(includeGlobs);
  const modules: string[] = [];
  const files = new Set<string>();
  const folders = new Set<string>([""]);
  const links = new Map<string, string>();
  const unreadable: Unreadable[] = [];
  const open = [""];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    signal?.throwIfAborted();
    let entries: readonly FolderEntry[];
    try {
      entries = listFolder(folder === "" ? root : `${root}/${folder}`);
    } catch (error) {
      unreadable.push({ path: folder, message: `folder cannot be listed: ${codeOf(error)}` });
      continue;
    }
    for (const entry of entries) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (exclusion.isFolder(path, entry.name)) continue;
        folders.add(path);
        open.push(path);
      } else if (entry.isFile()) {
        if (exclusion.isFile(path)) continue;
        files.add(path);
        if (isIncluded(path)) modules.push(path);
      } else if (entry.isSymbolicLink()) {
        if (exclusion.isFolder(path, entry.name) || exclusion.isFile(path)) continue;
        const target = followLink(root, path);
        if (typeof target === "string") links.set(path, target);
        else if (target !== undefined) unreadable.push({ path, message: target.message });
      }
    }
    if (modules.length > modulesMax) break;
  }
  return {
    modules: modules.sort(),
    files,
    folders,
    links,
    unreadable: unreadable.sort((a, b) => (a.path < b.path ? -1 : 1)),
    isExcluded: (path) => exclusion.isWithin(path),
  };
}

/** Where a link leads, inside the root; undefined where it leads to nothing, which harms nobody. */
function followLink(root: string, path: string): string | { readonly message: string } | undefined {
  let real: string;
  try {
    real = realpathSync(`${root}/${path}`);
    if (!isInside(root, real)) {
      return { message: "symbolic link leads out of the repository: it is not followed" };
    }
    const target = real
      .slice(root.length + 1)
      .split(sep)
      .join("/");
    const isLoop = statSync(real).isDirectory() && `${path}/`.startsWith(`${target}/`);
    if (target === "" || isLoop)
      return { message: "symbolic link leads to a folder that it is in" };
    return target;
  } catch (error) {
    const code = codeOf(error);
    return code === "ENOENT" ? undefined : { message: `symbolic link cannot be followed: ${code}` };
  }
}

function isInside(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** `EACCES` and the like: a message of the system would have the whole path in it. */
export function codeOf(error: unknown): string {
  if (error instanceof Error && "code" in error && typeof error.code === "string") {
    return error.code;
  }
  return "unknown error";
}
