/**
 * The values of an AMQP table, as text. An envelope's headers are strings; other programs send typed
 * values, and each type has one spelling:
 *
 * ```
 * string           itself
 * boolean          true, false
 * integer, double  decimal, as JavaScript writes it: 7, -2.5, 1e+21, NaN
 * timestamp        its seconds
 * decimal          7.25
 * void             the empty string
 * byte array       hexadecimal
 * array, table     JSON in canonical form, of the same spellings; numbers and booleans stay what they are
 * ```
 *
 * An integer beyond 2^53 has lost its last digits when the client hands it over: it has no spelling.
 */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import { MsgError } from "@reprise/msg-core";

/** A value of a table. A timestamp or a decimal is an object that names its type under `!`. */
export type AmqpField =
  | string
  | number
  | boolean
  | null
  | undefined
  | Uint8Array
  | readonly AmqpField[]
  | AmqpTable;

export interface AmqpTable {
  readonly [name: string]: AmqpField;
}

/** What a field may not hold: `exact` is what a header of a message must be, `near` is for a record. */
export type Reading = "exact" | "near";

/** Throws MESSAGE_UNMAPPABLE, only where the reading is `exact`. */
export function fieldText(field: AmqpField, reading: Reading): string {
  if (typeof field === "string") return field;
  const json = jsonOf(field, reading);
  if (typeof json === "string") return json;
  if (json === null) return "";
  return typeof json === "object" ? canonicalize(json) : String(json);
}

function jsonOf(field: AmqpField, reading: Reading): JsonValue {
  switch (typeof field) {
    case "string":
      return field.toWellFormed();
    case "boolean":
      return field;
    case "number":
      return numberOf(field, reading);
    case "object":
      return field === null ? null : compositeOf(field, reading);
    default:
      return null;
  }
}

function numberOf(value: number, reading: Reading): JsonValue {
  if (!Number.isFinite(value)) return String(value);
  const isRounded = Number.isInteger(value) && !Number.isSafeInteger(value);
  // Beyond 64 bits it can only have been a double.
  if (reading === "exact" && isRounded && Math.abs(value) <= 2 ** 63) {
    throw new MsgError("MESSAGE_UNMAPPABLE", `a header is an integer near ${value}, beyond 2^53`);
  }
  return value;
}

function compositeOf(
  field: Uint8Array | readonly AmqpField[] | AmqpTable,
  reading: Reading,
): JsonValue {
  if (field instanceof Uint8Array) return hexOf(field);
  if (Array.isArray(field)) return field.map((member: AmqpField) => jsonOf(member, reading));
  // Neither bytes nor an array: `isArray` does not narrow a readonly one.
  const table = field as AmqpTable;
  const typed = typedText(table);
  if (typed !== undefined) return typed;
  // `__proto__` is a name like any other here.
  const members = Object.entries(table).map(
    ([name, value]) => [name.toWellFormed(), jsonOf(value, reading)] as const,
  );
  return Object.fromEntries(members);
}

/** The two types that have no value of their own in JavaScript. */
function typedText({ "!": type, value }: AmqpTable): string | undefined {
  if (type === "timestamp") return String(value);
  if (type !== "decimal" || typeof value !== "object" || value === null) return undefined;
  // A decimal's value has these two.
  const { places, digits } = value as { readonly places: number; readonly digits: number };
  const text = String(digits).padStart(places + 1, "0");
  return places === 0 ? text : `${text.slice(0, -places)}.${text.slice(-places)}`;
}

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
