/** The lab's contracts: where `arch/` is, and what is read from it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import { MsgError } from "@reprise/msg-core";

const marker = "rr/index.x07rr.json";

/** The `arch` folder that was named, or the nearest one at or above the working directory. */
export function findArchRoot(named: string | undefined): string {
  if (named !== undefined) return resolve(named);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const found = join(folder, "arch");
    if (existsSync(join(found, marker))) return found;
    if (folder === dirname(folder)) break;
  }
  const message = `no arch/${marker} at or above ${process.cwd()}: name the folder with --arch`;
  throw new MsgError("CONTRACT_INVALID", message);
}

export function readMetricsDocument(archRoot: string): JsonValue {
  return readJson(join(archRoot, "obs/metrics/registry.x07metrics.json"));
}

function readJson(file: string): JsonValue {
  try {
    return parseJson(readFileSync(file, "utf8"));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new MsgError("CONTRACT_INVALID", `contract file ${file}: ${problem}`, { cause });
  }
}
