/**
 * The one error of this package. A code names the case, and is API: match on it, never on the text.
 * The table says of each code who has to act, and whether the same call may succeed later. Only
 * starting a mirror throws: once it runs, what goes wrong is a client's, and ends that client.
 */

/** Who has to act: the calling code, or whoever looks after the machine. */
export type MirrorFault = "caller" | "environment";

export type MirrorErrorCode =
  /** An option is not of its form or out of its range; `details.option` names it. */
  | "OPTIONS_INVALID"
  /** The mirror would be reachable from other machines, and has no token. */
  | "TOKEN_REQUIRED"
  /** The host and port cannot be listened on; `cause` says why. */
  | "ADDRESS_UNAVAILABLE"
  /** A file of the page is not where the package has it; `cause` says which. */
  | "PAGE_MISSING";

interface ErrorRow {
  readonly fault: MirrorFault;
  readonly retryable: boolean;
}

const rows: Readonly<Record<MirrorErrorCode, ErrorRow>> = {
  OPTIONS_INVALID: { fault: "caller", retryable: false },
  TOKEN_REQUIRED: { fault: "caller", retryable: false },
  ADDRESS_UNAVAILABLE: { fault: "environment", retryable: true },
  PAGE_MISSING: { fault: "environment", retryable: false },
};

export interface MirrorErrorDetails {
  readonly cause?: unknown;
  readonly option?: string;
  /** `host:port` */
  readonly address?: string;
}

const brand = Symbol.for("@reprise/msg-mirror/MirrorError");

/** `MirrorError.is` recognises it across copies of this package. */
export class MirrorError extends Error {
  override readonly name: string = "MirrorError";
  readonly code: MirrorErrorCode;
  readonly fault: MirrorFault;
  readonly retryable: boolean;
  readonly details: MirrorErrorDetails;

  constructor(code: MirrorErrorCode, message: string, details: MirrorErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.fault = rows[code].fault;
    this.retryable = rows[code].retryable;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is MirrorError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
