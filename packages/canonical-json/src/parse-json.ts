/**
 * A strict reader of JSON text (RFC 8259): what two readers could understand differently is refused.
 *
 * `JSON.parse` keeps the last of two equal keys, lets lone surrogates through, and turns 1e400 into
 * Infinity; each of these gives a value that cannot be written back. This reader refuses them, and
 * says where. Whatever it accepts, `JSON.parse` accepts with the same result.
 *
 * One pass, no backing up: this file reads the structure, `text-string` and `text-number` the
 * leaves. Recursion is bounded by `depthMax`.
 */

import { CanonicalJsonError } from "./canonical-json-error.js";
import type { JsonLexicalValue, JsonNumber, JsonValue } from "./json-value.js";
import { depthMax } from "./limits.js";
import {
  characterAt,
  type NumberMode,
  type TextCursor,
  textError,
  unexpected,
} from "./text-cursor.js";
import { readNumber } from "./text-number.js";
import { readString } from "./text-string.js";

export interface ParseJsonOptions<Mode extends NumberMode = NumberMode> {
  /**
   * `"value"` (default): a double, rounded as `JSON.parse` rounds; `-0` stays -0.
   * `"lexeme"`: a `JsonNumber` with the text verbatim; nothing is rounded and nothing overflows.
   * `"canonical"`: a double, and only from the one text RFC 8785 writes for it: not `1.0`, `1e2`,
   * `-0` or `12345678901234567890`.
   */
  readonly numbers?: Mode;
}

type ParsedValue = null | boolean | number | string | JsonNumber | ParsedArray | ParsedObject;
type ParsedArray = readonly ParsedValue[];
interface ParsedObject {
  readonly [key: string]: ParsedValue;
}

// What an error message shows of a key.
const shownLengthMax = 60;

/**
 * The value of a JSON text.
 *
 * Objects are ordinary ones; a key such as `__proto__` or `constructor` is an own member like any
 * other. Strings without escapes may share memory with `text` for as long as they live.
 *
 * Limits: `depthMax` levels; else what memory holds. Time is linear in the length of the text.
 *
 * @throws CanonicalJsonError, with `offset`, `line` and `column`. `UNEXPECTED_CHARACTER`,
 * `UNEXPECTED_END`, `TRAILING_TEXT`, `CONTROL_CHARACTER`, `ESCAPE_INVALID`, `NUMBER_INVALID`: not
 * JSON. `LONE_SURROGATE`: raw or escaped. `DUPLICATE_KEY`: compared after unescaping.
 * `NUMBER_OVERFLOW`: beyond the doubles. `NUMBER_NOT_CANONICAL`: in that mode. `TEXT_TOO_DEEP`.
 * `ARGUMENT_INVALID`: not a string, or no such mode; without a place.
 */
export function parseJson(
  text: string,
  options?: ParseJsonOptions<"value" | "canonical">,
): JsonValue;
export function parseJson(text: string, options: ParseJsonOptions<"lexeme">): JsonLexicalValue;
export function parseJson(text: string, options: ParseJsonOptions = {}): ParsedValue {
  const { numbers = "value" } = options;
  checkArguments(text, numbers);
  checkWellFormed(text);
  const cursor: TextCursor = { text, numbers, at: 0 };
  skipSpace(cursor);
  const value = readValue(cursor, 1);
  skipSpace(cursor);
  if (cursor.at === text.length) return value;
  const message = `expected nothing after the value, got ${characterAt(text, cursor.at)}`;
  throw textError(text, { code: "TRAILING_TEXT", offset: cursor.at, message });
}

/** Types forbid both; callers without them get our error and not the engine's. */
function checkArguments(text: unknown, numbers: unknown): void {
  if (typeof text !== "string") {
    const message = `expected a text, got ${text === null ? "null" : typeof text}`;
    throw new CanonicalJsonError("ARGUMENT_INVALID", message);
  }
  if (numbers !== "value" && numbers !== "lexeme" && numbers !== "canonical") {
    const message = `expected numbers to be value, lexeme or canonical, got ${String(numbers)}`;
    throw new CanonicalJsonError("ARGUMENT_INVALID", message);
  }
}

/** RFC 8259, section 8.1: the text is Unicode. Checked once, so that every slice of it is too. */
function checkWellFormed(text: string): void {
  if (text.isWellFormed()) return;
  const offset = text.search(/\p{Surrogate}/u);
  const message = `expected well-formed text, got the lone surrogate ${characterAt(text, offset)}`;
  throw textError(text, { code: "LONE_SURROGATE", offset, message });
}

