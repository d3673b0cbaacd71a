/**
 * W3C Trace Context: which trace a message belongs to, as two headers.
 *
 * ```
 * traceparent  00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
 *              version (2 hex digits, not ff), trace id (32, not all 0), parent id (16, not all 0),
 *              flags (2); lower case. A later version may have more behind another "-".
 * tracestate   vendor=opaque,tenant@vendor=opaque      at most 32 members, each key once
 * ```
 *
 * Headers come from strangers: what is wrong is a result that says so, never an exception. A wrong
 * traceparent makes the whole context worthless; a wrong tracestate is dropped by itself.
 *
 * Source: W3C Trace Context, Recommendation of 23 November 2021, sections 3.2 and 3.3.
 */

export interface TraceContext {
  /** 32 lower-case hex digits, not all 0. */
  readonly traceId: string;
  /** 16 lower-case hex digits, not all 0. */
  readonly spanId: string;
  /** The flag `sampled`: whoever sent this has recorded it. */
  readonly sampled: boolean;
  /** Members in order, the latest first. Empty: none. */
  readonly state: readonly TraceStateMember[];
}

export interface TraceStateMember {
  readonly key: string;
  readonly value: string;
}

export type TraceProblem =
  | "absent"
  | "length"
  | "form"
  | "version"
  | "trace-id-zero"
  | "span-id-zero"
  | "members"
  | "key"
  | "value"
  | "key-twice";

export type TraceparentResult =
  | { readonly ok: true; readonly context: TraceContext }
  | { readonly ok: false; readonly problem: TraceProblem };

export type TracestateResult =
  | { readonly ok: true; readonly state: readonly TraceStateMember[] }
  | { readonly ok: false; readonly problem: TraceProblem };

/** What a version 00 has; a later one may be longer, up to `laterLengthMax` here. */
const traceparentLength = 55;
const laterLengthMax = 512;
const traceparentForm = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/s;

/** The context that a traceparent header names, with no state. */
export function parseTraceparent(text: unknown): TraceparentResult {
  if (typeof text !== "string") return refused("absent");
  if (text.length < traceparentLength || text.length > laterLengthMax) return refused("length");
  const [, version, traceId = "", spanId = "", flags = "", more] = traceparentForm.exec(text) ?? [];
  if (version === undefined) return refused("form");
  if (version === "ff") return refused("version");
  if (version === "00" && more !== undefined) return refused("length");
  if (isZero(traceId)) return refused("trace-id-zero");
  if (isZero(spanId)) return refused("span-id-zero");
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { ok: true, context: { traceId, spanId, sampled, state: [] } };
}

/** Version 00; the flags are `sampled` alone. */
export function formatTraceparent({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

const membersMax = 32;
/** The standard says that at least 512 are to be propagated; nobody needs to take more than this. */
const tracestateLengthMax = 8_192;
const simpleKey = /^[a-z][a-z0-9_\-*/]{0,255}$/;
const tenantKey = /^[a-z0-9][a-z0-9_\-*/]{0,240}@[a-z][a-z0-9_\-*/]{0,13}$/;
/** Printable ASCII without comma and equals; not ending with a space. */
const valueForm = /^[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/;

/** The members of a tracestate header. Empty members and space around members are allowed. */
export function parseTracestate(text: unknown): TracestateResult {
  if (typeof text !== "string") return refused("absent");
  if (text.length > tracestateLengthMax) return refused("length");
  const state: TraceStateMember[] = [];
  const keys = new Set<string>();
  for (const part of text.split(",")) {
    const member = trimmed(part);
    if (member === "") continue;
    const equals = member.indexOf("=");
    if (equals < 0) return refused("form");
    const key = member.slice(0, equals);
    const value = member.slice(equals + 1);
    if (!isStateKey(key)) return refused("key");
    if (!valueForm.test(value)) return refused("value");
    if (keys.has(key)) return refused("key-twice");
    keys.add(key);
    state.push({ key, value });
    if (state.length > membersMax) return refused("members");
  }
  return { ok: true, state };
}

export function formatTracestate(state: readonly TraceStateMember[]): string {
  return state.map(({ key, value }) => `${key}=${value}`).join(",");
}

/** True for ids that a context may have. */
export function isTraceId(id: unknown): id is string {
  return typeof id === "string" && /^[0-9a-f]{32}$/.test(id) && !isZero(id);
}

/** Likewise. */
export function isSpanId(id: unknown): id is string {
  return typeof id === "string" && /^[0-9a-f]{16}$/.test(id) && !isZero(id);
}

function isStateKey(key: string): boolean {
  return simpleKey.test(key) || tenantKey.test(key);
}

/** Space and tab only: `trim` would take what the standard does not. */
function trimmed(part: string): string {
  return part.replace(/^[ \t]+/, "").replace(/[ \t]+$/, "");
}

function isZero(hex: string): boolean {
  return /^0+$/.test(hex);
}

function refused(problem: TraceProblem): { readonly ok: false; readonly problem: TraceProblem } {
  return { ok: false, problem };
}
