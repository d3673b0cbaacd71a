/**
 * Which files of a repository are modules, and what a module is called.
 *
 * The globs alone decide, from the names of files: git's ignore files are not read, so that a tree
 * gives the same answer with git or without it. What lies in a folder that is built, installed or
 * downloaded is never a source. A declaration file (`.d.ts`) is a module whose every import is of
 * types, and its id keeps the `.d`, because it often stands beside the JavaScript that it describes.
 */

/** What the manifest lock's `module_scan` says where there is none. */
export const defaultIncludeGlobs: readonly string[] = ["**/*.{ts,tsx,mts,cts,js,jsx,mjs,cjs}"];

/** The first five are X07's. */
export const defaultExcludeGlobs: readonly string[] = [
  ".git",
  "dist",
  "gen",
  "target",
  "tmp",
  "node_modules",
  "bower_components",
  "coverage",
  ".cache",
  ".next",
  ".nuxt",
  ".output",
  ".svelte-kit",
  ".turbo",
  ".yarn",
  ".pnpm-store",
].map((name) => `**/${name}/**`);

/** Folders whose files have a module's sources, with nothing before them in its id. */
export const defaultSourceRoots: readonly string[] = ["src"];

const moduleExtension = /\.(?:[cm]?[jt]s|[jt]sx)$/;

export function isModulePath(path: string): boolean {
  return moduleExtension.test(path);
}

export function isDeclarationPath(path: string): boolean {
  return /\.d\.[cm]?ts$/.test(path);
}

export interface ModuleOwner {
  /** Of the package.json; "" for the root. */
  readonly folder: string;
  /** undefined: it has none, and the module's id is its path. */
  readonly name: string | undefined;
}

/** `packages/msg-core/src/envelope.ts` of `@reprise/msg-core`: `@reprise/msg-core/envelope`. */
export function moduleId(
  path: string,
  { folder, name }: ModuleOwner,
  sourceRoots: readonly string[] = defaultSourceRoots,
): string {
  const below = folder === "" ? path : path.slice(folder.length + 1);
  const root = sourceRoots.find((each) => below.startsWith(`${each}/`));
  const inside = root === undefined ? below : below.slice(root.length + 1);
  const stem = inside.replace(moduleExtension, "");
  if (name !== undefined) return `${name}/${stem}`;
  return folder === "" ? stem : `${folder}/${stem}`;
}
