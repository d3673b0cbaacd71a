/** The report as JSON: `x07.arch.report@0.1.0`, and patches as `x07.arch.patchset@0.1.0`. */
import type { JsonObject, JsonValue } from "@reprise/canonical-json";
import type { Diagnostic, SuggestedPatch } from "../diagnostic.js";
import { type Report, reportVersion } from "./report.js";
import { sortedJson } from "./sorted-json.js";

export function jsonReport({ manifest, stats, diagnostics, patches }: Report): string {
  return sortedJson({
    schema_version: reportVersion,
    manifest: { path: manifest.path, jcs_sha256_hex: manifest.jcs_sha256_hex ?? null },
    stats: { ...stats },
    diags: diagnostics.map(diagnosticJson),
    suggested_patches: patches.map(patchJson),
  });
}

export function patchsetJson(patches: readonly SuggestedPatch[]): string {
  return sortedJson({
    schema_version: "x07.arch.patchset@0.1.0",
    patches: patches.map(patchJson),
  });
}

function diagnosticJson(diagnostic: Diagnostic): JsonObject {
  return plain(diagnostic);
}

function patchJson(patch: SuggestedPatch): JsonObject {
  return plain(patch);
}

/** Members that are not there are left out; everything else of both types is JSON already. */
function plain(value: object): JsonObject {
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, plainValue(member)]));
}

function plainValue(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(plainValue);
  if (value !== null && typeof value === "object") return plain(value);
  // Diagnostics and patches hold nothing but JSON: see their types.
  return value as JsonValue;
}
