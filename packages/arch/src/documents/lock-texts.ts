/** The text of the lock files, as `--write-lock` writes them: sorted keys, two spaces, a newline. */
import { byBytes } from "./canonical-hash.js";
import {
  type ContractHashes,
  contractsLockOf,
  type LockKind,
  repriseLock,
  x07Lock,
} from "./contracts-lock.js";
import {
  type ManifestLock,
  manifestLockVersion,
  type ReadManifestLock,
  type ScanGlobs,
} from "./manifest-lock.js";
import type { UsableManifest } from "./read-manifest.js";

export interface LockText {
  /** Relative to the repository. */
  readonly path: string;
  readonly text: string;
}

export interface LockedThings {
  readonly manifest: UsableManifest;
  /** What is there now: its `module_scan` is kept. */
  readonly manifestLock: ReadManifestLock;
  /** The `module_scan` of a first lock. */
  readonly scan: ScanGlobs;
  /** undefined: the manifest has no contracts. */
  readonly contracts: ContractHashes | undefined;
  /** Of the overlay and what it names; undefined: there is no overlay. */
  readonly reprise: ContractHashes | undefined;
}

/** Every lock file that there should be. The same things give the same texts. */
export function lockTexts(things: LockedThings): readonly LockText[] {
  const { manifest, manifestLock, scan, contracts, reprise } = things;
  const lock: ManifestLock = {
    schema_version: manifestLockVersion,
    manifest_path: manifest.document.path,
    jcs_sha256_hex: manifest.hash,
    module_scan: manifestLock.lock?.module_scan ?? {
      include_globs: scan.include,
      exclude_globs: scan.exclude,
    },
  };
  return [
    { path: manifestLock.path, text: textOf(lock) },
    ...contractTexts(x07Lock, contracts),
    ...contractTexts(repriseLock, reprise),
  ];
}

function contractTexts(kind: LockKind, hashes: ContractHashes | undefined): readonly LockText[] {
  if (hashes === undefined) return [];
  return [{ path: kind.path, text: textOf(contractsLockOf(kind, hashes)) }];
}

function textOf(document: object): string {
  return `${JSON.stringify(sorted(document), null, 2)}\n`;
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => byBytes(a, b));
  return Object.fromEntries(entries.map(([key, member]) => [key, sorted(member)]));
}
