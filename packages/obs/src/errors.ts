/**
 * The one error of this package. A code names the case and is API; the text is for people. Nothing
 * in a registry can fail but by the caller's doing, and that does not go away by trying again; where
 * observations leave the process, the machine has a say, too.
 */

/** Who has to act. `peer` is whoever wrote the document that was read. */
export type ObsFault = "caller" | "peer" | "environment";

export type ObsErrorCode =
  // definitions
  | "DEFINITION_INVALID"
  | "NAME_INVALID"
  | "NAME_CLASH"
  | "HELP_INVALID"
  | "UNIT_INVALID"
  | "LABEL_NAME_INVALID"
  | "BUCKETS_INVALID"
  | "STATES_INVALID"
  | "DOCUMENT_INVALID"
  // recording
  | "METRIC_UNDECLARED"
  | "METRIC_TYPE_DIFFERS"
  | "BUCKETS_UNDECLARED"
  | "LABEL_UNDECLARED"
  | "LABEL_VALUE_INVALID"
  | "STATE_UNDECLARED"
  | "STATES_EXCLUSIVE"
  | "VALUE_INVALID"
  | "VALUE_TOO_LARGE"
  | "EXEMPLAR_INVALID"
  // both
  | "LIMIT_EXCEEDED"
  // rendering
  | "REGISTRY_UNKNOWN"
  | "TIME_INVALID"
  // export
  | "OPTION_INVALID"
  | "LISTEN_FAILED";

const faults: Readonly<Record<ObsErrorCode, ObsFault>> = {
  DEFINITION_INVALID: "caller",
  NAME_INVALID: "caller",
  NAME_CLASH: "caller",
  HELP_INVALID: "caller",
  UNIT_INVALID: "caller",
  LABEL_NAME_INVALID: "caller",
  BUCKETS_INVALID: "caller",
  STATES_INVALID: "caller",
  DOCUMENT_INVALID: "peer",
  METRIC_UNDECLARED: "caller",
  METRIC_TYPE_DIFFERS: "caller",
  BUCKETS_UNDECLARED: "caller",
  LABEL_UNDECLARED: "caller",
  LABEL_VALUE_INVALID: "caller",
  STATE_UNDECLARED: "caller",
  STATES_EXCLUSIVE: "caller",
  VALUE_INVALID: "caller",
  VALUE_TOO_LARGE: "caller",
  EXEMPLAR_INVALID: "caller",
  LIMIT_EXCEEDED: "caller",
  REGISTRY_UNKNOWN: "caller",
  TIME_INVALID: "caller",
  OPTION_INVALID: "caller",
  LISTEN_FAILED: "environment",
};

/** What a program may want to act on, besides the code. Each field is there only where it applies. */
export interface ObsErrorDetails {
  /** The metric, by the name it was declared under. */
  readonly metric?: string;
  /** JSON Pointer into the definitions or the document that is wrong. */
  readonly pointer?: string;
  /** The limit that was met, and what came. */
  readonly limit?: number;
  readonly actual?: number;
  /** What the machine said, as the error's `cause`. */
  readonly cause?: unknown;
}

const brand = Symbol.for("@reprise/obs/ObsError");

/** Thrown by everything in this package, and nothing else is. */
export class ObsError extends Error {
  override readonly name: string = "ObsError";
  readonly code: ObsErrorCode;
  readonly fault: ObsFault;
  /** True where the same call may succeed later: the machine's doing. */
  readonly retryable: boolean;
  readonly details: ObsErrorDetails;

  constructor(code: ObsErrorCode, message: string, details: ObsErrorDetails = {}) {
    const { cause, ...rest } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.fault = faults[code];
    this.retryable = this.fault === "environment";
    this.details = rest;
    Object.defineProperty(this, brand, { value: true });
  }

  /** True for an `ObsError` of any copy of this package. */
  static is(error: unknown): error is ObsError {
    return typeof error === "object" && error !== null && brand in error;
  }
}

/** A value as a message shows it: short, and on one line. */
export function shown(value: unknown): string {
  if (typeof value === "string") {
    const short = value.length > 60 ? `${value.slice(0, 60)}...` : value;
    return JSON.stringify(short);
  }
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || typeof value === "number" || typeof value === "boolean") return `${value}`;
  return Array.isArray(value) ? "an array" : `a ${typeof value}`;
}
