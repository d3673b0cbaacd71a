/** Where a cassette's file is: under `.x07_rr/`, also after every symbolic link is followed. */
import { lstatSync, realpathSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { MsgError } from "@reprise/msg-core";
import { checkCassettePath } from "../cassette-path.js";

/** The folder that all cassettes are under. */
export const cassetteFolder = ".x07_rr";

/** What the user calls the cassette: for messages. */
export function cassetteName(path: string): string {
  return join(cassetteFolder, path);
}

/**
 * The file of the cassette `path` below `root`, which need not exist. Throws CASSETTE_PATH, also for a
 * link that leaves the folder or that leads to nothing: what would be written then is not known.
 */
export function cassetteFilePath(root: string, path: string): string {
  checkCassettePath(path);
  const folder = resolve(root, cassetteFolder);
  const file = join(folder, path);
  const top = realOf(folder);
  // Where the folder is not there, nothing in it is.
  if (top === undefined) return file;
  for (let at = file; at.length > folder.length; at = dirname(at)) {
    const real = realOf(at);
    if (real === undefined && !isLink(at)) continue;
    if (real === undefined) throw refusal(path, "a link that leads to nothing");
    if (!real.startsWith(top + sep)) throw refusal(path, `a link that leaves ${cassetteFolder}`);
    return file;
  }
  return file;
}

/** The path without links; undefined where there is nothing. */
function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}

function refusal(path: string, problem: string): MsgError {
  return new MsgError("CASSETTE_PATH", `cassette path ${JSON.stringify(path)} is ${problem}`);
}
