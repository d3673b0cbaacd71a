/**
 * Cassette paths: relative to `.x07_rr/`, with `/` between segments, and no way out. So `a/b`,
 * `..a` and `.a` are fine; `/a`, `a//b`, `a/`, `./a`, `../a`, `.x07_rr/a` and `a\b` are not.
 */
import { MsgError } from "@reprise/msg-core";

/** Throws CASSETTE_PATH. */
export function checkCassettePath(path: string): void {
  const problem = problemOf(path);
  if (problem === undefined) return;
  throw new MsgError("CASSETTE_PATH", `cassette path ${JSON.stringify(path)} ${problem}`);
}

function problemOf(path: string): string | undefined {
  if (path === "") return "is empty";
  if (path.startsWith("/")) return "is absolute; it is taken from .x07_rr/";
  if (path.includes("\0")) return "has a NUL character";
  if (path.includes("\\")) return "has a backslash; segments are separated by /";
  for (const segment of path.split("/")) {
    if (segment === "") return "has an empty segment";
    if (segment === "." || segment === "..")
      return `has a segment ${segment}: it may not move about`;
    if (segment.startsWith(".x07_"))
      return `has a segment ${segment}: .x07_ is kept for the format`;
  }
  return undefined;
}
