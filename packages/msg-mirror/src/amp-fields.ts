/**
 * Finds the fields of an AMP message in what was seen: in its JSON (an object whose `type`, `actor`
 * and `snap_sha` are strings), else in the headers that an AMP message has as an envelope
 * (`amp-type`, `amp-actor`, `amp-snap-sha`, with the `op_id` as key). Whether it is a valid message
 * is not asked: this is for looking at.
 */
import type { AmpFields, SignatureState } from "./frame.js";
import { cutText, shortTextMax } from "./text-bounds.js";

/**
 * Checks a signature. Gets the message as JSON was read, and answers with a state; anything else it
 * gives, and anything it throws, counts as `unchecked`. It runs once for each message, on the thread
 * of the bus, only while somebody looks on.
 */
export type SignatureOf = (message: Readonly<Record<string, unknown>>) => SignatureState;

const states: ReadonlySet<unknown> = new Set<SignatureState>([
  "valid",
  "unsigned",
  "unknown key",
  "bad signature",
  "unchecked",
]);

export interface AmpSource {
  /** The value, or the message, as its JSON says. */
  readonly json: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The key's text. */
  readonly key: string;
}

/** Undefined: not an AMP message. Never throws. */
export function ampFields(source: AmpSource, signatureOf?: SignatureOf): AmpFields | undefined {
  const { json, headers, key } = source;
  if (isRecord(json)) {
    const { type, actor, op_id, snap_sha } = json;
    if (typeof type === "string" && typeof actor === "string" && typeof snap_sha === "string") {
      return {
        type: cutText(type, shortTextMax),
        actor: cutText(actor, shortTextMax),
        op_id: cutText(typeof op_id === "string" ? op_id : key, shortTextMax),
        snap_sha: cutText(snap_sha, shortTextMax),
        signature: stateOf(json, signatureOf),
      };
    }
  }
  const type = headers["amp-type"];
  const actor = headers["amp-actor"];
  if (type === undefined || actor === undefined) return undefined;
  return {
    type: cutText(type, shortTextMax),
    actor: cutText(actor, shortTextMax),
    op_id: cutText(key, shortTextMax),
    snap_sha: cutText(headers["amp-snap-sha"] ?? "", shortTextMax),
    signature: "unchecked",
  };
}

function stateOf(
  message: Readonly<Record<string, unknown>>,
  signatureOf: SignatureOf | undefined,
): SignatureState {
  if (signatureOf === undefined) return message.sig === undefined ? "unsigned" : "unchecked";
  try {
    const state = signatureOf(message);
    return states.has(state) ? state : "unchecked";
  } catch {
    return "unchecked";
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
