/*
 * Goal: a caret stands below what it is about, whatever script is before it.
 * Method: widths by hand from the Unicode charts; one report with a line of several scripts, and one
 * of a file that begins with a byte order mark.
 */
import { expect, test } from "vitest";
import type { Diagnostic } from "../src/diagnostic.ts";
import { plainInk } from "../src/report/ink.ts";
import { noStats } from "../src/report/report.ts";
import { textReport } from "../src/report/text-report.ts";
import { textWidth, wrapText } from "../src/report/text-width.ts";

test.each([
  ["", 0],
  ["abc", 3],
  ["Gr\u00fc\u00dfe", 5],
  ["\u6ce8\u6587", 4],
  ["\ud55c\uad6d\uc5b4", 6],
  ["\uff46\uff55", 4],
  ["\uff8a\uff9d", 2],
  ["\u{1f600}x", 3],
  ["e\u0301", 1],
  ["\u2192\u2026", 2],
])("%j is %i columns", (text, width) => {
  expect(textWidth(text)).toBe(width);
});

function excerptOf(text: string, col: number, endCol: number): readonly string[] {
  const span = { file: "a.ts", start: { line: 1, col }, end: { line: 1, col: endCol } };
  const found: Diagnostic = {
    code: "E_ARCH_AMBIENT",
    severity: "error",
    stage: "lint",
    message: "m",
    loc: { kind: "text", span },
  };
  const report = {
    manifest: { path: "m", jcs_sha256_hex: undefined },
    stats: noStats,
    diagnostics: [found],
    patches: [],
  };
  return textReport(report, { ink: plainInk, sourceText: () => text })
    .split("\n")
    .filter((line) => line.includes("|"));
}

test("the caret is below, by columns of the terminal", () => {
  expect(excerptOf("/* \u6ce8\u6587 */ now();", 10, 13)).toEqual([
    "  1 | /* \u6ce8\u6587 */ now();",
    "    |            ^^^",
  ]);
});

test("a byte order mark is no column", () => {
  expect(excerptOf("\ufeffnow();", 1, 4)).toEqual(["  1 | now();", "    | ^^^"]);
});

test.each([
  ["a b c", 40, ["a b c"]],
  ["aaa bbb ccc", 7, ["aaa bbb", "ccc"]],
  ["aaaaaaaaaa b", 4, ["aaaaaaaaaa", "b"]],
  ["注文 注文", 8, ["注文", "注文"]],
  ["", 4, [""]],
])("%j in %i columns", (text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines);
});

test("in a terminal no line is wider than it, but for a single long word", () => {
  const span = { file: "a.ts", start: { line: 1, col: 90 }, end: { line: 1, col: 150 } };
  const loc = { kind: "text", span } as const;
  const found: Diagnostic = {
    code: "E_ARCH_AMBIENT",
    severity: "error",
    stage: "lint",
    message: "words ".repeat(20).trim(),
    loc,
    notes: ["next ".repeat(30).trim(), "note ".repeat(30).trim()],
    related: [{ message: "see ".repeat(30).trim(), loc }],
  };
  const report = {
    manifest: { path: "m", jcs_sha256_hex: undefined },
    stats: noStats,
    diagnostics: [found],
    patches: [],
  };
  const sourceText = (): string => "x".repeat(500);
  const lines = textReport(report, { ink: plainInk, sourceText, width: 60 }).split("\n");
  expect(Math.max(...lines.map(textWidth))).toBe(60);
  expect(lines.filter((line) => line.startsWith("        next")).length).toBeGreaterThan(1);
  const free = textReport(report, { ink: plainInk, sourceText }).split("\n");
  expect(Math.max(...free.map(textWidth))).toBeGreaterThan(140);
});
