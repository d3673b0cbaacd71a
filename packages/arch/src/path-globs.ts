/**
 * Globs over paths of the repository: picomatch, with `*` inside one folder, `**` across folders,
 * and dot files like any others. The form of picomatch that asks nothing of the system it runs on.
 */
import picomatch from "picomatch/posix.js";

export type PathMatcher = (path: string) => boolean;

/** Throws an Error that says what is wrong with the first glob that is none. */
export function compileGlobs(globs: readonly string[]): PathMatcher {
  const matchers = globs.map(compileGlob);
  return (path) => matchers.some((matches) => matches(path));
}

/** What is wrong with a glob; undefined: nothing. */
export function globProblem(glob: string): string | undefined {
  try {
    compileGlob(glob);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function compileGlob(glob: string): PathMatcher {
  const matches = picomatch(glob, { dot: true, nonegate: true, strictBrackets: true });
  // Most globs begin with folders: comparing those first spares nearly all regular expressions.
  const { base } = picomatch.scan(glob);
  if (base === "" || base === "." || base.includes("\\")) return (path) => matches(path);
  return (path) => path.startsWith(base) && matches(path);
}
