/** From an offset in a text, in UTF-16 code units, to a line and a column, both from 1. */
import type { Position } from "../diagnostic.js";

export type PositionOf = (offset: number) => Position;

/** Lines end with `\n`; what stands before it, a `\r` too, belongs to the line. */
export function createPositions(text: string): PositionOf {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= lineStarts(text);
    let low = 0;
    let high = starts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, col: offset - (starts[low] ?? 0) + 1 };
  };
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
