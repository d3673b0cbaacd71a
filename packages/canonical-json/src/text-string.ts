/**
 * Strings of a JSON text (RFC 8259, section 7).
 *
 * Most strings hold no escape: one loop finds the closing quote and the string is a slice. Else the
 * rest is checked character by character, and the checked text, which has now one meaning only, is
 * given to the engine to unescape. The text as a whole is known to be well-formed Unicode, so a
 * surrogate can be alone only if it is written as an escape.
 */

import { characterAt, type TextCursor, textError, unexpected } from "./text-cursor.js";

const quote = 0x22;
const backslash = 0x5c;

/** Reads the string whose opening quote is at the cursor; leaves the cursor behind its closing one. */
export function readString(cursor: TextCursor): string {
  const { text } = cursor;
  const { length } = text;
  const start = cursor.at + 1;
  for (let at = start; at < length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      cursor.at = at + 1;
      return text.slice(start, at);
    }
    if (code === backslash || code < 0x20) return readEscapedString(cursor, at);
  }
  throw unexpected(text, length, "a closing quote");
}

/** As above, when the characters from the opening quote up to `from` are known to be plain. */
function readEscapedString(cursor: TextCursor, from: number): string {
  const { text, at: opening } = cursor;
  let at = from;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      cursor.at = at + 1;
      const unescaped: string = JSON.parse(text.slice(opening, at + 1));
      return unescaped;
    }
    if (code < 0x20) {
      const message = `expected control characters to be escaped, got ${characterAt(text, at)}`;
      throw textError(text, { code: "CONTROL_CHARACTER", offset: at, message });
    }
    at = code === backslash ? endOfEscape(text, at) : at + 1;
  }
  throw unexpected(text, at, "a closing quote");
}

/** Where the escape at `at` ends; a surrogate pair is taken as one. */
function endOfEscape(text: string, at: number): number {
  if (at + 1 >= text.length) throw unexpected(text, at + 1, "the rest of an escape");
  const letter = text.charAt(at + 1);
  if (letter !== "u") {
    if ('"\\/bfnrt'.includes(letter)) return at + 2;
    const message = `expected one of " \\ / b f n r t u after a backslash, got ${characterAt(text, at + 1)}`;
    throw textError(text, { code: "ESCAPE_INVALID", offset: at, message });
  }
  const unit = codeUnitAt(text, at);
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  if (unit < 0xdc00 && text.startsWith("\\u", at + 6)) {
    const low = codeUnitAt(text, at + 6);
    if (low >= 0xdc00 && low <= 0xdfff) return at + 12;
  }
  const message = `expected a surrogate pair, got \\u${unit.toString(16)} alone`;
  throw textError(text, { code: "LONE_SURROGATE", offset: at, message });
}

/** The number that the four digits of `\uXXXX` at `at` make. */
function codeUnitAt(text: string, at: number): number {
  let unit = 0;
  for (let digit = at + 2; digit < at + 6; digit += 1) {
    if (digit >= text.length) throw unexpected(text, digit, "four hexadecimal digits");
    const value = hexadecimalValue(text.charCodeAt(digit));
    if (value < 0) {
      const message = `expected four hexadecimal digits after \\u, got ${characterAt(text, digit)}`;
      throw textError(text, { code: "ESCAPE_INVALID", offset: at, message });
    }
    unit = unit * 16 + value;
  }
  return unit;
}

function hexadecimalValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x61 + 10 : -1;
}
