/**
 * Rule sizes: a file fits a head, a function fits a screen.
 *
 * A function's lines run from its first token to its last, comments above it not counted. The callback
 * of a `describe` is a folder of tests, not a function to be read at once, and is not measured.
 * Exceptions stand in tools/tidy/exceptions.json and the list only shrinks: an entry that is not
 * needed, or that names something gone, is itself a finding.
 */
import ts from "typescript";
import { lineAt, lineHolding, walk } from "../syntax.mjs";

const fileLinesMax = 300;
const testFileLinesMax = 500;
const functionLinesMax = 70;
const exceptionsPath = "tools/tidy/exceptions.json";

/**
 * @typedef {object} Exception
 * @property {string} what a path, or `path#function`
 * @property {number} atMost lines
 * @property {string} reason
 */

/** @typedef {{ what: string, path: string, line: number, lines: number, max: number }} Measure */

/** @type {import("../project.mjs").Rule} */
export const sizes = {
  id: "sizes",
  says: `a file has at most ${fileLinesMax} lines (a test ${testFileLinesMax}), a function at most ${functionLinesMax}`,
  next: "split it by what it does: branches in the parent, straight-line work in leaves",
  check: (project) => {
    const measures = project.sources.flatMap((path) => [
      measureFile(path, project.read(path) ?? ""),
      ...measureFunctions(project.parse(path)),
    ]);
    const tooLong = measures.filter((measure) => measure.lines > measure.max);
    const { exceptions, findings } = readExceptions(project.read(exceptionsPath));
    const allowed = new Map(exceptions.map((exception) => [exception.what, exception]));
    return [
      ...tooLong.flatMap((measure) => judge(measure, allowed.get(measure.what))),
      ...findings,
      ...unneeded(project, exceptions, new Set(tooLong.map((measure) => measure.what))),
    ];
  },
};

/**
 * @param {string} path
 * @param {string} text
 * @returns {Measure}
 */
function measureFile(path, text) {
  const lines = text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
  const isTest = /(^|\/)test\//.test(path) || /\.test(-d)?\.m?[jt]s$/.test(path);
  return { what: path, path, line: 1, lines, max: isTest ? testFileLinesMax : fileLinesMax };
}

/**
 * @param {ts.SourceFile} source
 * @returns {Measure[]}
 */
function measureFunctions(source) {
  /** @type {Measure[]} */
  const found = [];
  walk(source, (node) => {
    if (!ts.isFunctionLike(node) || !("body" in node) || isDescribeCallback(node)) return;
    const line = lineAt(source, node.getStart(source));
    const lines = lineAt(source, node.end) - line + 1;
    const what = `${source.fileName}#${functionName(node)}`;
    found.push({ what, path: source.fileName, line, lines, max: functionLinesMax });
  });
  return found;
}

/**
 * `describe("...", () => {})`, also as `describe.each(table)("...", () => {})`.
 *
 * @param {ts.Node} node
 */
function isDescribeCallback(node) {
  const call = node.parent;
  return (
    ts.isCallExpression(call) &&
    call.expression !== node &&
    /^describe\b/.test(call.expression.getText())
  );
}

/**
 * A function's own name, or that of the variable or property that holds it.
 *
 * @param {ts.SignatureDeclaration} node
 * @returns {string}
 */
function functionName(node) {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  const holder = node.parent;
  const named =
    node.name ??
    (ts.isVariableDeclaration(holder) || ts.isPropertyAssignment(holder) ? holder.name : undefined);
  return named?.getText() ?? "anonymous";
}

/**
 * @param {Measure} measure
 * @param {Exception | undefined} exception
 * @returns {import("../project.mjs").Finding[]}
 */
function judge(measure, exception) {
  const max = exception?.atMost ?? measure.max;
  if (measure.lines <= max) return [];
  const name = measure.what.split("#")[1];
  const subject = name === undefined ? "the file" : `function ${name}`;
  const message = `${subject} has ${measure.lines} lines, at most ${max}`;
  return [{ path: measure.path, line: measure.line, message }];
}

/**
 * @param {string | undefined} text
 * @returns {{ exceptions: Exception[], findings: import("../project.mjs").Finding[] }}
 */
function readExceptions(text) {
  if (text === undefined) return { exceptions: [], findings: [] };
  const next = 'write {"exceptions": [{"what": "path#function", "atMost": 90, "reason": "why"}]}';
  const bad = (/** @type {string} */ message, line = 1) => ({
    path: exceptionsPath,
    line,
    message,
    next,
  });
  try {
    /** @type {Exception[]} */
    const list = JSON.parse(text).exceptions;
    const vague = list.filter(
      ({ what, atMost, reason }) =>
        typeof what !== "string" || !Number.isInteger(atMost) || !/\S/.test(reason ?? ""),
    );
    const findings = vague.map(({ what }) =>
      bad(
        `the exception of ${what} lacks what, atMost or a reason`,
        lineHolding(text, `"${what}"`),
      ),
    );
    return { exceptions: list.filter((exception) => !vague.includes(exception)), findings };
  } catch {
    return { exceptions: [], findings: [bad("not an object with a list of exceptions")] };
  }
}

/**
 * @param {import("../project.mjs").Project} project
 * @param {readonly Exception[]} exceptions
 * @param {ReadonlySet<string>} needed
 * @returns {import("../project.mjs").Finding[]}
 */
function unneeded(project, exceptions, needed) {
  const text = project.read(exceptionsPath) ?? "";
  return exceptions
    .filter((exception) => !needed.has(exception.what))
    .map(({ what }) => ({
      path: exceptionsPath,
      line: lineHolding(text, `"${what}"`),
      message: `${what} needs no exception any more`,
      next: "delete the entry",
    }));
}
