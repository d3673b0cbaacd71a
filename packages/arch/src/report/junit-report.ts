/**
 * JUnit's XML, as CI servers read it: one test case for each diagnostic, failed if it is an error. A
 * report without errors has a case that passed, since servers take an empty suite for a broken one.
 */
import type { Diagnostic } from "../diagnostic.js";
import { type Report, tallyOf } from "./report.js";

export function junitReport({ diagnostics }: Report): string {
  const { errors } = tallyOf(diagnostics);
  const cases = diagnostics.map(caseXml);
  if (errors === 0) {
    cases.unshift('    <testcase classname="reprise-arch" name="no error" time="0"/>\n');
  }
  const counts = `tests="${cases.length}" failures="${errors}" errors="0" time="0"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>\n',
    `<testsuites ${counts}>\n`,
    `  <testsuite name="reprise-arch" ${counts} skipped="0">\n`,
    ...cases,
    "  </testsuite>\n",
    "</testsuites>\n",
  ].join("");
}

function caseXml({ code, severity, message, loc, notes = [], related = [] }: Diagnostic): string {
  const place = loc === undefined ? "" : placeOf(loc.span);
  const name = escaped(place === "" ? message : `${place} ${message}`);
  const text = [
    `${place === "" ? "" : `${place}: `}${message}`,
    ...notes,
    ...related.map((each) => `${each.message}${each.loc ? ` (${placeOf(each.loc.span)})` : ""}`),
  ].join("\n");
  const body =
    severity === "error"
      ? `<failure message="${escaped(message)}" type="${code}">${escaped(text)}</failure>`
      : `<system-out>${escaped(`${severity}: ${text}`)}</system-out>`;
  return `    <testcase classname="${code}" name="${name}" time="0">\n      ${body}\n    </testcase>\n`;
}

function placeOf({
  file,
  start,
}: {
  readonly file: string;
  readonly start: { readonly line: number; readonly col: number };
}): string {
  return `${file}:${start.line}:${start.col}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
};

/** XML 1.0 has no way at all to write most control characters: they become U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"\n]/g, (character) => entities[character] ?? character);
}
