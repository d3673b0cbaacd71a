/**
 * What facts depend on besides a file's bytes: the checker's own code, its tables of ambient calls,
 * the parser. The code's bytes are hashed, because a number that somebody must remember to raise is
 * one day not raised.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { ambientCalls, ambientMember, globalObjects } from "@reprise/worlds";

/** Hex; undefined where it cannot be told, and so nothing may be kept. */
export function codeVersion(): string | undefined {
  try {
    const hash = createHash("sha256");
    for (const path of codeFiles(codeFolder())) hash.update(path).update(readFileSync(path));
    hash.update(JSON.stringify([[...ambientCalls], [...globalObjects], String(ambientMember)]));
    const require = createRequire(import.meta.url);
    hash.update(readFileSync(require.resolve("oxc-parser/package.json")));
    return hash.digest("hex");
  } catch {
    return undefined;
  }
}

/** `dist` or `src` of this package, whichever is running. */
function codeFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!/(?:^|[\\/])(?:dist|src)$/.test(folder)) {
    const above = dirname(folder);
    if (above === folder) throw new Error("this file is in no folder of code");
    folder = above;
  }
  return folder;
}

function codeFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.[cm]?[jt]s$/.test(path) && !path.endsWith(".d.ts"))
    .map((path) => join(folder, path.split(sep).join("/")))
    .sort();
}
