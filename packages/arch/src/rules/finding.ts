/** How rules put what they find: one diagnostic with its place, its data, and what to do next. */
import type { JsonObject } from "@reprise/canonical-json";
import type { DiagnosticCode } from "../codes.js";
import type { Diagnostic, Location, Position, Severity } from "../diagnostic.js";
import type { SourceModule } from "../module-graph.js";

export interface FindingParts {
  readonly code: DiagnosticCode;
  readonly message: string;
  /** An error where it is not said. */
  readonly severity?: Severity;
  readonly stage?: "parse" | "lint";
  readonly loc?: Location;
  readonly data?: JsonObject;
  /** What to do next comes first; where there are none, the table of codes says it. */
  readonly notes?: readonly string[];
  readonly related?: NonNullable<Diagnostic["related"]>;
}

export function finding({
  code,
  message,
  severity = "error",
  stage = "lint",
  loc,
  data = {},
  notes = [],
  related = [],
}: FindingParts): Diagnostic {
  return {
    code,
    severity,
    stage,
    message,
    ...(loc === undefined ? {} : { loc }),
    ...(notes.length === 0 ? {} : { notes }),
    ...(related.length === 0 ? {} : { related }),
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

export function locationIn(
  file: string,
  { start, end }: { readonly start: Position; readonly end: Position },
): Location {
  return { kind: "text", span: { start, end, file } };
}

const first: Position = { line: 1, col: 1 };

/** Where nothing smaller than the file is to blame. */
export function locationOf(file: string): Location {
  return locationIn(file, { start: first, end: first });
}

/** What most rules say of a module. */
export function moduleData({ id, path }: SourceModule): JsonObject {
  return { module_id: id, module_path: path };
}
