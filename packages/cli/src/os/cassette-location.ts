/**
 * Which file a person means by the name of a cassette. In this order, the first that is there:
 *
 * ```
 * NAME                            a file
 * NAME/cassette.rrbin             NAME is a folder that holds a cassette
 * .x07_rr/NAME                    below the working directory
 * .x07_rr/NAME/cassette.rrbin     as the lab records it
 * ```
 */
import { stat } from "node:fs/promises";
import { isAbsolute, join, resolve } from "node:path";
import { cassetteFolder } from "@reprise/msg-rr/os";
import { CliError } from "../cli-error.js";

export interface CassetteLocation {
  readonly path: string;
  /** As it is to be shown: relative where it was named so. */
  readonly shown: string;
}

const usualFile = "cassette.rrbin";

/** Rejects with FILE_MISSING, FILE_UNAVAILABLE. */
export async function locateCassette(cwd: string, named: string): Promise<CassetteLocation> {
  const below = isAbsolute(named) ? [] : [join(cassetteFolder, named)];
  let folder: string | undefined;
  for (const candidate of [named, ...below]) {
    const found = await kindOf(resolve(cwd, candidate));
    if (found === "file") return { path: resolve(cwd, candidate), shown: candidate };
    if (found === undefined) continue;
    folder ??= candidate;
    const inside = join(candidate, usualFile);
    if ((await kindOf(resolve(cwd, inside))) === "file") {
      return { path: resolve(cwd, inside), shown: inside };
    }
  }
  if (folder !== undefined) {
    throw new CliError("FILE_MISSING", `${folder} is a folder without a ${usualFile} in it`);
  }
  const looked = below.length === 0 ? "" : ` (looked for ${[named, ...below].join(" and ")})`;
  throw new CliError("FILE_MISSING", `no cassette ${named}${looked}`);
}

async function kindOf(path: string): Promise<"file" | "folder" | undefined> {
  try {
    return (await stat(path)).isDirectory() ? "folder" : "file";
  } catch (cause) {
    const { code } = cause as { code?: unknown };
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw unavailable(path, cause);
  }
}

/** What the file system refused, its cause kept. */
export function unavailable(path: string, cause: unknown): CliError {
  const problem = cause instanceof Error ? cause.message : String(cause);
  return new CliError("FILE_UNAVAILABLE", `${path}: ${problem}`, { cause });
}
