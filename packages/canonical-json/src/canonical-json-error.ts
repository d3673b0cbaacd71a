/**
 * The one error of this package.
 *
 * A code names the case and is API: match on it, never on the message. The table gives each code
 * its fault, which is who has to act: the code that called us, or whoever wrote the text.
 */

export type CanonicalJsonErrorCode =
  // canonicalize
  | "UNSUPPORTED_TYPE"
  | "NUMBER_NOT_FINITE"
  | "STRING_ILL_FORMED"
  | "OBJECT_NOT_PLAIN"
  | "SYMBOL_KEY"
  | "TO_JSON_METHOD"
  | "CYCLE"
  | "VALUE_TOO_DEEP"
  | "VALUE_TOO_LARGE"
  | "VALUE_UNREADABLE"
  // parseJson
  | "ARGUMENT_INVALID"
  | "UTF8_INVALID"
  | "LONE_SURROGATE"
  | "UNEXPECTED_END"
  | "UNEXPECTED_CHARACTER"
  | "TRAILING_TEXT"
  | "CONTROL_CHARACTER"
  | "ESCAPE_INVALID"
  | "NUMBER_INVALID"
  | "NUMBER_OVERFLOW"
  | "NUMBER_NOT_CANONICAL"
  | "DUPLICATE_KEY"
  | "TEXT_TOO_DEEP";

/** Who has to act: the calling code, or whoever wrote the text. */
export type CanonicalJsonFault = "caller" | "peer";

/** The fault of every code. No case is worth a retry: the same input gives the same answer. */
export const canonicalJsonFaults: Readonly<Record<CanonicalJsonErrorCode, CanonicalJsonFault>> = {
  UNSUPPORTED_TYPE: "caller",
  NUMBER_NOT_FINITE: "caller",
  STRING_ILL_FORMED: "caller",
  OBJECT_NOT_PLAIN: "caller",
  SYMBOL_KEY: "caller",
  TO_JSON_METHOD: "caller",
  CYCLE: "caller",
  VALUE_TOO_DEEP: "caller",
  VALUE_TOO_LARGE: "caller",
  VALUE_UNREADABLE: "caller",
  ARGUMENT_INVALID: "caller",
  UTF8_INVALID: "peer",
  LONE_SURROGATE: "peer",
  UNEXPECTED_END: "peer",
  UNEXPECTED_CHARACTER: "peer",
  TRAILING_TEXT: "peer",
  CONTROL_CHARACTER: "peer",
  ESCAPE_INVALID: "peer",
  NUMBER_INVALID: "peer",
  NUMBER_OVERFLOW: "peer",
  NUMBER_NOT_CANONICAL: "peer",
  DUPLICATE_KEY: "peer",
  TEXT_TOO_DEEP: "peer",
};

/** Where the error is, and what caused it. */
export interface CanonicalJsonErrorPlace {
  readonly path?: string;
  readonly offset?: number;
  readonly line?: number;
  readonly column?: number;
  readonly cause?: unknown;
}

// In the global registry, so that two copies of this package know each other's errors.
const mark: unique symbol = Symbol.for("@reprise/canonical-json/CanonicalJsonError");

export class CanonicalJsonError extends Error {
  readonly code: CanonicalJsonErrorCode;
  readonly fault: CanonicalJsonFault;
  /** `canonicalize`: a JSON Pointer (RFC 6901) to the offending value; `""` is the root. */
  readonly path: string | undefined;
  /** `parseJson`: index into the text in UTF-16 units. With `UTF8_INVALID`: index of a byte. */
  readonly offset: number | undefined;
  /** `parseJson`: from 1; a line ends at LF, CR or CR LF. */
  readonly line: number | undefined;
  /** `parseJson`: from 1, in UTF-16 units. */
  readonly column: number | undefined;

  constructor(code: CanonicalJsonErrorCode, message: string, place: CanonicalJsonErrorPlace = {}) {
    super(message, "cause" in place ? { cause: place.cause } : undefined);
    this.name = "CanonicalJsonError";
    this.code = code;
    this.fault = canonicalJsonFaults[code];
    this.path = place.path;
    this.offset = place.offset;
    this.line = place.line;
    this.column = place.column;
    Object.defineProperty(this, mark, { value: true });
  }

  /** Whether `error` is one of ours, made by this copy of the package or by another. */
  static is(error: unknown): error is CanonicalJsonError {
    return error instanceof Error && mark in error && "code" in error;
  }
}
