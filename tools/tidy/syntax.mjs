/**
 * What several rules ask of a parsed file: its nodes, its comments, its imports, and line numbers.
 */
import ts from "typescript";

/**
 * Visits `node` and everything below it, parents first; with `jsdoc`, the types in JSDoc as well.
 *
 * @param {ts.Node} node
 * @param {(node: ts.Node) => void} visit
 * @param {{ jsdoc?: boolean }} [options]
 */
export function walk(node, visit, options = {}) {
  visit(node);
  if (options.jsdoc) for (const doc of ts.getJSDocCommentsAndTags(node)) walkDoc(doc, visit, node);
  ts.forEachChild(node, (child) => walk(child, visit, options));
}

/**
 * @param {ts.Node} doc
 * @param {(node: ts.Node) => void} visit
 * @param {ts.Node} owner a tag reached through a parameter belongs to the function, which visits it itself
 */
function walkDoc(doc, visit, owner) {
  if (doc.parent === owner) walk(doc, visit);
}

/**
 * @param {ts.SourceFile} source
 * @param {number} position
 * @returns {number} from 1
 */
export function lineAt(source, position) {
  return source.getLineAndCharacterOfPosition(position).line + 1;
}

/**
 * The first line that holds `needle`, or 1.
 *
 * @param {string} text
 * @param {string} needle
 * @returns {number} from 1
 */
export function lineHolding(text, needle) {
  const at = text.indexOf(needle);
  return at < 0 ? 1 : text.slice(0, at).split("\n").length;
}

const opaque = new Set([
  ts.SyntaxKind.StringLiteral,
  ts.SyntaxKind.RegularExpressionLiteral,
  ts.SyntaxKind.NoSubstitutionTemplateLiteral,
  ts.SyntaxKind.TemplateHead,
  ts.SyntaxKind.TemplateMiddle,
  ts.SyntaxKind.TemplateTail,
]);

/**
 * Every comment, in order. A bare scanner cannot tell a regular expression or the rest of a template
 * from code, so the parser's literals are jumped over: `"// no"` and `/[/*]/` hold no comment.
 *
 * @param {ts.SourceFile} source
 * @returns {{ text: string, pos: number }[]}
 */
export function comments(source) {
  const ends = new Map();
  walk(source, (node) => {
    if (opaque.has(node.kind)) ends.set(node.getStart(source), node.end);
  });
  const scanner = ts.createScanner(
    ts.ScriptTarget.Latest,
    false,
    ts.LanguageVariant.Standard,
    source.text,
  );
  const found = [];
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    const pos = scanner.getTokenStart();
    const end = ends.get(pos);
    if (end !== undefined) scanner.resetTokenState(end);
    else if (
      kind === ts.SyntaxKind.SingleLineCommentTrivia ||
      kind === ts.SyntaxKind.MultiLineCommentTrivia
    ) {
      found.push({ text: scanner.getTokenText(), pos });
    }
  }
  return found;
}

/**
 * The comments before the first statement, after a shebang.
 *
 * @param {ts.SourceFile} source
 * @returns {string[]}
 */
export function openingComments(source) {
  const start = ts.getShebang(source.text)?.length ?? 0;
  const ranges = ts.getLeadingCommentRanges(source.text, start) ?? [];
  return ranges.map((range) => source.text.slice(range.pos, range.end));
}

/**
 * Every module named by an import, an export from, `import()`, `require()` or an import type.
 *
 * @param {ts.SourceFile} source
 * @returns {{ specifier: string, pos: number }[]}
 */
export function moduleReferences(source) {
  /** @type {{ specifier: string, pos: number }[]} */
  const found = [];
  walk(source, (node) => {
    const literal = moduleLiteral(node);
    if (literal !== undefined && ts.isStringLiteralLike(literal)) {
      found.push({ specifier: literal.text, pos: literal.getStart(source) });
    }
  });
  return found;
}

/**
 * @param {ts.Node} node
 * @returns {ts.Node | undefined}
 */
function moduleLiteral(node) {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  }
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (!ts.isCallExpression(node)) return undefined;
  const callee = node.expression;
  const loads =
    callee.kind === ts.SyntaxKind.ImportKeyword ||
    (ts.isIdentifier(callee) && callee.text === "require");
  return loads ? node.arguments[0] : undefined;
}
