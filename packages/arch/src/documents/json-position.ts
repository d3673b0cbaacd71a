/**
 * Where a value stands in a JSON text, from its JSON Pointer (RFC 6901). It is asked only when there
 * is something to say, so the text is walked again instead of an index being kept. The text is one
 * that the strict reader has accepted, which is why nothing is checked here.
 */
import type { Position } from "../diagnostic.js";

export interface JsonSpan {
  readonly start: Position;
  readonly end: Position;
}

/** `/` and the key, escaped. */
export function pointerStep(key: string | number): string {
  return `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

export function pointerTo(...keys: readonly (string | number)[]): string {
  return keys.map(pointerStep).join("");
}

/**
 * The value that `pointer` leads to; where it leads nowhere, the last one on the way. What a
 * pointer to an object or array shows is its opening bracket: the rest may be a whole file.
 */
export function spanOf(text: string, pointer: string): JsonSpan {
  const cursor: Cursor = { text, at: 0 };
  skip(cursor, /\s*/y);
  for (const step of stepsOf(pointer)) {
    const inside = { ...cursor };
    if (!enter(inside, step)) break;
    cursor.at = inside.at;
  }
  const length = token(cursor).length;
  return { start: positionAt(text, cursor.at), end: positionAt(text, cursor.at + length) };
}

/** `offset` counts UTF-16 units. A line ends at LF, CR or CR LF. */
export function positionAt(text: string, offset: number): Position {
  let line = 1;
  let lineStart = 0;
  for (const { 0: end, index } of text.matchAll(/\r\n|\r|\n/g)) {
    const next = index + end.length;
    if (next > offset) break;
    line += 1;
    lineStart = next;
  }
  return { line, col: offset - lineStart + 1 };
}

interface Cursor {
  readonly text: string;
  at: number;
}

function stepsOf(pointer: string): readonly string[] {
  return pointer
    .split("/")
    .slice(1)
    .map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** Moves from a container to the member or element of that name; false where there is none. */
function enter(cursor: Cursor, step: string): boolean {
  const open = token(cursor);
  if (open !== "{" && open !== "[") return false;
  skip(cursor, /[{[]\s*/y);
  for (let index = 0; ; index += 1) {
    if (token(cursor) === "}" || token(cursor) === "]") return false;
    const key = open === "{" ? readKey(cursor) : String(index);
    if (key === step) return true;
    skipValue(cursor);
    skip(cursor, /\s*,?\s*/y);
  }
}

function readKey(cursor: Cursor): string {
  const quoted = token(cursor);
  cursor.at += quoted.length;
  skip(cursor, /\s*:\s*/y);
  const key: string = JSON.parse(quoted);
  return key;
}

function skipValue(cursor: Cursor): void {
  let depth = 0;
  do {
    const next = token(cursor);
    if (next === "{" || next === "[") depth += 1;
    if (next === "}" || next === "]") depth -= 1;
    cursor.at += next.length;
    if (depth > 0) skip(cursor, /[\s,:]*/y);
  } while (depth > 0);
}

/** The bracket, the string with its quotes, or the number or word, at the cursor. */
function token({ text, at }: Cursor): string {
  const pattern = /[{}[\]]|"[^"\\]*(?:\\.[^"\\]*)*"|[^\s,:{}[\]"]+/y;
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? "";
}

function skip(cursor: Cursor, pattern: RegExp): void {
  pattern.lastIndex = cursor.at;
  cursor.at += pattern.exec(cursor.text)?.[0].length ?? 0;
}