/** Reads the value at the cursor. `depth` is what a container at this place would have. */
function readValue(cursor: TextCursor, depth: number): ParsedValue {
  const { text, at } = cursor;
  const code = text.charCodeAt(at);
  switch (code) {
    case 0x22:
      return readString(cursor);
    case 0x7b:
      checkDepth(cursor, depth);
      return readObject(cursor, depth);
    case 0x5b:
      checkDepth(cursor, depth);
      return readArray(cursor, depth);
    case 0x74:
      return readLiteral(cursor, "true", true);
    case 0x66:
      return readLiteral(cursor, "false", false);
    case 0x6e:
      return readLiteral(cursor, "null", null);
    default:
      if (code === 0x2d || (code >= 0x30 && code <= 0x39)) return readNumber(cursor);
      throw unexpected(text, at, "a value");
  }
}

function checkDepth(cursor: TextCursor, depth: number): void {
  if (depth <= depthMax) return;
  const message = `expected at most ${depthMax} levels of nesting, got ${depth}`;
  throw textError(cursor.text, { code: "TEXT_TOO_DEEP", offset: cursor.at, message });
}

function readArray(cursor: TextCursor, depth: number): ParsedValue[] {
  const array: ParsedValue[] = [];
  cursor.at += 1;
  skipSpace(cursor);
  if (takes(cursor, 0x5d)) return array;
  for (;;) {
    array.push(readValue(cursor, depth + 1));
    skipSpace(cursor);
    if (takes(cursor, 0x5d)) return array;
    if (!takes(cursor, 0x2c)) throw unexpected(cursor.text, cursor.at, "a comma or ]");
    skipSpace(cursor);
  }
}

function readObject(cursor: TextCursor, depth: number): ParsedObject {
  const object: Record<string, ParsedValue> = {};
  cursor.at += 1;
  skipSpace(cursor);
  if (takes(cursor, 0x7d)) return object;
  for (;;) {
    readMember(cursor, object, depth);
    skipSpace(cursor);
    if (takes(cursor, 0x7d)) return object;
    if (!takes(cursor, 0x2c)) throw unexpected(cursor.text, cursor.at, "a comma or }");
    skipSpace(cursor);
  }
}

function readMember(cursor: TextCursor, object: Record<string, ParsedValue>, depth: number): void {
  const { text, at: keyAt } = cursor;
  if (text.charCodeAt(keyAt) !== 0x22) throw unexpected(text, keyAt, "a key in quotes");
  const key = readString(cursor);
  // A value read is never undefined, so only a key that is there, or inherited, costs the second test.
  const taken = key === "__proto__" || object[key] !== undefined;
  if (taken && Object.hasOwn(object, key)) throw duplicateKey(text, keyAt, key);
  skipSpace(cursor);
  if (!takes(cursor, 0x3a)) throw unexpected(text, cursor.at, "a colon");
  skipSpace(cursor);
  const value = readValue(cursor, depth + 1);
  if (taken) {
    // Assigning would set the prototype, or fail where the inherited member is frozen.
    const asMember = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(object, key, asMember);
  } else {
    object[key] = value;
  }
}

function duplicateKey(text: string, offset: number, key: string): CanonicalJsonError {
  const shown = key.length > shownLengthMax ? `${key.slice(0, shownLengthMax)}...` : key;
  const message = `expected each key once, got ${JSON.stringify(shown)} again`;
  return textError(text, { code: "DUPLICATE_KEY", offset, message });
}

function readLiteral<Value>(cursor: TextCursor, name: string, value: Value): Value {
  const { text, at } = cursor;
  if (text.startsWith(name, at)) {
    cursor.at = at + name.length;
    return value;
  }
  let wrong = at;
  while (text[wrong] === name[wrong - at]) wrong += 1;
  throw unexpected(text, wrong, name);
}

/** Moves over one expected character if it is there. */
function takes(cursor: TextCursor, code: number): boolean {
  if (cursor.at >= cursor.text.length || cursor.text.charCodeAt(cursor.at) !== code) return false;
  cursor.at += 1;
  return true;
}

/** The four characters of RFC 8259, section 2; no other counts as space. */
function skipSpace(cursor: TextCursor): void {
  const { text } = cursor;
  let { at } = cursor;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) break;
    at += 1;
  }
  cursor.at = at;
}
