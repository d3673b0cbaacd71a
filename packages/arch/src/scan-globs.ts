/**
 * What the exclude globs leave out, told early: a glob that ends with `/**` closes the whole folder, and
 * one that only names a folder is a look into a set.
 */
import { compileGlobs } from "./path-globs.js";

export interface Exclusion {
  /** Nothing in it can be left in. */
  isFolder(path: string, name: string): boolean;
  isFile(path: string): boolean;
  /** It, or a folder that it is in. */
  isWithin(path: string): boolean;
}

export function createExclusion(globs: readonly string[]): Exclusion {
  const names = new Set<string>();
  const folderGlobs: string[] = [];
  const fileGlobs: string[] = [];
  for (const glob of globs) {
    const name = /^\*\*\/([\w.-]+)\/\*\*$/.exec(glob)?.[1];
    if (name !== undefined) names.add(name);
    else if (/.\/\*\*$/.test(glob)) folderGlobs.push(glob.slice(0, -3));
    if (name === undefined) fileGlobs.push(glob);
  }
  const matchesFolder = compileGlobs(folderGlobs);
  const matchesFile = compileGlobs(fileGlobs);
  const isFolder = (path: string, name: string): boolean => names.has(name) || matchesFolder(path);
  const isWithin = (path: string): boolean => {
    if (matchesFile(path)) return true;
    const parts = path.split("/");
    return parts.some((name, index) => isFolder(parts.slice(0, index + 1).join("/"), name));
  };
  return { isFolder, isFile: matchesFile, isWithin };
}
