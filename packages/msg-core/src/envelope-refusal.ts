/** How envelopes are refused: by what a caller gave that is none, and by readers at a byte. */
import { isBytes } from "./bytes.js";
import { MsgError, type MsgErrorCode } from "./errors.js";

/** What is wrong, and at which byte of the envelope. */
export function envelopeRefusal(code: MsgErrorCode, problem: string, offset: number): MsgError {
  return new MsgError(code, `envelope: ${problem}, at byte ${offset}`, { offset });
}

/** Throws TOPIC_UNKNOWN where there is no object to have a topic. */
export function checkShape(envelope: unknown): void {
  if (typeof envelope === "object" && envelope !== null) return;
  throw new MsgError("TOPIC_UNKNOWN", `envelope is ${kindOf(envelope)}, expected an object`);
}

export function topicRefusal(topic: unknown): MsgError {
  const problem =
    typeof topic === "string"
      ? "not well-formed: it has a lone surrogate"
      : `${kindOf(topic)}, expected a string`;
  return new MsgError("TOPIC_UNKNOWN", `topic is ${problem}`);
}

/** Throws HEADERS_INVALID, the code for a part of the wrong type. */
export function checkBytes(name: string, value: unknown): void {
  if (isBytes(value)) return;
  throw new MsgError("HEADERS_INVALID", `${name} is ${kindOf(value)}, expected a Uint8Array`);
}

/** What a value of the wrong type is, for a message. */
export function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? Object.prototype.toString.call(value) : typeof value;
}
