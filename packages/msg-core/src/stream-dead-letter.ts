/**
 * What becomes of an entry that no message can be made of: a copy in the stream's dead letters, one field
 * of canonical JSON, readable through the same bus with the codec below.
 *
 * ```
 *  dead_letter   {"fields":[["616d705f6a736f6e","7b7d"]],"id":"7-0","reason":"...","stream":"amp:fixer:in"}
 * ```
 *
 * The fields are in order, names and values in hexadecimal. Of an entry of more than `keptWholeMax` bytes
 * each name and value is cut to `keptMax`, and `cut` is true: the original is in its stream until that
 * is trimmed.
 */
import { canonicalBytes, type JsonValue, parseJsonBytes } from "@reprise/canonical-json";
import * as v from "valibot";
import { readContract } from "./contract.js";
import type { StreamCodec } from "./stream-bus.js";
import type { RawEntry } from "./stream-link.js";

/** An alias, not an interface: it is a `JsonValue`. */
export type StreamDeadLetter = {
  /** Where it was, and under which id. */
  readonly stream: string;
  readonly id: string;
  readonly reason: string;
  /** Names and values, in hexadecimal. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  readonly cut?: true | undefined;
};

/** Of names and values together. */
const keptWholeMax = 16 * 2 ** 20;
const keptMax = 1024;
const reasonLengthMax = 1024;

const hex = v.pipe(v.string(), v.regex(/^([0-9a-f]{2})*$/));
const schema = v.strictObject({
  stream: v.string(),
  id: v.string(),
  reason: v.string(),
  fields: v.array(v.strictTuple([hex, hex])),
  cut: v.optional(v.literal(true)),
});

export const streamDeadLetterCodec: StreamCodec<StreamDeadLetter> = {
  field: "dead_letter",
  encode: (letter) => canonicalBytes(letter as JsonValue), // What is undefined in it is refused there.
  decode: (bytes) => readContract(schema, parseJsonBytes(bytes), "dead letter"),
};

export function streamDeadLetterOf(entry: RawEntry, reason: string): StreamDeadLetter {
  const { stream, id, fields } = entry;
  const size = fields.reduce((sum, { length }) => sum + length, 0);
  const isCut = size > keptWholeMax;
  const kept = fields.map((bytes) => hexOf(isCut ? bytes.subarray(0, keptMax) : bytes));
  const pairs: (readonly [string, string])[] = [];
  for (let at = 0; at < kept.length; at += 2) pairs.push([kept[at] ?? "", kept[at + 1] ?? ""]);
  const letter = {
    stream,
    id,
    reason: reason.slice(0, reasonLengthMax).toWellFormed(),
    fields: pairs,
  };
  return isCut ? { ...letter, cut: true } : letter;
}

const digits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += digits[byte];
  return text;
}
