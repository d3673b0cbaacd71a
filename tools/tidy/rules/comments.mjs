/**
 * Rule comments: a file says what it is for, and nothing is left undone or waved through.
 *
 * Looks at the parsed comments and types, so that a string which merely contains such a word is fine.
 */
import ts from "typescript";
import { comments as commentsOf, lineAt, openingComments, walk } from "../syntax.mjs";

/** What a comment may not hold, and why. */
const banned = [
  { pattern: /\b(TODO|FIXME|XXX|HACK)\b/, message: "unfinished work on main" },
  { pattern: /^(\/\/|\/\*)\W*@ts-(ignore|nocheck)\b/, message: "the type checker is switched off" },
  {
    pattern: /^(\/\/|\/\*+)\s*biome-ignore(?!-end)\S*(?!.*:\s*[^\s<*])/,
    message: "a biome-ignore without a reason",
  },
];

/** Nearly every file is cleared by this look at its text, so that few are scanned for comments. */
const suspicious = /TODO|FIXME|XXX|HACK|@ts-|biome-ignore/;

/** @type {import("../project.mjs").Rule} */
export const comments = {
  id: "comments",
  says: "a source file opens with a /** */ header; no marker of unfinished work, no any, no non-null !, no silenced checker",
  next: "do the work, or write the type; a header says the purpose, then what a reader needs first",
  check: (project) =>
    project.sources.flatMap((path) => [
      ...checkHeader(project.parse(path)),
      ...checkComments(project.parse(path)),
      ...checkTypes(project.parse(path)),
    ]),
};

/**
 * @param {ts.SourceFile} source
 * @returns {import("../project.mjs").Finding[]}
 */
function checkHeader(source) {
  const path = source.fileName;
  if (!/^(packages|apps)\/[^/]+\/src\//.test(path) || /\/index\.m?[jt]s$/.test(path)) return [];
  if (openingComments(source)[0]?.startsWith("/**")) return [];
  return [{ path, line: 1, message: "does not open with a /** */ header" }];
}

/**
 * @param {ts.SourceFile} source
 * @returns {import("../project.mjs").Finding[]}
 */
function checkComments(source) {
  if (!suspicious.test(source.text)) return [];
  return commentsOf(source).flatMap(({ text, pos }) =>
    banned.flatMap(({ pattern, message }) => {
      const match = pattern.exec(text);
      if (match === null) return [];
      return [{ path: source.fileName, line: lineAt(source, pos + match.index), message }];
    }),
  );
}

/**
 * @param {ts.SourceFile} source
 * @returns {import("../project.mjs").Finding[]}
 */
function checkTypes(source) {
  /** @type {import("../project.mjs").Finding[]} */
  const findings = [];
  const jsdoc = /\.m?js$/.test(source.fileName);
  const visit = (/** @type {ts.Node} */ node) => {
    const message = typeComplaint(node);
    if (message === undefined) return;
    findings.push({ path: source.fileName, line: lineAt(source, node.getStart(source)), message });
  };
  walk(source, visit, { jsdoc });
  return findings;
}

/**
 * @param {ts.Node} node
 * @returns {string | undefined}
 */
function typeComplaint(node) {
  if (node.kind === ts.SyntaxKind.AnyKeyword || node.kind === ts.SyntaxKind.JSDocAllType) {
    return "any: write unknown and narrow it, or the type";
  }
  if (ts.isNonNullExpression(node)) return "a non-null !: check it, or make it impossible";
  const definite =
    (ts.isPropertyDeclaration(node) || ts.isVariableDeclaration(node)) &&
    node.exclamationToken !== undefined;
  return definite ? "a definite !: assign it where it is declared" : undefined;
}
