/**
 * Reads what a package's tsup.config.ts builds. The file has one form, so that it can be read without
 * running it: `export default library({ index: "src/index.ts", "os/index": "src/os/index.ts" })`.
 */
import ts from "typescript";
import { lineAt } from "./syntax.mjs";

/** @typedef {{ key: string, source: string, line: number }} TsupEntry */

/**
 * @param {import("./project.mjs").Project} project
 * @param {string} dir
 * @returns {TsupEntry[] | undefined} undefined where the file is missing or has another form
 */
export function tsupEntries(project, dir) {
  const path = `${dir}/tsup.config.ts`;
  if (project.read(path) === undefined) return undefined;
  const source = project.parse(path);
  const call = source.statements.find(ts.isExportAssignment)?.expression;
  if (call === undefined || !ts.isCallExpression(call) || call.expression.getText() !== "library") {
    return undefined;
  }
  const list = call.arguments[0];
  if (list === undefined || !ts.isObjectLiteralExpression(list)) return undefined;
  const entries = [];
  for (const property of list.properties) {
    if (!ts.isPropertyAssignment(property)) return undefined;
    const { name, initializer } = property;
    if (!ts.isStringLiteral(initializer)) return undefined;
    if (!ts.isIdentifier(name) && !ts.isStringLiteral(name)) return undefined;
    const line = lineAt(source, property.getStart(source));
    entries.push({ key: name.text, source: initializer.text, line });
  }
  return entries;
}
