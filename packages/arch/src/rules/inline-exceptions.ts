/**
 * Comments that allow a violation where it stands. Each needs a reason, and each must allow
 * something: one that matches nothing any more is an error, so that they go when their cause does.
 */
import type { Diagnostic } from "../diagnostic.js";
import type { ModuleGraph } from "../module-graph.js";
import type { InlineException } from "../source-facts.js";
import { finding, locationIn } from "./finding.js";

/** What is left of the diagnostics, with those about the comments themselves. */
export function applyExceptions(
  diagnostics: readonly Diagnostic[],
  graph: ModuleGraph,
): readonly Diagnostic[] {
  const open = exceptionsOf(graph);
  if (open.length === 0) return diagnostics;
  const byPlace = new Map<string, OpenException[]>();
  for (const each of open) {
    for (const line of coveredLines(each, open)) {
      const key = placeKey(each.file, line, each.exception.code);
      byPlace.set(key, [...(byPlace.get(key) ?? []), each]);
    }
  }
  const left = diagnostics.filter(({ code, loc }) => {
    if (loc === undefined) return true;
    const matching = byPlace.get(placeKey(loc.span.file, loc.span.start.line, code)) ?? [];
    for (const each of matching) each.used = true;
    return !matching.some(({ exception }) => exception.reason !== "");
  });
  return [...left, ...open.flatMap(complaint)];
}

interface OpenException {
  readonly file: string;
  readonly exception: InlineException;
  used: boolean;
}

function exceptionsOf(graph: ModuleGraph): readonly OpenException[] {
  return [...graph.modules.values()].flatMap(({ path, facts }) =>
    facts.exceptions.map((exception) => ({ file: path, exception, used: false })),
  );
}

/** Its own line and the next; where comments stand below each other, all are for what follows. */
function coveredLines(
  { file, exception }: OpenException,
  open: readonly OpenException[],
): readonly number[] {
  const lines = [exception.line, exception.line + 1];
  const isComment = (line: number): boolean =>
    open.some((each) => each.file === file && each.exception.line === line);
  for (let line = exception.line + 1; isComment(line); line += 1) lines.push(line + 1);
  return lines;
}

function placeKey(file: string, line: number, code: string): string {
  return `${line} ${code} ${file}`;
}

function complaint({ file, exception, used }: OpenException): readonly Diagnostic[] {
  const { code, reason, at } = exception;
  const told = {
    loc: locationIn(file, { start: at, end: at }),
    data: { module_path: file, exception: code },
  };
  if (reason === "") {
    return [
      finding({
        ...told,
        code: "E_ARCH_EXCEPTION_REASON",
        message: "inline exception has no reason",
      }),
    ];
  }
  if (used) return [];
  return [
    finding({
      ...told,
      code: "E_ARCH_EXCEPTION_UNUSED",
      message: "inline exception matches nothing",
    }),
  ];
}
