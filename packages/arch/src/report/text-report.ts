/**
 * The report for people: each diagnostic with the line it is about, a caret under what is wrong, and
 * what to do next.
 *
 *     error E_ARCH_WORLD_CAPABILITY packages/orders/src/price.ts:3:23
 *       solve-* nodes must not reach the operating system
 *
 *       3 | import { Kafka } from "kafkajs";
 *         |                       ^^^^^^^^^
 *       next: hand it in as an argument, or move the code that needs it under src/os
 */
import { canonicalize } from "@reprise/canonical-json";
import type { Diagnostic, Location, Span } from "../diagnostic.js";
import type { Ink } from "./ink.js";
import { counted, type Report, tallyOf } from "./report.js";
import { safeText } from "./safe-text.js";
import { textWidth, wrapText } from "./text-width.js";

/** The text of a file of the repository; undefined where it cannot be read (any more). */
export type SourceText = (file: string) => string | undefined;

export interface TextOptions {
  readonly ink: Ink;
  readonly sourceText: SourceText;
  /** Of the terminal, in columns, from 40; undefined: lines are as long as they are. */
  readonly width?: number | undefined;
}

export function textReport(report: Report, options: TextOptions): string {
  const lineOf = createLineReader(options.sourceText);
  const shown = report.diagnostics.map((each) => `${textOf(each, options, lineOf)}\n`);
  return `${shown.join("")}${ending(report, options.ink)}\n`;
}

type LineReader = (file: string, line: number) => string | undefined;

function createLineReader(sourceText: SourceText): LineReader {
  const files = new Map<string, readonly string[]>();
  return (file, line) => {
    let lines = files.get(file);
    if (lines === undefined) {
      lines = (sourceText(file) ?? "").replace(/^\ufeff/, "").split(/\r\n|\r|\n/);
      files.set(file, lines);
    }
    return lines[line - 1];
  };
}

function textOf(
  { code, severity, message, loc, data, notes = [], related = [] }: Diagnostic,
  { ink, width }: TextOptions,
  lineOf: LineReader,
): string {
  const paint = severity === "error" ? ink.error : ink.warning;
  const place = loc === undefined ? "" : ` ${ink.strong(placeText(loc))}`;
  const [next, ...others] = notes;
  const item = (label: string, text: string): string => {
    const indent = "  ".length + (label === "" ? 0 : "next: ".length);
    const wrapped = width === undefined ? [text] : wrapText(text, width - indent);
    return `  ${label}${label === "" ? "" : " "}${wrapped.join(`\n${" ".repeat(indent)}`)}`;
  };
  const lines = [
    `${paint(`${severity} ${code}`)}${place}`,
    item("", safeText(message)),
    // What has no place has at least a name.
    ...(loc === undefined && data !== undefined ? [`  ${safeText(canonicalize(data))}`] : []),
    ...(loc === undefined ? [] : excerpt(loc.span, { ink, width }, lineOf)),
    ...(next === undefined ? [] : [item(ink.strong("next:"), safeText(next))]),
    ...others.map((note) => item(ink.faint("note:"), safeText(note))),
    ...related.map((each) => item(ink.faint("see: "), relatedText(each))),
  ];
  return `${lines.join("\n")}\n`;
}

function placeText({ span: { file, start } }: Location): string {
  return `${safeText(file)}:${start.line}:${start.col}`;
}

function relatedText({ message, loc }: NonNullable<Diagnostic["related"]>[number]): string {
  return `${safeText(message)}${loc === undefined ? "" : ` (${placeText(loc)})`}`;
}

/** So much of a line is shown around what is wrong in it. */
const excerptColumnsMax = 160;

function excerpt(
  { file, start, end }: Span,
  { ink, width }: Pick<TextOptions, "ink" | "width">,
  lineOf: LineReader,
): readonly string[] {
  const line = lineOf(file, start.line);
  // A place that is a whole file has nothing to point at.
  const wholeFile = start.line === 1 && start.col === 1 && end.line === 1 && end.col === 1;
  if (line === undefined || wholeFile) return [];
  const from = Math.max(0, Math.min(start.col - 1, line.length));
  const to = end.line === start.line ? Math.max(from, end.col - 1) : line.length;
  const number = String(start.line);
  const room = width === undefined ? excerptColumnsMax : width - number.length - "   | ".length;
  const first = line.length > room ? Math.max(0, from - Math.floor(room / 4)) : 0;
  const last = Math.min(line.length, first + room);
  const before = safeText(line.slice(first, from));
  const marked = safeText(line.slice(from, Math.min(to, last)));
  const after = safeText(line.slice(Math.min(to, last), last));
  const gutter = ink.faint(`${" ".repeat(number.length)} |`);
  const caret = ink.error("^".repeat(Math.max(1, textWidth(marked))));
  return [
    "",
    `  ${ink.faint(`${number} |`)} ${before}${marked}${after}`,
    `  ${gutter} ${" ".repeat(textWidth(before))}${caret}`,
  ];
}

function ending({ stats, diagnostics, patches }: Report, ink: Ink): string {
  const { errors, warnings } = tallyOf(diagnostics);
  const found = [
    ...(errors > 0 ? [ink.error(counted(errors, "error"))] : []),
    ...(warnings > 0 ? [ink.warning(counted(warnings, "warning"))] : []),
  ];
  const size = `${counted(stats.modules, "module")}, ${counted(stats.nodes, "node")}, ${counted(stats.module_edges, "edge")}`;
  const verdict = found.length === 0 ? ink.strong("no violations") : found.join(", ");
  const mend =
    patches.length === 0
      ? ""
      : `\n${counted(patches.length, "file")} could be mended: reprise-arch check --write`;
  return `${verdict} (${size})${mend}`;
}
