/** Canonical JSON (RFC 8785) out, strict JSON (RFC 8259) in. */

export type {
  CanonicalJsonErrorCode,
  CanonicalJsonErrorPlace,
  CanonicalJsonFault,
} from "./canonical-json-error.js";
export { CanonicalJsonError, canonicalJsonFaults } from "./canonical-json-error.js";
export { canonicalBytes, canonicalize } from "./canonicalize.js";
export type {
  JsonArray,
  JsonLexicalArray,
  JsonLexicalObject,
  JsonLexicalValue,
  JsonObject,
  JsonValue,
} from "./json-value.js";
export { JsonNumber } from "./json-value.js";
export { charactersMax, depthMax, valuesMax } from "./limits.js";
export type { ParseJsonOptions } from "./parse-json.js";
export { parseJson } from "./parse-json.js";
export { parseJsonBytes } from "./parse-json-bytes.js";
export type { NumberMode } from "./text-cursor.js";
