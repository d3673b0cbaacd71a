/**
 * The order of a report: severity, code, `data.node_from`, `data.node_to`, `data.module_path`,
 * `data.import`, message, as X07 has it; what is equal so far goes by its place, then by all its data.
 * Strings compare by UTF-16 code units, so the order is the same on every machine.
 */
import { canonicalize } from "@reprise/canonical-json";
import type { Diagnostic, Severity } from "../diagnostic.js";

const severityRank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };

export function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics
    .map((diagnostic) => ({ diagnostic, key: keyOf(diagnostic) }))
    .sort((a, b) => compareKeys(a.key, b.key))
    .map(({ diagnostic }) => diagnostic);
}

type Key = readonly (string | number)[];

function keyOf({ severity, code, message, data, loc }: Diagnostic): Key {
  const text = (member: string): string => {
    const value = data?.[member];
    return typeof value === "string" ? value : "";
  };
  const { file = "", start = { line: 0, col: 0 } } = loc?.span ?? {};
  return [
    severityRank[severity],
    code,
    text("node_from"),
    text("node_to"),
    text("module_path"),
    text("import"),
    message,
    file,
    start.line,
    start.col,
    canonicalize(data ?? {}),
  ];
}

function compareKeys(a: Key, b: Key): number {
  for (const [at, left] of a.entries()) {
    const right = b[at] ?? "";
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}
