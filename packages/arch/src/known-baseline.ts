/** Finds and reads the baseline: the one that was asked for, or the overlay's, if it is there. */
import type { Diagnostic } from "./diagnostic.js";
import { readDocument } from "./documents/json-document.js";
import type { RepositoryFiles } from "./repository-files.js";
import { baselineVersion, type KnownViolation, readBaseline } from "./rules/baseline.js";
import { finding, locationOf } from "./rules/finding.js";

export interface KnownBaseline {
  readonly kind: "baseline";
  readonly path: string;
  /** undefined: there is none. */
  readonly known: readonly KnownViolation[] | undefined;
}

export interface UnusableBaseline {
  readonly kind: "unusable";
  readonly diagnostics: readonly Diagnostic[];
}

export interface BaselineWanted {
  readonly baselinePath?: string | undefined;
  readonly writeBaseline?: boolean | undefined;
}

export function readKnown(
  files: RepositoryFiles,
  usualPath: string,
  { baselinePath, writeBaseline = false }: BaselineWanted,
): KnownBaseline | UnusableBaseline {
  const path = baselinePath ?? usualPath;
  const read = readDocument(files, path);
  if (read.kind === "missing") {
    if (baselinePath === undefined || writeBaseline) {
      return { kind: "baseline", path, known: undefined };
    }
    return invalid(path, "read baseline: there is no such file");
  }
  if (writeBaseline) {
    return invalid(
      path,
      "baseline is there already, and only shrinks",
      "reprise-arch check --prune takes out what is mended; to begin anew, remove the file first",
    );
  }
  if (read.kind === "unreadable") return invalid(path, `read baseline: ${read.message}`);
  if (read.kind === "not-json") return invalid(path, `parse baseline JSON: ${read.message}`);
  const known = readBaseline(read.document.value);
  if (known !== undefined) return { kind: "baseline", path, known };
  return invalid(path, `baseline is not of the form ${baselineVersion}`);
}

function invalid(path: string, message: string, next?: string): UnusableBaseline {
  const found = finding({
    code: "E_ARCH_BASELINE_INVALID",
    stage: "parse",
    message,
    loc: locationOf(path),
    notes: next === undefined ? [] : [next],
  });
  return { kind: "unusable", diagnostics: [found] };
}
