/** Policies as files: `arch/rr/index.x07rr.json` and what it names. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type JsonValue, parseJson } from "@reprise/canonical-json";
import { MsgError } from "@reprise/msg-core";
import {
  defaultMatching,
  type Matching,
  type Policy,
  type PolicyIndex,
  type PolicyIndexEntry,
  readMatching,
  readPolicy,
  readPolicyIndex,
} from "../policy.js";
import { readSanitizer, type Sanitizer } from "../sanitizer.js";

const policyIndexPath = "rr/index.x07rr.json";

export interface LoadedPolicy {
  readonly index: PolicyIndex;
  readonly entry: PolicyIndexEntry;
  readonly policy: Policy;
  readonly matching: Matching;
  readonly sanitizer: Sanitizer;
}

/**
 * The policy `policyId` of the contracts in `archRoot`. Paths in the index are relative to the folder
 * that holds `archRoot`, or to `archRoot` where the file is there. Throws POLICY_UNKNOWN,
 * CONTRACT_INVALID.
 */
export function loadPolicy(archRoot: string, policyId: string): LoadedPolicy {
  const index = readPolicyIndex(readDocument(join(archRoot, policyIndexPath)));
  const entry = index.policies.get(policyId);
  if (entry === undefined) {
    const known = [...index.policies.keys()].join(", ") || "none";
    const message = `policy ${policyId} is not in ${join(archRoot, policyIndexPath)}; it has: ${known}`;
    throw new MsgError("POLICY_UNKNOWN", message);
  }
  const policyFile = contractFile(archRoot, entry.policyPath);
  const sanitizerFile = contractFile(archRoot, entry.sanitizePath);
  const policy = readPolicy(readDocument(policyFile));
  checkId("policy", policy.id, { expected: policyId, file: policyFile });
  const sanitizer = readSanitizer(
    readDocument(sanitizerFile),
    readOptional(beside(sanitizerFile, "allow")),
  );
  checkId("sanitizer", sanitizer.id, { expected: entry.sanitizeId, file: sanitizerFile });
  const matching = readOptional(beside(policyFile, "matching"));
  return {
    index,
    entry,
    policy,
    sanitizer,
    matching: matching === undefined ? defaultMatching : readMatching(matching),
  };
}

function contractFile(archRoot: string, path: string): string {
  const file = resolve(archRoot, "..", path);
  const inside = resolve(archRoot, path);
  return !existsSync(file) && existsSync(inside) ? inside : file;
}

/** `a.policy.json` has its companion in `a.policy.matching.json`. */
function beside(file: string, what: string): string {
  return file.replace(/(\.json)?$/, `.${what}.json`);
}

function checkId(
  what: string,
  got: string,
  { expected, file }: { expected: string; file: string },
): void {
  if (got === expected) return;
  const message = `${file}: ${what} id is ${got}, the index says ${expected}`;
  throw new MsgError("CONTRACT_INVALID", message, { pointer: "/id" });
}

function readDocument(file: string): JsonValue {
  const document = readOptional(file);
  if (document !== undefined) return document;
  throw new MsgError("CONTRACT_INVALID", `contract file ${file} is missing`);
}

function readOptional(file: string): JsonValue | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    if (isMissing(cause)) return undefined;
    throw new MsgError("CONTRACT_INVALID", `contract file ${file} cannot be read`, { cause });
  }
  try {
    return parseJson(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new MsgError("CONTRACT_INVALID", `contract file ${file}: ${problem}`, { cause });
  }
}

function isMissing(cause: unknown): boolean {
  return cause instanceof Error && "code" in cause && cause.code === "ENOENT";
}
