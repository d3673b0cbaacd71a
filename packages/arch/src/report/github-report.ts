/** GitHub's workflow commands: each diagnostic becomes an annotation on its line of a pull request. */
import type { Diagnostic, Severity } from "../diagnostic.js";
import type { Report } from "./report.js";

const commands: Readonly<Record<Severity, string>> = {
  error: "error",
  warning: "warning",
  info: "notice",
  hint: "notice",
};

export function githubReport({ diagnostics }: Report): string {
  return diagnostics.map((each) => `${annotation(each)}\n`).join("");
}

function annotation({ code, severity, message, loc, notes = [] }: Diagnostic): string {
  const place = loc === undefined ? [] : placeProperties(loc.span);
  const properties = [...place, ["title", code] as const]
    .map(([name, value]) => `${name}=${escapedProperty(String(value))}`)
    .join(",");
  return `::${commands[severity]} ${properties}::${escapedData([message, ...notes].join("\n"))}`;
}

function placeProperties({
  file,
  start,
  end,
}: NonNullable<Diagnostic["loc"]>["span"]): readonly (readonly [string, string | number])[] {
  const columns = [
    ["col", start.col],
    ["endColumn", Math.max(start.col, end.col - 1)],
  ] as const;
  return [
    ["file", file],
    ["line", start.line],
    ["endLine", end.line],
    // GitHub refuses columns where the lines differ.
    ...(start.line === end.line ? columns : []),
  ];
}

function escapedData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapedProperty(text: string): string {
  return escapedData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
