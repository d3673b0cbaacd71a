/**
 * A driver's profile, by id, from the contract files: an index names each profile and its file.
 * Reading a file is the caller's.
 */
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import * as v from "valibot";
import { readContract } from "../contract.js";
import { MsgError } from "../errors.js";

/** A contract document, by the id that its index lists it under. */
export interface ContractReference {
  /** The folder of contracts, `arch`: as for `withPolicy`. */
  readonly archRoot: string;
  readonly id: string;
}

export interface ProfileFiles {
  /** The text of a file; `path` is relative to the folder that holds `arch`. May throw. */
  readonly readText: (path: string) => string;
  /** As `arch/msg/kafka/index.x07kafka.json`. */
  readonly indexPath: string;
  readonly schemaVersion: string;
}

const profileRow = v.looseObject({
  id: v.string(),
  profile_path: v.optional(v.string()),
  path: v.optional(v.string()),
});

/** The document of the profile called `id`. Throws CONTRACT_INVALID. */
export function readProfileFile(files: ProfileFiles, id: string): JsonValue {
  return readListed(files, { id, list: "profiles" });
}

/** As `readProfileFile`, of another list of the index: `topologies`. */
export function readListed(
  files: ProfileFiles,
  { id, list }: { readonly id: string; readonly list: string },
): JsonValue {
  const { indexPath, schemaVersion } = files;
  const schema = v.looseObject({
    schema_version: v.literal(schemaVersion),
    [list]: v.array(profileRow),
  });
  const index = readContract(schema, readJson(files, indexPath), indexPath);
  // The schema says so; a computed key hides it from the type.
  const rows = index[list] as readonly v.InferOutput<typeof profileRow>[];
  const row = rows.find((candidate) => candidate.id === id);
  const path = row?.profile_path ?? row?.path;
  if (path !== undefined) return readJson(files, path);
  const known = rows.map((candidate) => candidate.id).join(", ");
  const message = `${indexPath}: no entry ${id} in ${list}; there is: ${known}`;
  throw new MsgError("CONTRACT_INVALID", message);
}

function readJson({ readText }: ProfileFiles, path: string): JsonValue {
  try {
    return parseJson(readText(path));
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new MsgError("CONTRACT_INVALID", `contract file ${path}: ${problem}`, { cause });
  }
}
