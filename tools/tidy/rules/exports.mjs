/** Rule exports: an entry is a list of names, so that what a package offers can be read at a glance. */
import ts from "typescript";
import { lineAt } from "../syntax.mjs";
import { tsupEntries } from "../tsup-entries.mjs";

const alwaysEntries = ["src/index.ts", "src/os/index.ts", "src/vitest.ts"];

/** @type {import("../project.mjs").Rule} */
export const exportLists = {
  id: "exports",
  says: "an entry file holds only named re-exports, types apart: no export *, no default, no values",
  next: "list every name: export { value } from, and export type { Type } from, apart",
  check: (project) =>
    project.packages
      .filter((workspace) => workspace.kind === "library")
      .flatMap((workspace) => entryFiles(project, workspace))
      .flatMap((path) => checkEntry(project.parse(path))),
};

/**
 * The three fixed entries and whatever else the package exports; a command's file is no such list.
 *
 * @param {import("../project.mjs").Project} project
 * @param {import("../project.mjs").WorkspacePackage} workspace
 * @returns {string[]}
 */
function entryFiles(project, { dir, manifest }) {
  const exported = JSON.stringify(manifest?.exports ?? {});
  const built = (tsupEntries(project, dir) ?? [])
    .filter(({ key }) => exported.includes(`"./dist/${key}.js"`))
    .map(({ source }) => source);
  const paths = new Set([...alwaysEntries, ...built].map((source) => `${dir}/${source}`));
  return [...paths].filter((path) => project.sources.includes(path));
}

/**
 * @param {ts.SourceFile} source
 * @returns {import("../project.mjs").Finding[]}
 */
function checkEntry(source) {
  return source.statements.flatMap((statement) => {
    const message = complaint(statement);
    if (message === undefined) return [];
    return [{ path: source.fileName, line: lineAt(source, statement.getStart(source)), message }];
  });
}

/**
 * @param {ts.Statement} statement
 * @returns {string | undefined}
 */
function complaint(statement) {
  if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) {
    return undefined;
  }
  if (ts.isImportDeclaration(statement)) {
    return statement.importClause === undefined ? "an import for its side effect" : undefined;
  }
  if (ts.isExportAssignment(statement)) return "a default export";
  if (!ts.isExportDeclaration(statement)) return "code: an entry only lists names";
  const clause = statement.exportClause;
  if (clause === undefined || ts.isNamespaceExport(clause))
    return "export * hides what is exported";
  if (clause.elements.some((element) => element.name.text === "default")) return "a default export";
  if (!statement.isTypeOnly && clause.elements.some((element) => element.isTypeOnly)) {
    return "types among the values";
  }
  return undefined;
}
