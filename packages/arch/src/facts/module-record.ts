/**
 * Imports and exports from the parser's module record, which it keeps while it reads: no syntax tree
 * need be made for them. What the record does not hold is found by `tree-imports.ts`, and
 * `tree-hints.ts` says which files need that.
 */
import type { ImportFact } from "../source-facts.js";
import type { PositionOf } from "./line-positions.js";

/** The part of the parser's record that is used here. Offsets are UTF-16 code units. */
export interface ModuleRecord {
  readonly staticImports: readonly StaticImport[];
  readonly staticExports: readonly StaticExport[];
  readonly dynamicImports: readonly (Range & { readonly moduleRequest: Range })[];
  readonly importMetas: readonly Range[];
}

interface Range {
  readonly start: number;
  readonly end: number;
}

interface StaticImport extends Range {
  readonly moduleRequest: Range & { readonly value: string };
  readonly entries: readonly { readonly isType: boolean }[];
}

interface StaticExport extends Range {
  readonly entries: readonly {
    readonly moduleRequest: { readonly value: string } | null;
    /** Its kind is Name, Default, or None for `export * from`. */
    readonly exportName: { readonly kind: string; readonly name: string | null };
    readonly isType: boolean;
  }[];
}

/** An import and where it stands, as offsets. */
export interface FoundImport extends Range {
  readonly kind: ImportFact["kind"];
  readonly specifier: string | undefined;
  readonly typeOnly: boolean;
}

/** Statements: `import ... from` and `export ... from`. */
export function recordImports(record: ModuleRecord, text: string): FoundImport[] {
  const found: FoundImport[] = [];
  for (const { start, end, moduleRequest, entries } of record.staticImports) {
    const typeOnly =
      entries.length > 0
        ? entries.every(({ isType }) => isType)
        : saysType(text.slice(start, moduleRequest.start));
    found.push({ kind: "static", specifier: moduleRequest.value, typeOnly, start, end });
  }
  for (const { start, end, entries } of record.staticExports) {
    const request = entries.find(({ moduleRequest }) => moduleRequest !== null)?.moduleRequest;
    if (request === undefined || request === null) continue;
    const typeOnly = entries.every(({ isType }) => isType);
    found.push({ kind: "re-export", specifier: request.value, typeOnly, start, end });
  }
  return found;
}

/** `import("x")`; undefined where one of them is more than a plain string. */
export function recordDynamicImports(
  record: ModuleRecord,
  text: string,
): readonly FoundImport[] | undefined {
  const found: FoundImport[] = [];
  for (const { start, end, moduleRequest } of record.dynamicImports) {
    const specifier = plainString(text.slice(moduleRequest.start, moduleRequest.end));
    if (specifier === undefined) return undefined;
    found.push({ kind: "dynamic", specifier, typeOnly: false, start, end });
  }
  return found;
}

export function recordExports(record: ModuleRecord): string[] {
  const names: string[] = [];
  for (const { entries } of record.staticExports) {
    for (const { exportName } of entries) {
      if (exportName.kind === "Name" && exportName.name !== null) names.push(exportName.name);
      else names.push(exportName.kind === "Default" ? "default" : "*");
    }
  }
  return names;
}

export function importFact(
  { kind, specifier, typeOnly, start, end }: FoundImport,
  positionOf: PositionOf,
): ImportFact {
  return { kind, specifier, typeOnly, start: positionOf(start), end: positionOf(end) };
}

/** `import type {} from`: the record has no entry that could say so. */
function saysType(statement: string): boolean {
  return /^import\s+type\b/.test(statement.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, " "));
}

function plainString(literal: string): string | undefined {
  return /^(["'])([^"'\\]*)\1$/.exec(literal)?.[2] ?? /^`([^`$\\]*)`$/.exec(literal)?.[1];
}
