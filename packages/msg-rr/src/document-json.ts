/**
 * Documents as JSON text, and back. Number lexemes go through verbatim (`1.0`, `-0`, `1E400`). JSON
 * keeps members in the order they were written and a document in the order of their bytes, so text
 * becomes a document in one way, and a document that JSON can say becomes text and back unchanged.
 */
import {
  CanonicalJsonError,
  type JsonLexicalObject,
  type JsonLexicalValue,
  JsonNumber,
  parseJson,
} from "@reprise/canonical-json";
import { MsgError } from "@reprise/msg-core";
import { compareBytes } from "./bytes.js";
import {
  type DocumentMap,
  type DocumentValue,
  decodeDocument,
  encodeDocument,
  type NumberLexeme,
} from "./document.js";

const text = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** RFC 8259, section 6. */
const numberPattern = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

/**
 * The ok document of a JSON text (RFC 8259, read strictly). Throws DOCUMENT_INVALID: not JSON, a key
 * that is there twice, a lone surrogate, text after the value, nesting beyond depth 64; the reader's
 * own error is its `cause`.
 */
export function jsonToDocument(json: string): Uint8Array {
  return encodeDocument({ ok: true, value: documentValue(parsed(json)) });
}

function parsed(json: string): JsonLexicalValue {
  try {
    return parseJson(json, { numbers: "lexeme" });
  } catch (cause) {
    if (!(cause instanceof CanonicalJsonError)) throw cause;
    throw new MsgError("DOCUMENT_INVALID", `document: ${cause.message}`, { cause });
  }
}

function documentValue(value: JsonLexicalValue): DocumentValue {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return text.encode(value);
  if (value instanceof JsonNumber) return { lexeme: value.lexeme };
  if (Array.isArray(value)) return value.map(documentValue);
  // What is left of the union: `Array.isArray` does not narrow a readonly array away.
  const members = Object.entries(value as JsonLexicalObject);
  const entries = members.map(
    ([key, member]) => [text.encode(key), documentValue(member)] as const,
  );
  return { entries: entries.sort((left, right) => compareBytes(left[0], right[0])) };
}

/**
 * The JSON text of an ok document, without spaces, members in the document's order. Throws
 * DOCUMENT_INVALID: an error document, a string or key that is not UTF-8, a lexeme that is not a JSON
 * number, and what `decodeDocument` refuses.
 */
export function documentToJson(bytes: Uint8Array): string {
  const document = decodeDocument(bytes);
  if (!document.ok) throw invalid(`it is an error, code ${document.code}, and no value`);
  return jsonOf(document.value);
}

function jsonOf(value: DocumentValue): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (value instanceof Uint8Array) return jsonString(value);
  if ("lexeme" in value) return jsonNumber(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(",")}]`;
  // What is left of the union: `Array.isArray` does not narrow a readonly array away.
  const { entries } = value as DocumentMap;
  const members = entries.map(([key, member]) => `${jsonString(key)}:${jsonOf(member)}`);
  return `{${members.join(",")}}`;
}

function jsonNumber({ lexeme }: NumberLexeme): string {
  if (numberPattern.test(lexeme)) return lexeme;
  throw invalid(`number ${JSON.stringify(shortened(lexeme))} is not a JSON number`);
}

function jsonString(bytes: Uint8Array): string {
  let string: string;
  try {
    string = utf8.decode(bytes);
  } catch {
    throw invalid("a string is not UTF-8");
  }
  return JSON.stringify(string);
}

const shownLengthMax = 40;

function shortened(lexeme: string): string {
  return lexeme.length > shownLengthMax ? `${lexeme.slice(0, shownLengthMax)}...` : lexeme;
}

function invalid(problem: string): MsgError {
  return new MsgError("DOCUMENT_INVALID", `document: ${problem}`);
}
