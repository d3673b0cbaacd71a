/** A place in a JSON text, and the errors that name it. */

import { CanonicalJsonError, type CanonicalJsonErrorCode } from "./canonical-json-error.js";

/** How numbers come out: as doubles, as their text, or as doubles that have only that text. */
export type NumberMode = "value" | "lexeme" | "canonical";

export interface TextCursor {
  readonly text: string;
  readonly numbers: NumberMode;
  /** The next character to read, in UTF-16 units. */
  at: number;
}

/** What is wrong at `offset`; the message is completed with the place. */
export interface TextDefect {
  readonly code: CanonicalJsonErrorCode;
  readonly offset: number;
  readonly message: string;
}

export function textError(text: string, defect: TextDefect): CanonicalJsonError {
  const { code, offset, message } = defect;
  let line = 1;
  let lineStart = 0;
  for (let at = 0; at < offset; at += 1) {
    const character = text[at];
    const endsLine = character === "\n" || (character === "\r" && text[at + 1] !== "\n");
    if (!endsLine) continue;
    line += 1;
    lineStart = at + 1;
  }
  const column = offset - lineStart + 1;
  const where = `line ${line}, column ${column} (offset ${offset})`;
  return new CanonicalJsonError(code, `${message} at ${where}`, { offset, line, column });
}

/** The error for a character that fits nothing, or for the end of the text. */
export function unexpected(text: string, offset: number, expected: string): CanonicalJsonError {
  if (offset >= text.length) {
    const message = `expected ${expected}, got the end of the text`;
    return textError(text, { code: "UNEXPECTED_END", offset: text.length, message });
  }
  const message = `expected ${expected}, got ${characterAt(text, offset)}`;
  return textError(text, { code: "UNEXPECTED_CHARACTER", offset, message });
}

/** A character for a message: itself and its number, or its number alone when it does not print. */
export function characterAt(text: string, offset: number): string {
  const point = text.codePointAt(offset) ?? 0;
  const number = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  const prints = point > 0x20 && point < 0x7f;
  return prints ? `${String.fromCodePoint(point)} (${number})` : number;
}
