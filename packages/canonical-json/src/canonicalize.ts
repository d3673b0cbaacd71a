/**
 * RFC 8785, the JSON Canonicalization Scheme: one text, and so one byte string, for each value.
 *
 * Members stand in the order of their keys as UTF-16 code units (section 3.2.3), numbers and strings
 * are written as ECMAScript writes them (3.2.2), nothing stands between tokens (3.2.1). The writing
 * is `fast-json-stable-stringify`'s; what keeps it to JSON data is `isSound`.
 */

import stringify from "fast-json-stable-stringify";
import { CanonicalJsonError } from "./canonical-json-error.js";
import { findDefect } from "./defect.js";
import type { JsonValue } from "./json-value.js";
import { isSound } from "./soundness.js";

const encoder = new TextEncoder();

/**
 * The canonical text of `value` (RFC 8785).
 *
 * -0 is written `0`. A value that stands in two places is written twice. What JSON does not write is
 * not looked at: members that are not enumerable, and those of an array beside its elements.
 * The value is read twice, first to check it and then to write it. So accessors run twice and
 * proxies answer twice, and one that answers differently the second time is not checked: hand over
 * plain data where the text is to be signed or stored.
 *
 * Limits: `depthMax` levels, `valuesMax` values, `charactersMax` characters.
 *
 * @throws CanonicalJsonError, always with `path`. `UNSUPPORTED_TYPE`: undefined, a hole, a function,
 * a symbol, a bigint. `NUMBER_NOT_FINITE`. `STRING_ILL_FORMED`: a lone surrogate in a string or key.
 * `OBJECT_NOT_PLAIN`: Date, Map, a typed array, a boxed primitive, an instance of a class.
 * `SYMBOL_KEY`. `TO_JSON_METHOD`: own or inherited; it would be called. `CYCLE`. `VALUE_TOO_DEEP`.
 * `VALUE_TOO_LARGE`. `VALUE_UNREADABLE`: an accessor or a proxy threw, as the `cause` says; `path` is
 * the root.
 */
export function canonicalize(value: JsonValue): string {
  try {
    if (!isSound(value)) {
      const defect = findDefect(value);
      if (defect !== undefined) throw defect;
    }
    return stringify(value);
  } catch (cause) {
    if (CanonicalJsonError.is(cause)) throw cause;
    const message = `expected a value that can be read and written, got ${String(cause)}`;
    throw new CanonicalJsonError("VALUE_UNREADABLE", message, { path: "", cause });
  }
}

/** The UTF-8 bytes of `canonicalize(value)` (RFC 8785, section 3.2.4), in a buffer of their own. */
export function canonicalBytes(value: JsonValue): Uint8Array {
  return encoder.encode(canonicalize(value));
}
