/** What the tests of the pure part parse with, and where an offset is. */
import type { Program } from "@oxc-project/types";
import { parseSync } from "oxc-parser";
import type { Position } from "../src/diagnostic.ts";

export interface Parsed {
  readonly program: Program;
  readonly positionOf: (offset: number) => Position;
}

/** Throws where the text is not what the file name says. */
export function parseText(text: string, file = "module.ts"): Parsed {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${errors[0]?.message} in: ${text}`);
  return {
    program,
    positionOf(offset) {
      const before = text.slice(0, offset).split("\n");
      return { line: before.length, col: (before.at(-1)?.length ?? 0) + 1 };
    },
  };
}
