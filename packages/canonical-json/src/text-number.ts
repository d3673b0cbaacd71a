/**
 * Numbers of a JSON text (RFC 8259, section 6): `[-] (0 | 1-9 digits) [. digits] [(e|E) [+|-] digits]`.
 *
 * An integer of at most 15 digits is exact as a double at every step, so it is added up while it is
 * scanned; anything else is handed to the engine, which rounds correctly.
 */

import { JsonNumber } from "./json-value.js";
import { characterAt, type TextCursor, textError, unexpected } from "./text-cursor.js";

const exactDigitsMax = 15;
// What an error message shows of a number: texts may hold numbers of any length.
const shownLengthMax = 40;

/** Reads the number that begins at the cursor; leaves the cursor behind it. */
export function readNumber(cursor: TextCursor): number | JsonNumber {
  const { text, at: start } = cursor;
  const negative = text.charCodeAt(start) === 0x2d;
  const first = negative ? start + 1 : start;
  const integerEnd = endOfDigits(text, first);
  if (text.charCodeAt(first) === 0x30 && integerEnd > first + 1) {
    const message = `expected no digit after a leading 0, got ${characterAt(text, first + 1)}`;
    throw textError(text, { code: "NUMBER_INVALID", offset: start, message });
  }
  const end = endOfExponent(text, endOfFraction(text, integerEnd));
  cursor.at = end;
  if (cursor.numbers === "lexeme") return new JsonNumber(text.slice(start, end));
  if (end === integerEnd && end - first <= exactDigitsMax) {
    let sum = 0;
    for (let at = first; at < end; at += 1) sum = sum * 10 + (text.charCodeAt(at) - 0x30);
    if (!negative) return sum;
    if (sum !== 0 || cursor.numbers === "value") return -sum;
  }
  return checkedDouble(cursor, start);
}

/** The double for the text from `start` to the cursor, if the mode allows it. */
function checkedDouble(cursor: TextCursor, start: number): number {
  const { text, at: end } = cursor;
  const lexeme = text.slice(start, end);
  const double = Number(lexeme);
  if (!Number.isFinite(double)) {
    const message = `expected a number a double can hold, got ${shown(lexeme)}`;
    throw textError(text, { code: "NUMBER_OVERFLOW", offset: start, message });
  }
  if (cursor.numbers === "canonical" && String(double) !== lexeme) {
    const message = `expected the canonical number ${double}, got ${shown(lexeme)}`;
    throw textError(text, { code: "NUMBER_NOT_CANONICAL", offset: start, message });
  }
  return double;
}

function endOfFraction(text: string, at: number): number {
  return text.charCodeAt(at) === 0x2e ? endOfDigits(text, at + 1) : at;
}

function endOfExponent(text: string, at: number): number {
  if ((text.charCodeAt(at) | 0x20) !== 0x65) return at;
  const sign = text.charCodeAt(at + 1);
  return endOfDigits(text, sign === 0x2b || sign === 0x2d ? at + 2 : at + 1);
}

/** Where the digits that begin at `at` end; there must be one. */
function endOfDigits(text: string, at: number): number {
  let end = at;
  while (end < text.length && isDigit(text.charCodeAt(end))) end += 1;
  if (end > at) return end;
  if (at >= text.length) throw unexpected(text, at, "a digit");
  const message = `expected a digit, got ${characterAt(text, at)}`;
  throw textError(text, { code: "NUMBER_INVALID", offset: at, message });
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function shown(lexeme: string): string {
  if (lexeme.length <= shownLengthMax) return lexeme;
  return `${lexeme.slice(0, shownLengthMax)}... (${lexeme.length} characters)`;
}
