/**
 * OTLP's JSON: that of protocol buffers, but for ids, which are hex, and enums, which are numbers.
 * 64-bit numbers are decimal text; NaN and the infinities are texts.
 *
 * Source: opentelemetry-proto, docs/specification.md, "JSON Protobuf Encoding".
 */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import type { FieldKind, OtlpRecord, OtlpSchema, OtlpValue } from "./otlp-schema.js";

/** The message as canonical JSON: the same message, the same bytes. */
export function encodeOtlpJson(schema: OtlpSchema, message: OtlpRecord): string {
  return canonicalize(jsonMessage(schema, message));
}

function jsonMessage({ fields }: OtlpSchema, message: OtlpRecord): JsonValue {
  const json: Record<string, JsonValue> = {};
  for (const { name, kind, repeated } of fields) {
    const value = message[name];
    if (value === undefined) continue;
    if (!repeated) json[name] = jsonValue(kind, value);
    // A repeated field's value is an array: the builders of this folder make them.
    else json[name] = (value as readonly OtlpValue[]).map((item) => jsonValue(kind, item));
  }
  return json;
}

function jsonValue(kind: FieldKind, value: OtlpValue): JsonValue {
  // A message's value is a record, likewise.
  if (typeof kind === "object") return jsonMessage(kind, value as OtlpRecord);
  if (typeof value === "bigint") return `${value}`;
  if (typeof value === "number") return Number.isFinite(value) ? value + 0 : `${value}`;
  return typeof value === "boolean" ? value : `${value}`;
}
