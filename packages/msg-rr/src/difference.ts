/**
 * Where two messages differ first: the field, the byte in it, and both values, as a person would
 * want to be told. Fields are looked at in the order topic, key, headers, value; a value that is JSON
 * on both sides is followed down to the member.
 */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import { type Envelope, firstDifference } from "@reprise/msg-core";
import { parsed } from "./comparison.js";
import { around, hexFrom, quoted, textOf, visible } from "./show-text.js";

export interface Difference {
  /** `topic`, `key`, `header <name>`, `value`, or `value <JSON Pointer>`. */
  readonly field: string;
  /** The first byte that differs, counted in the whole field; undefined where one side has no such. */
  readonly byte: number | undefined;
  readonly recorded: string;
  readonly got: string;
}

type Found = Omit<Difference, "byte">;

const depthMax = 64;
const missing = "(none)";
const encoder = new TextEncoder();

/** The first difference, or undefined if there is none. */
export function differenceOf(recorded: Envelope, got: Envelope): Difference | undefined {
  if (recorded.topic !== got.topic) return ofTexts("topic", recorded.topic, got.topic);
  if (firstDifference(recorded.key, got.key) >= 0) return ofBytes("key", recorded.key, got.key);
  const names = new Set([...Object.keys(recorded.headers), ...Object.keys(got.headers)]);
  for (const name of [...names].sort()) {
    const left = ownMember(recorded.headers, name);
    const right = ownMember(got.headers, name);
    if (left !== right) return ofTexts(`header ${visible(name)}`, left, right);
  }
  const byte = firstDifference(recorded.value, got.value);
  if (byte < 0) return undefined;
  const [left, right] = [parsed(recorded.value), parsed(got.value)];
  if (left !== undefined && right !== undefined) {
    const member = memberDifference({ left, right }, "", 0);
    if (member !== undefined) return { ...member, byte };
  }
  return ofBytes("value", recorded.value, got.value);
}

/** Header names such as `constructor` are data, not what objects inherit. */
function ownMember<Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Value | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function ofTexts(field: string, recorded: string | undefined, got: string | undefined): Difference {
  if (recorded === undefined || got === undefined) {
    const show = (text: string | undefined): string =>
      text === undefined ? missing : shownText(text, 0);
    return { field, byte: undefined, recorded: show(recorded), got: show(got) };
  }
  const at = firstUnlike(recorded, got);
  return {
    field,
    byte: firstDifference(encoder.encode(recorded), encoder.encode(got)),
    recorded: shownText(recorded, at),
    got: shownText(got, at),
  };
}

/** Text if both sides are text; else hex, from the byte on. */
function ofBytes(field: string, recorded: Uint8Array, got: Uint8Array): Difference {
  const byte = firstDifference(recorded, got);
  const [left, right] = [textOf(recorded), textOf(got)];
  if (left !== undefined && right !== undefined) {
    const at = firstUnlike(left, right);
    return { field, byte, recorded: shownText(left, at), got: shownText(right, at) };
  }
  const show = (bytes: Uint8Array): string => {
    if (bytes.length === 0) return "(empty)";
    if (byte >= bytes.length) return `(ends after ${bytes.length} bytes)`;
    return `${byte > 0 ? "..." : ""}hex ${hexFrom(bytes, byte)}`;
  };
  return { field, byte, recorded: show(recorded), got: show(got) };
}

function shownText(text: string, at: number): string {
  if (text === "") return "(empty)";
  const part = around(text, at);
  return `${part.before}${quoted(part.text)}${part.after}`;
}

/** The index at which two strings part. */
function firstUnlike(left: string, right: string): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}

interface Sides {
  readonly left: JsonValue | undefined;
  readonly right: JsonValue | undefined;
}

function memberDifference(
  { left, right }: Sides,
  pointer: string,
  depth: number,
): Found | undefined {
  const field = pointer === "" ? "value" : `value ${visible(pointer)}`;
  if (left === undefined || right === undefined) {
    const show = (value: JsonValue | undefined): string =>
      value === undefined ? missing : shownJson(canonicalize(value), 0);
    return { field, recorded: show(left), got: show(right) };
  }
  if (depth < depthMax) {
    if (isObject(left) && isObject(right)) {
      return firstMember(namesOf(left, right), (name) => {
        const sides = { left: ownMember(left, name), right: ownMember(right, name) };
        return memberDifference(sides, `${pointer}/${token(name)}`, depth + 1);
      });
    }
    if (Array.isArray(left) && Array.isArray(right)) {
      const indexes = Array.from({ length: Math.max(left.length, right.length) }, (_, at) => at);
      return firstMember(indexes, (index) => {
        const sides = { left: left[index], right: right[index] };
        return memberDifference(sides, `${pointer}/${index}`, depth + 1);
      });
    }
  }
  const [leftText, rightText] = [canonicalize(left), canonicalize(right)];
  if (leftText === rightText) return undefined;
  const at = firstUnlike(leftText, rightText);
  return { field, recorded: shownJson(leftText, at), got: shownJson(rightText, at) };
}

function firstMember<Name>(
  names: readonly Name[],
  differenceAt: (name: Name) => Found | undefined,
): Found | undefined {
  for (const name of names) {
    const found = differenceAt(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

type JsonRecord = Readonly<Record<string, JsonValue>>;

function isObject(value: JsonValue): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function namesOf(left: JsonRecord, right: JsonRecord): readonly string[] {
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
}

function token(name: string): string {
  return name.replaceAll("~", "~0").replaceAll("/", "~1");
}

function shownJson(text: string, at: number): string {
  const part = around(text, at);
  return `${part.before}${visible(part.text)}${part.after}`;
}
