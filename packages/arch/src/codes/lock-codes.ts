/** Codes of the lock files. */
import type { CodeRow } from "./code-row.js";

export type LockCode =
  | "E_ARCH_LOCK_READ"
  | "E_ARCH_LOCK_JSON_PARSE"
  | "E_ARCH_LOCK_SCHEMA_INVALID"
  | "E_ARCH_LOCK_INVALID"
  | "E_ARCH_LOCK_MISMATCH"
  | "W_ARCH_CONTRACTS_LOCK_MISSING"
  | "E_ARCH_CONTRACTS_LOCK_JSON_PARSE"
  | "E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID"
  | "E_ARCH_CONTRACTS_LOCK_INVALID"
  | "E_ARCH_CONTRACTS_LOCK_SCHEMA_VERSION"
  | "E_ARCH_CONTRACTS_LOCK_MISMATCH";

export const lockCodes: Readonly<Record<LockCode, CodeRow>> = {
  E_ARCH_LOCK_READ: {
    says: "The lock of the manifest was asked for and is missing, or cannot be read. Nothing is checked.",
    next: "reprise-arch check --write-lock writes it",
    example: "--lock arch/other.lock.json, and there is no such file",
  },
  E_ARCH_LOCK_JSON_PARSE: {
    says: "The lock of the manifest is not JSON. Nothing is checked.",
    next: "take it from version control, or remove it and write it with --write-lock",
    example: "a merge conflict is left in it",
  },
  E_ARCH_LOCK_SCHEMA_INVALID: {
    says: "The lock of the manifest does not fit its schema, or is of another version. Nothing is checked.",
    next: "take it from version control, or remove it and write it with --write-lock",
    example: '"schema_version": "x07.arch.manifest.lock@0.2.0"',
  },
  E_ARCH_LOCK_INVALID: {
    says: "module_scan of the lock has a glob that is none. Nothing is checked.",
    next: "mend the glob",
    example: '"include_globs": ["src/[a"]',
  },
  E_ARCH_LOCK_MISMATCH: {
    says: "The manifest is not the one that was locked.",
    next: "look at what has changed in it; if it is meant: reprise-arch check --write-lock",
    example: "A node was added, and arch/manifest.lock.json was not written again.",
  },
  W_ARCH_CONTRACTS_LOCK_MISSING: {
    says: "The manifest has contracts, and nothing says what they were when they were agreed on.",
    next: "reprise-arch check --write-lock writes it",
    example: "arch/contracts.lock.json is not there.",
  },
  E_ARCH_CONTRACTS_LOCK_JSON_PARSE: {
    says: "The lock of the contracts is not JSON, or cannot be read.",
    next: "take it from version control, or write it again with --write-lock",
    example: "a merge conflict is left in it",
  },
  E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID: {
    says: "The lock of the contracts does not fit its schema.",
    next: "take it from version control, or write it again with --write-lock",
    example: '"jcs_sha256_hex": "ABC"',
  },
  E_ARCH_CONTRACTS_LOCK_INVALID: {
    says: "The lock of the contracts cannot be compared: a member is missing, or is of another kind.",
    next: "take it from version control, or write it again with --write-lock",
    example: '{ "schema_version": "x07.arch.contracts.lock@0.1.0", "indexes": {} }',
  },
  E_ARCH_CONTRACTS_LOCK_SCHEMA_VERSION: {
    says: "The lock of the contracts is of another version.",
    next: "write it again with --write-lock",
    example: '"schema_version": "x07.arch.contracts.lock@0.2.0"',
  },
  E_ARCH_CONTRACTS_LOCK_MISMATCH: {
    says: "A contract file is not what it was when it was locked, or contracts were added or removed. The notes say which.",
    next: "look at what has changed; if it is meant: reprise-arch check --write-lock",
    example:
      "max_value_bytes of a topic was raised, and arch/contracts.lock.json was not written again.",
  },
};
