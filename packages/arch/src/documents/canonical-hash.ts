/**
 * The hash that lock files hold: SHA-256 over the canonical text of a document.
 *
 * The text is RFC 8785's but for two habits of X07, kept so that either tool's locks hold for the
 * other: numbers are written as `number-form.ts` says, and members are in the order of their keys as
 * UTF-8 bytes, where the RFC orders UTF-16 units (keys with characters beyond U+FFFF differ, others
 * do not).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { type JsonLexicalObject, type JsonLexicalValue, JsonNumber } from "@reprise/canonical-json";
import { hashedNumber } from "./number-form.js";

const encoder = new TextEncoder();

/** 64 lower-case hexadecimal digits. The document's numbers are ones that a double can hold. */
export function hashOf(document: JsonLexicalValue): string {
  return sha256Hex(canonicalText(document));
}

/** Of the text as UTF-8. The hash library's own hexadecimal comes with a source of randomness. */
export function sha256Hex(text: string): string {
  const digits = Array.from(sha256(encoder.encode(text)), (byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return digits.join("");
}

export function canonicalText(value: JsonLexicalValue): string {
  if (value instanceof JsonNumber) return hashedNumber(value.lexeme) ?? value.lexeme;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  // Neither a number nor an array: what is left of the union is the object.
  const object = value as JsonLexicalObject;
  const members = Object.keys(object)
    .sort(byBytes)
    .map((key) => `${JSON.stringify(key)}:${canonicalText(object[key] ?? null)}`);
  return `{${members.join(",")}}`;
}

/** Order of the UTF-8 bytes, which is the order of the code points. */
export function byBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

/** Surrogates stand for code points above all others, yet their units lie below U+E000. */
function byteRank(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
