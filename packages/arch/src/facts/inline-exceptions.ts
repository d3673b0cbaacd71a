/**
 * Comments that allow a violation where it stands: `// arch-allow E_CODE: reason`, on its line or on
 * the line before it; `/* arch-allow E_CODE: reason *\/` is the same.
 */
import type { InlineException } from "../source-facts.js";
import type { PositionOf } from "./line-positions.js";

export interface SourceComment {
  /** Without what opens and closes it. */
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

const allow = /^[\s*]*arch-allow(?:\s+([^\s:]+))?\s*(?::\s*([\s\S]*?))?[\s*]*$/;

/** Cheaper than looking at comments: most files have none. */
export function mayHaveExceptions(text: string): boolean {
  return text.includes("arch-allow");
}

/** One that names no code has the code "". */
export function inlineExceptions(
  comments: readonly SourceComment[],
  positionOf: PositionOf,
): InlineException[] {
  const found: InlineException[] = [];
  for (const { value, start, end } of comments) {
    const match = allow.exec(value);
    if (match === null) continue;
    const reason = (match[2] ?? "").replace(/\s+/g, " ").trim();
    found.push({
      code: match[1] ?? "",
      reason,
      line: positionOf(end).line,
      at: positionOf(start),
    });
  }
  return found;
}
