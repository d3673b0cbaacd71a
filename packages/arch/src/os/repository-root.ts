/** Which folder is the repository, and paths in it. */
import { statSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ArchError } from "../arch-error.js";

/**
 * The folder that was named; else the nearest one, from the working directory upwards, that has the
 * manifest; else the working directory, also where the manifest was named by an absolute path. Throws
 * ROOT_INVALID where what was named is no folder.
 */
export function findRoot(cwd: string, named: string | undefined, manifest: string): string {
  if (named !== undefined) {
    const root = resolve(cwd, named);
    if (!isKind(root, "isDirectory")) {
      throw new ArchError("ROOT_INVALID", `${root} is no folder`);
    }
    return root;
  }
  if (isAbsolute(manifest)) return cwd;
  for (let folder = cwd; ; folder = dirname(folder)) {
    if (isKind(join(folder, manifest), "isFile")) return folder;
    if (dirname(folder) === folder) return cwd;
  }
}

/** A path that the command line gave, relative to the root with `/`, as documents name files. */
export function pathInRoot(root: string, path: string): string {
  const inside = isAbsolute(path) ? relative(root, path) : path;
  return inside.split(sep).join("/").replace(/^\.\//, "");
}

function isKind(path: string, kind: "isDirectory" | "isFile"): boolean {
  try {
    return statSync(path)[kind]();
  } catch {
    return false;
  }
}
