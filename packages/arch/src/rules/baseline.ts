/**
 * Known violations: those that were there when the check was introduced, and are tolerated until
 * somebody mends them. An entry says what is wrong and in which file, but not on which line, and how
 * often. It only shrinks: what is not there any more is an error until `--prune` takes it out.
 *
 *     { "schema_version": "reprise.arch.baseline@0.1.0",
 *       "known": [ { "code", "path", "count", "about": { ... } } ] }
 */
import { canonicalize, type JsonObject, type JsonValue } from "@reprise/canonical-json";
import type { DiagnosticCode } from "../codes.js";
import type { Diagnostic } from "../diagnostic.js";
import { type Identity, identityOf } from "../report/fingerprint.js";
import { sortedJson } from "../report/sorted-json.js";
import { finding, locationOf } from "./finding.js";

export const baselineVersion = "reprise.arch.baseline@0.1.0";

export interface KnownViolation extends Identity {
  /** From 1. */
  readonly count: number;
}

/** These are about the check itself: tolerating them would switch it, or the locks, off. */
const neverKnown: ReadonlySet<DiagnosticCode> = new Set<DiagnosticCode>([
  "E_ARCH_BASELINE_INVALID",
  "E_ARCH_BASELINE_STALE",
  "E_ARCH_EXCEPTION_REASON",
  "E_ARCH_EXCEPTION_UNUSED",
  "E_ARCH_TOOL_BUDGET_EXCEEDED",
  "E_ARCH_SCAN_EMPTY",
  "E_ARCH_LOCK_MISMATCH",
  "E_ARCH_CONTRACTS_LOCK_JSON_PARSE",
  "E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID",
  "E_ARCH_CONTRACTS_LOCK_INVALID",
  "E_ARCH_CONTRACTS_LOCK_SCHEMA_VERSION",
  "E_ARCH_CONTRACTS_LOCK_MISMATCH",
]);

/** undefined: it has not the form of a baseline. */
export function readBaseline(value: JsonValue): readonly KnownViolation[] | undefined {
  if (!isObject(value) || value.schema_version !== baselineVersion) return undefined;
  const { known, ...rest } = value;
  if (!Array.isArray(known) || Object.keys(rest).length !== 1) return undefined;
  const read = known.map(readKnown);
  return read.every((each) => each !== undefined) ? read : undefined;
}

function readKnown(value: JsonValue): KnownViolation | undefined {
  if (!isObject(value) || Object.keys(value).length !== 4) return undefined;
  const { code, path, count, about } = value;
  if (typeof code !== "string" || typeof path !== "string" || !isObject(about)) return undefined;
  if (typeof count !== "number" || !Number.isInteger(count) || count < 1) return undefined;
  return { code, path, count, about };
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export interface BaselineResult {
  /** What is not known, with one error for each entry that says too much. */
  readonly diagnostics: readonly Diagnostic[];
  /** The entries that are still true. */
  readonly pruned: readonly KnownViolation[];
}

export function applyBaseline(
  diagnostics: readonly Diagnostic[],
  known: readonly KnownViolation[],
  path: string,
): BaselineResult {
  const found = new Map<string, number>();
  const allowed = new Map<string, number>();
  for (const each of known) {
    const key = keyOf(each);
    allowed.set(key, (allowed.get(key) ?? 0) + each.count);
  }
  const left = diagnostics.filter((each) => {
    if (neverKnown.has(each.code)) return true;
    const key = keyOf(identityOf(each));
    const count = (found.get(key) ?? 0) + 1;
    if (count > (allowed.get(key) ?? 0)) return true;
    found.set(key, count);
    return false;
  });
  const pruned: KnownViolation[] = [];
  const stale: Diagnostic[] = [];
  for (const [key, count] of allowed) {
    const entry = known.find((each) => keyOf(each) === key);
    const still = found.get(key) ?? 0;
    if (entry === undefined) continue;
    if (still > 0) pruned.push({ ...entry, count: still });
    if (still < count) stale.push(staleFinding(entry, { path, count, still }));
  }
  return { diagnostics: [...left, ...stale], pruned };
}

/** Everything that is found now, as a first baseline. */
export function knownFrom(diagnostics: readonly Diagnostic[]): readonly KnownViolation[] {
  const known = new Map<string, KnownViolation>();
  for (const each of diagnostics) {
    if (neverKnown.has(each.code)) continue;
    const identity = identityOf(each);
    const key = keyOf(identity);
    known.set(key, { ...identity, count: (known.get(key)?.count ?? 0) + 1 });
  }
  return [...known.values()];
}

/** The file's text: sorted, so that two branches that each mend something can be merged. */
export function baselineText(known: readonly KnownViolation[]): string {
  const entries = known
    .map(({ code, path, count, about }) => ({ code, path, count, about }))
    .map((entry) => ({ entry, key: [entry.path, entry.code, canonicalize(entry.about)] }))
    .sort((a, b) => (a.key.join("\0") < b.key.join("\0") ? -1 : 1))
    .map(({ entry }) => entry);
  return sortedJson({ schema_version: baselineVersion, known: entries });
}

function keyOf({ code, path, about }: Identity): string {
  return canonicalize([code, path, about]);
}

function staleFinding(
  { code, path: file, about }: KnownViolation,
  { path, count, still }: { readonly path: string; readonly count: number; readonly still: number },
): Diagnostic {
  return finding({
    code: "E_ARCH_BASELINE_STALE",
    message: "baseline has a violation that is not there any more",
    loc: locationOf(path),
    data: {
      known_code: code,
      known_path: file,
      known_about: about,
      known_count: count,
      found: still,
    },
    notes: ["take it out: reprise-arch check --prune", `it was ${code} in ${file}`],
  });
}
