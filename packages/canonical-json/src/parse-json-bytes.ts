/** JSON text as bytes: UTF-8 and nothing else, no byte order mark (RFC 8259, section 8.1). */

import { CanonicalJsonError } from "./canonical-json-error.js";
import type { JsonLexicalValue, JsonValue } from "./json-value.js";
import { type ParseJsonOptions, parseJson } from "./parse-json.js";

// A mark is kept as U+FEFF, which the reader then refuses as a character that begins no value.
const strictDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * The value of a JSON text in UTF-8. As `parseJson`; places count UTF-16 units of the decoded text.
 *
 * @throws CanonicalJsonError as `parseJson`, and `UTF8_INVALID`, whose `offset` counts bytes and
 * which has no line.
 */
export function parseJsonBytes(
  bytes: Uint8Array,
  options?: ParseJsonOptions<"value" | "canonical">,
): JsonValue;
export function parseJsonBytes(
  bytes: Uint8Array,
  options: ParseJsonOptions<"lexeme">,
): JsonLexicalValue;
export function parseJsonBytes(
  bytes: Uint8Array,
  options: ParseJsonOptions = {},
): JsonValue | JsonLexicalValue {
  const { numbers = "value" } = options;
  const text = decodeUtf8(bytes);
  return numbers === "lexeme" ? parseJson(text, { numbers }) : parseJson(text, { numbers });
}

function decodeUtf8(bytes: Uint8Array): string {
  if (!(bytes instanceof Uint8Array)) {
    throw new CanonicalJsonError("ARGUMENT_INVALID", `expected a Uint8Array, got ${typeof bytes}`);
  }
  try {
    return strictDecoder.decode(bytes);
  } catch (cause) {
    const offset = firstInvalidByte(bytes);
    const message = `expected UTF-8, got an invalid or unfinished sequence at byte ${offset}`;
    throw new CanonicalJsonError("UTF8_INVALID", message, { offset, cause });
  }
}

/**
 * Where the first sequence begins that is not UTF-8. The lenient decoder writes U+FFFD for what it
 * cannot read, so the first byte that differs from its text is in, or at the start of, that sequence.
 */
function firstInvalidByte(bytes: Uint8Array): number {
  const repaired = new TextEncoder().encode(lenientDecoder.decode(bytes));
  let offset = 0;
  while (offset < bytes.length && bytes[offset] === repaired[offset]) offset += 1;
  // Inside U+FFFD (EF BF BD) when the sequence began like it.
  while (offset > 0 && isContinuation(repaired[offset])) offset -= 1;
  return offset;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
