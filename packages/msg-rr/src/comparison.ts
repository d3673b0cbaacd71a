/**
 * What strict replay compares of a publish: the envelope's bytes, or, where the policy declares parts
 * of a message volatile, the envelope without them.
 */
import { canonicalBytes, type JsonValue, parseJson } from "@reprise/canonical-json";
import { decodeEnvelope, type Envelope, encodeEnvelope } from "@reprise/msg-core";

/** The bytes to compare of an encoded envelope: equal for messages that count as the same. */
export type Comparable = (envelope: Uint8Array) => Uint8Array;

/**
 * `volatile` holds JSON Pointers: `/key`, `/headers/<name>`, `/value`, `/value/<member>/...`. A member
 * of an object, or a header, need not be there on either side; an element of an array is not looked
 * into, but it must be there, or the ones behind it would change places.
 */
export function createComparable(volatile: readonly string[]): Comparable {
  if (volatile.length === 0) return (bytes) => bytes;
  const pointers = volatile.map(tokensOf);
  return (bytes) => encodeEnvelope(withoutVolatile(decodeEnvelope(bytes), pointers));
}

function tokensOf(pointer: string): readonly string[] {
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

const nothing = new Uint8Array(0);

function withoutVolatile(envelope: Envelope, pointers: readonly (readonly string[])[]): Envelope {
  const { topic } = envelope;
  let { key, value } = envelope;
  const headers = { ...envelope.headers };
  const members: (readonly string[])[] = [];
  for (const [part, ...rest] of pointers) {
    if (part === "key") key = nothing;
    if (part === "headers") delete headers[rest.join("/")];
    if (part === "value") {
      if (rest.length === 0) value = nothing;
      else members.push(rest);
    }
  }
  if (members.length > 0) value = withoutMembers(value, members);
  return { topic, key, value, headers };
}

/** A value that is not JSON has no members: it is compared whole. */
function withoutMembers(value: Uint8Array, members: readonly (readonly string[])[]): Uint8Array {
  const json = parsed(value);
  if (json === undefined) return value;
  for (const tokens of members) remove(json, tokens);
  return canonicalBytes(json);
}

function remove(json: JsonValue, tokens: readonly string[]): void {
  let at: JsonValue | undefined = json;
  for (const token of tokens.slice(0, -1)) at = memberOf(at, token);
  const last = tokens.at(-1);
  if (last === undefined || typeof at !== "object" || at === null) return;
  // The tree was parsed here and belongs to nobody else. An element is blanked, not taken out: the
  // ones behind it keep their places.
  if (Array.isArray(at)) {
    const index = indexOf(last);
    if (index < at.length) (at as JsonValue[])[index] = null;
  } else {
    delete (at as Record<string, JsonValue>)[last];
  }
}

function memberOf(json: JsonValue | undefined, token: string): JsonValue | undefined {
  if (typeof json !== "object" || json === null) return undefined;
  if (Array.isArray(json)) return json[indexOf(token)];
  // Own members only: a parsed object inherits names that are not data.
  return Object.hasOwn(json, token) ? (json as Record<string, JsonValue>)[token] : undefined;
}

/** The array index that a pointer's token is (RFC 6901); past every array where it is none. */
function indexOf(token: string): number {
  return /^(0|[1-9]\d*)$/.test(token) ? Number(token) : Number.POSITIVE_INFINITY;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** `bytes` as JSON, or undefined where they are not. */
export function parsed(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(utf8.decode(bytes));
  } catch {
    return undefined;
  }
}
