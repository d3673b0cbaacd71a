/**
 * The lock files of the contracts: the hash of every contract file when they were last agreed on.
 *
 * There are two, because X07 compares `arch/contracts.lock.json` with what it knows itself: a file
 * that it does not know would be a mismatch to it. Contracts of ours alone (the overlay, what it
 * names, companions of policies) are locked in `arch/reprise.lock.json`, in the same form.
 */
import type { Diagnostic } from "../diagnostic.js";
import { finding, locationOf } from "../rules/finding.js";
import { byBytes, hashOf } from "./canonical-hash.js";
import { locationAt, readFinding, schemaFindings } from "./document-findings.js";
import type { JsonDocument, ReadDocument } from "./json-document.js";
import { hasShape, type ValidateDocument } from "./schema-versions.js";

export const contractsLockPath = "arch/contracts.lock.json";
export const contractsLockVersion = "x07.arch.contracts.lock@0.1.0";
export const repriseLockPath = "arch/reprise.lock.json";
export const repriseLockVersion = "reprise.arch.contracts.lock@0.1.0";

/** Path to hash. */
export type Hashes = ReadonlyMap<string, string>;

export interface ContractHashes {
  readonly indexes: Hashes;
  readonly files: Hashes;
}

interface LockEntries {
  readonly [path: string]: { readonly jcs_sha256_hex: string };
}

export interface ContractsLock {
  readonly schema_version: string;
  readonly indexes: LockEntries;
  readonly files: LockEntries;
}

/** Which of the two. */
export interface LockKind {
  readonly path: string;
  readonly version: typeof contractsLockVersion | typeof repriseLockVersion;
}

export const x07Lock: LockKind = { path: contractsLockPath, version: contractsLockVersion };
export const repriseLock: LockKind = { path: repriseLockPath, version: repriseLockVersion };

export function contractsLockOf({ version }: LockKind, hashes: ContractHashes): ContractsLock {
  const { indexes, files } = hashes;
  return { schema_version: version, indexes: entriesOf(indexes), files: entriesOf(files) };
}

function entriesOf(hashes: Hashes): LockEntries {
  const sorted = [...hashes].sort(([a], [b]) => byBytes(a, b));
  return Object.fromEntries(sorted.map(([path, hash]) => [path, { jcs_sha256_hex: hash }]));
}

/** What a lock that was read has to say against the contracts as they are. */
export function contractsLockFindings(
  kind: LockKind,
  read: ReadDocument,
  { hashes, validate }: { hashes: ContractHashes; validate: ValidateDocument },
): readonly Diagnostic[] {
  const { path, version } = kind;
  if (read.kind === "missing") {
    const message = `contracts lock is missing (${path})`;
    const code = "W_ARCH_CONTRACTS_LOCK_MISSING";
    return [finding({ code, severity: "warning", message, loc: locationOf(path) })];
  }
  if (read.kind !== "document") {
    const parse = "E_ARCH_CONTRACTS_LOCK_JSON_PARSE" as const;
    return [readFinding(read, { path, what: "contracts lock", codes: { read: parse, parse } })];
  }
  const { document } = read;
  const issues = validate(version, document.value);
  const found = schemaFindings("E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID", document, issues);
  if (!hasShape(issues)) return [...found, invalidFinding(document, issues[0]?.message ?? "")];
  // It has the shape of the type: only bounds and vocabularies can be off.
  const got = document.value as unknown as ContractsLock;
  if (got.schema_version !== version) {
    const code = "E_ARCH_CONTRACTS_LOCK_SCHEMA_VERSION";
    const message = "schema_version mismatch for contracts lock";
    const loc = locationAt(document, "/schema_version");
    return [...found, finding({ code, stage: "parse", message, loc })];
  }
  return [...found, ...mismatch(document, got, contractsLockOf(kind, hashes))];
}

function invalidFinding(document: JsonDocument, problem: string): Diagnostic {
  const message = `parse contracts lock: ${problem}`;
  const loc = locationOf(document.path);
  return finding({ code: "E_ARCH_CONTRACTS_LOCK_INVALID", stage: "parse", message, loc });
}

/** X07 says that the locks differ; the notes say where. */
function mismatch(
  document: JsonDocument,
  got: ContractsLock,
  expected: ContractsLock,
): readonly Diagnostic[] {
  const differences = [
    ...differencesOf(got.indexes, expected.indexes),
    ...differencesOf(got.files, expected.files),
  ];
  if (differences.length === 0) return [];
  return [
    finding({
      code: "E_ARCH_CONTRACTS_LOCK_MISMATCH",
      message: "contracts lock does not match current contract files",
      loc: locationOf(document.path),
      data: {
        expected_jcs_sha256_hex: hashOfLock(expected),
        got_jcs_sha256_hex: hashOfLock(got),
      },
      notes: ["if these changes are meant: reprise-arch check --write-lock", ...differences],
    }),
  ];
}

function differencesOf(got: LockEntries, expected: LockEntries): readonly string[] {
  const paths = [...new Set([...Object.keys(got), ...Object.keys(expected)])].sort(byBytes);
  return paths.flatMap((path) => {
    const before = Object.hasOwn(got, path) ? got[path]?.jcs_sha256_hex : undefined;
    const now = Object.hasOwn(expected, path) ? expected[path]?.jcs_sha256_hex : undefined;
    if (before === now) return [];
    if (before === undefined) return [`${path} is not in the lock`];
    return [
      now === undefined ? `${path} is locked, and no longer a contract` : `${path} has changed`,
    ];
  });
}

/** Of a lock there is nothing but strings, so that its value is what its text says. */
function hashOfLock({ schema_version, indexes, files }: ContractsLock): string {
  const plain = (entries: LockEntries): Record<string, { jcs_sha256_hex: string }> =>
    Object.fromEntries(
      Object.entries(entries).map(([path, { jcs_sha256_hex }]) => [path, { jcs_sha256_hex }]),
    );
  return hashOf({ schema_version, indexes: plain(indexes), files: plain(files) });
}
