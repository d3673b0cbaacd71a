/** `arch/manifest.lock.json`: what the manifest was when it was last agreed on. */
import type { Diagnostic } from "../diagnostic.js";
import { defaultExcludeGlobs, defaultIncludeGlobs } from "../module-scan.js";
import { globProblem } from "../path-globs.js";
import { finding } from "../rules/finding.js";
import { locationAt, readFinding, schemaFindings } from "./document-findings.js";
import { type JsonDocument, readDocument } from "./json-document.js";
import { pointerTo } from "./json-position.js";
import type { Overlay } from "./overlay.js";
import type { DocumentSource, Unusable, UsableManifest } from "./read-manifest.js";

export const manifestLockPath = "arch/manifest.lock.json";
export const manifestLockVersion = "x07.arch.manifest.lock@0.1.0";

export interface ManifestLock {
  readonly schema_version: typeof manifestLockVersion;
  readonly manifest_path: string;
  readonly jcs_sha256_hex: string;
  readonly module_scan: {
    readonly include_globs: readonly string[];
    readonly exclude_globs: readonly string[];
  };
}

export interface ReadManifestLock {
  readonly kind: "lock";
  readonly path: string;
  /** undefined: there is none. */
  readonly lock: ManifestLock | undefined;
  readonly document: JsonDocument | undefined;
}

/**
 * The lock at `path`, or at its usual place, where it may be missing. With `writing`, one that was
 * asked for by name may be missing too.
 */
export function readManifestLock(
  { files, validate }: DocumentSource,
  { path, writing = false }: { path?: string | undefined; writing?: boolean } = {},
): ReadManifestLock | Unusable {
  const asked = path ?? manifestLockPath;
  const read = readDocument(files, asked);
  if (read.kind === "missing" && (path === undefined || writing)) {
    return { kind: "lock", path: asked, lock: undefined, document: undefined };
  }
  if (read.kind !== "document") {
    const codes = { read: "E_ARCH_LOCK_READ", parse: "E_ARCH_LOCK_JSON_PARSE" } as const;
    const found = readFinding(read, { path: asked, what: "lock", codes });
    return { kind: "unusable", diagnostics: [found], hash: undefined };
  }
  const { document } = read;
  const issues = validate(manifestLockVersion, document.value);
  if (issues.length > 0) {
    const diagnostics = schemaFindings("E_ARCH_LOCK_SCHEMA_INVALID", document, issues);
    return { kind: "unusable", diagnostics, hash: undefined };
  }
  // The schema that it has just passed says of each member what the type says.
  const lock = document.value as unknown as ManifestLock;
  const invalid = globFindings(lock, document);
  if (invalid.length > 0) return { kind: "unusable", diagnostics: invalid, hash: undefined };
  return { kind: "lock", path: asked, lock, document };
}

function globFindings(
  { module_scan }: ManifestLock,
  document: JsonDocument,
): readonly Diagnostic[] {
  return (["include_globs", "exclude_globs"] as const).flatMap((member) =>
    module_scan[member].flatMap((glob, index) => {
      const problem = globProblem(glob);
      if (problem === undefined) return [];
      const message = `invalid module_scan.${member}: ${problem}`;
      const loc = locationAt(document, pointerTo("module_scan", member, index));
      return [finding({ code: "E_ARCH_LOCK_INVALID", stage: "parse", message, loc })];
    }),
  );
}

/** The errors where the manifest is not the one that was locked. Not asked with `--write-lock`. */
export function manifestLockFindings(
  { hash, document: manifest }: UsableManifest,
  { lock, document }: ReadManifestLock,
): readonly Diagnostic[] {
  if (lock === undefined || document === undefined) return [];
  const code = "E_ARCH_LOCK_MISMATCH";
  const found: Diagnostic[] = [];
  if (lock.manifest_path !== manifest.path) {
    const [expected, got] = [manifest.path, lock.manifest_path].map((path) => JSON.stringify(path));
    const message = `lock manifest_path mismatch: expected ${expected} got ${got}`;
    found.push(finding({ code, message, loc: locationAt(document, "/manifest_path") }));
  }
  if (lock.jcs_sha256_hex !== hash) {
    found.push(
      finding({
        code,
        message: "manifest hash does not match lock (use --write-lock)",
        loc: locationAt(document, "/jcs_sha256_hex"),
        data: { expected_jcs_sha256_hex: hash, lock_jcs_sha256_hex: lock.jcs_sha256_hex },
      }),
    );
  }
  return found;
}

export interface ScanGlobs {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/**
 * Which files are modules: what the overlay says, else the lock, else what is usual; what the overlay
 * leaves out is left out besides. Globs of X07's own modules (`*.x07.json`) say nothing of TypeScript, so a lock that X07 wrote does not count.
 */
export function scanGlobs(
  { include, exclude }: Pick<Overlay, "include" | "exclude">,
  { lock }: ReadManifestLock,
): ScanGlobs {
  const locked = lock?.module_scan;
  const isOurs = locked?.include_globs.some((glob) => !glob.endsWith(".x07.json")) === true;
  return {
    include: include ?? (isOurs ? locked?.include_globs : undefined) ?? defaultIncludeGlobs,
    exclude: [
      ...((isOurs ? locked?.exclude_globs : undefined) ?? defaultExcludeGlobs),
      ...(exclude ?? []),
    ],
  };
}
