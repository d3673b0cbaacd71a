/**
 * The one error of this package.
 *
 * A code names the case and is API: match on it, never on the message. The table gives each code its
 * fault, which is who has to act: the code that called us, or whoever wrote the message. The same
 * input always gives the same error, so a retry never helps.
 */

export type AmpErrorCode =
  // writing
  | "MESSAGE_INVALID"
  | "PORT_INVALID"
  | "NAME_INVALID"
  | "KEY_INVALID"
  | "KEY_MISSING"
  | "LIMIT_EXCEEDED"
  // reading
  | "JSON_INVALID"
  | "MESSAGE_MALFORMED"
  | "ENVELOPE_MISMATCH";

/** Who has to act: the calling code, or whoever wrote the message. */
export type AmpFault = "caller" | "peer";

/** The fault of every code. */
export const ampFaults: Readonly<Record<AmpErrorCode, AmpFault>> = {
  MESSAGE_INVALID: "caller",
  PORT_INVALID: "caller",
  NAME_INVALID: "caller",
  KEY_INVALID: "caller",
  KEY_MISSING: "caller",
  LIMIT_EXCEEDED: "caller",
  JSON_INVALID: "peer",
  MESSAGE_MALFORMED: "peer",
  ENVELOPE_MISMATCH: "peer",
};

/** What a handler may need, besides the code. Each field is there only where it applies. */
export interface AmpErrorDetails {
  readonly cause?: unknown;
  /** JSON Pointer (RFC 6901) to what is wrong in the message; "" is the message itself. */
  readonly pointer?: string;
  /** The limit that was met, and what came. Same unit as the message says. */
  readonly limit?: number;
  readonly actual?: number;
}

const brand = Symbol.for("@reprise/msg-amp/AmpError");

/** `AmpError.is` recognises it across copies of this package. */
export class AmpError extends Error {
  override readonly name: string = "AmpError";
  readonly code: AmpErrorCode;
  readonly fault: AmpFault;
  readonly details: AmpErrorDetails;

  constructor(code: AmpErrorCode, message: string, details: AmpErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.fault = ampFaults[code];
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is AmpError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
