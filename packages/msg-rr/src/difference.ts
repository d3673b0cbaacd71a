/**
 * Where two messages differ first: the field, the byte in it, and both values, as a person would
 * want to be told. Fields are looked at in the order topic, key, headers, value; a value that is JSON
 * on both sides is followed down to the member.
 */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import { type Envelope, firstDifference } from "@reprise/msg-core";
import { parsed } from "./comparison.js";

export interface Difference {
  /** `topic`, `key`, `header <name>`, `value`, or `value <JSON Pointer>`. */
  readonly field: string;
  /** The first byte that differs, counted in the field. */
  readonly byte: number;
  readonly recorded: string;
  readonly got: string;
}

const shownMax = 72;
const depthMax = 64;
const encoder = new TextEncoder();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The first difference, or undefined if there is none. */
export function differenceOf(recorded: Envelope, got: Envelope): Difference | undefined {
  if (recorded.topic !== got.topic) {
    return ofTexts("topic", recorded.topic, got.topic);
  }
  if (firstDifference(recorded.key, got.key) >= 0) return ofBytes("key", recorded.key, got.key);
  const names = new Set([...Object.keys(recorded.headers), ...Object.keys(got.headers)]);
  for (const name of [...names].sort()) {
    const [left, right] = [recorded.headers[name], got.headers[name]];
    if (left !== right) return ofTexts(`header ${name}`, left, right);
  }
  const byte = firstDifference(recorded.value, got.value);
  if (byte < 0) return undefined;
  const [left, right] = [parsed(recorded.value), parsed(got.value)];
  if (left !== undefined && right !== undefined) {
    const member = memberDifference(left, right, "", 0);
    if (member !== undefined) return { ...member, byte };
  }
  return ofBytes("value", recorded.value, got.value);
}

function ofTexts(field: string, recorded: string | undefined, got: string | undefined): Difference {
  const show = (text: string | undefined): string =>
    text === undefined ? "(none)" : shown(JSON.stringify(text));
  const byte = firstDifference(encoder.encode(recorded ?? ""), encoder.encode(got ?? ""));
  return { field, byte: Math.max(0, byte), recorded: show(recorded), got: show(got) };
}

function ofBytes(field: string, recorded: Uint8Array, got: Uint8Array): Difference {
  const byte = firstDifference(recorded, got);
  return { field, byte, recorded: showBytes(recorded, byte), got: showBytes(got, byte) };
}

function memberDifference(
  recorded: JsonValue,
  got: JsonValue,
  pointer: string,
  depth: number,
): Omit<Difference, "byte"> | undefined {
  if (depth < depthMax && isObject(recorded) && isObject(got)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(got)]);
    for (const name of [...names].sort()) {
      const token = name.replaceAll("~", "~0").replaceAll("/", "~1");
      const left = Object.hasOwn(recorded, name) ? recorded[name] : undefined;
      const right = Object.hasOwn(got, name) ? got[name] : undefined;
      const found = presenceDifference({ left, right }, `${pointer}/${token}`, depth);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (depth < depthMax && Array.isArray(recorded) && Array.isArray(got)) {
    for (let index = 0; index < Math.max(recorded.length, got.length); index++) {
      const sides = { left: recorded[index], right: got[index] };
      const found = presenceDifference(sides, `${pointer}/${index}`, depth);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  const [left, right] = [canonicalize(recorded), canonicalize(got)];
  if (left === right) return undefined;
  return { field: `value ${pointer || "/"}`, recorded: shown(left), got: shown(right) };
}

function presenceDifference(
  { left, right }: { left: JsonValue | undefined; right: JsonValue | undefined },
  pointer: string,
  depth: number,
): Omit<Difference, "byte"> | undefined {
  if (left !== undefined && right !== undefined) {
    return memberDifference(left, right, pointer, depth + 1);
  }
  const show = (value: JsonValue | undefined): string =>
    value === undefined ? "(none)" : shown(canonicalize(value));
  return { field: `value ${pointer}`, recorded: show(left), got: show(right) };
}

function isObject(value: JsonValue): value is Readonly<Record<string, JsonValue>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Text around `byte` where the bytes are text, else hex from there on. */
function showBytes(bytes: Uint8Array, byte: number): string {
  if (bytes.length === 0) return "(empty)";
  const from = Math.max(0, byte - shownMax / 3);
  const prefix = from > 0 ? "..." : "";
  try {
    const window = bytes.subarray(from, from + shownMax);
    return `${prefix}${shown(JSON.stringify(utf8.decode(window)))}`;
  } catch {
    const hex = Array.from(bytes.subarray(byte, byte + 24), (value) =>
      value.toString(16).padStart(2, "0"),
    ).join("");
    return byte < bytes.length ? `hex ${hex} from byte ${byte}` : `ends at byte ${bytes.length}`;
  }
}

function shown(text: string): string {
  return text.length <= shownMax ? text : `${text.slice(0, shownMax)}...`;
}
