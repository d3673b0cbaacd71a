/** What metrics, traces and logs have in common in OTLP: who speaks, and attributes. */
import type { JsonValue } from "@reprise/canonical-json";
import { compareText } from "../text.js";
import type { OtlpRecord } from "./otlp-schema.js";

export interface OtlpSource {
  /** Attributes of the resource, such as `service.name`. */
  readonly resource?: Readonly<Record<string, string | number | boolean>>;
  /** The instrumentation scope. Default: this package's name. */
  readonly scope?: { readonly name: string; readonly version?: string };
}

/** One request of one resource and one scope. */
export function requestOf(
  { resource = {}, scope = { name: "@reprise/obs" } }: OtlpSource,
  names: readonly [string, string, string],
  items: readonly OtlpRecord[],
): OtlpRecord {
  const [resources, scopes, list] = names;
  return {
    [resources]: [
      {
        resource: { attributes: attributesOf(resource) },
        [scopes]: [{ scope: { name: scope.name, version: scope.version }, [list]: items }],
      },
    ],
  };
}

/** By name, so that the order in which they were set does not show. */
export function attributesOf(attributes: Readonly<Record<string, JsonValue>>): OtlpRecord[] {
  return Object.entries(attributes)
    .sort(([left], [right]) => compareText(left, right))
    .map(([key, value]) => ({ key, value: anyValue(value) }));
}

/** Whole numbers are integers, since nothing says which were meant to be doubles. */
export function anyValue(value: JsonValue): OtlpRecord {
  if (typeof value === "string") return { stringValue: value };
  if (typeof value === "boolean") return { boolValue: value };
  if (typeof value === "number") {
    return Number.isSafeInteger(value) ? { intValue: BigInt(value) } : { doubleValue: value };
  }
  if (value === null) return {};
  if (isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: attributesOf(value) } };
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
