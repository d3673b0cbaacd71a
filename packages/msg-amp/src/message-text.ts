/**
 * Messages to bytes and back. The writer has one spelling for each message (RFC 8785); the reader takes
 * any JSON (key order, escapes, number forms), but no duplicate keys and no lone surrogates, and lays
 * the fields down in the order of the schema.
 *
 * A `causality` or `payload` that is left out is read as `{}`, and is part of what a signature covers:
 * a writer that leaves one out must sign the message with it.
 */
import {
  CanonicalJsonError,
  canonicalBytes,
  type JsonObject,
  type JsonValue,
  parseJson,
  parseJsonBytes,
} from "@reprise/canonical-json";
import { AmpError } from "./amp-error.js";
import { type AmpMessage, messageSizeMax } from "./message.js";
import { fieldNames, isObject, problemOf } from "./schema.js";

export interface ReadAmpOptions {
  /**
   * Take fields that are not in the schema, and leave them on the message, where a signature covers
   * them. Such a message can be verified, not written. Default false.
   */
  readonly lenient?: boolean;
}

/**
 * The message that a JSON text spells; `text` is a string, or UTF-8. Throws JSON_INVALID,
 * MESSAGE_MALFORMED (`details.pointer` says where), LIMIT_EXCEEDED (more than `messageSizeMax` bytes;
 * of a string, characters).
 */
export function parseAmpMessage(
  text: string | Uint8Array,
  { lenient = false }: ReadAmpOptions = {},
): AmpMessage {
  checkSize(text.length);
  const value = withDefaults(readJson(text));
  const problem = problemOf(value, { lenient });
  if (problem === undefined) return value as AmpMessage; // The schema says it is one.
  const { pointer } = problem;
  throw new AmpError("MESSAGE_MALFORMED", sayingWhere(pointer, problem.text), { pointer });
}

/**
 * Canonical bytes (RFC 8785, UTF-8). Throws MESSAGE_INVALID (the schema; what is not JSON; a field that
 * is not in the schema), LIMIT_EXCEEDED.
 */
export function encodeAmpMessage(message: AmpMessage): Uint8Array {
  const bytes = bytesOf(message);
  checkMessage(message);
  checkSize(bytes.length);
  return bytes;
}

/** What a signature is over: the canonical bytes of the message without `sig`. Throws as above. */
export function signedBytes(message: AmpMessage): Uint8Array {
  const { sig: _, ...rest } = message;
  return bytesOf(rest);
}

/** Throws MESSAGE_INVALID unless it is a message of the schema, all of it. */
export function checkMessage(message: AmpMessage): void {
  const problem = problemOf(message, { lenient: false });
  if (problem === undefined) return;
  const { pointer } = problem;
  throw new AmpError("MESSAGE_INVALID", sayingWhere(pointer, problem.text), { pointer });
}

function readJson(text: string | Uint8Array): JsonValue {
  try {
    return typeof text === "string" ? parseJson(text) : parseJsonBytes(text);
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new AmpError("JSON_INVALID", `not a JSON text: ${said}`, { cause });
  }
}

/** A copy with the fields in order, and behind them those that are not in the schema. */
function withDefaults(value: JsonValue): JsonValue {
  if (!isObject(value)) return value;
  const given = value as JsonObject; // It came from the JSON reader.
  const whole: JsonObject = { causality: {}, payload: {}, ...given };
  const known = fieldNames.filter((name) => Object.hasOwn(whole, name));
  const others = Object.keys(given).filter((name) => !fieldNames.includes(name));
  // `fromEntries` makes own members, `__proto__` too.
  return Object.fromEntries([...known, ...others].map((name) => [name, whole[name] as JsonValue]));
}

function bytesOf(value: JsonValue): Uint8Array {
  try {
    return canonicalBytes(value);
  } catch (cause) {
    const pointer = CanonicalJsonError.is(cause) ? (cause.path ?? "") : "";
    const said = cause instanceof Error ? cause.message : String(cause);
    throw new AmpError("MESSAGE_INVALID", sayingWhere(pointer, said), { pointer, cause });
  }
}

function checkSize(actual: number): void {
  if (actual <= messageSizeMax) return;
  const limit = messageSizeMax;
  throw new AmpError("LIMIT_EXCEEDED", `message is ${actual} bytes, at most ${limit}`, {
    limit,
    actual,
  });
}

function sayingWhere(pointer: string, text: string): string {
  return `${pointer === "" ? "the message" : pointer}: ${text}`;
}
