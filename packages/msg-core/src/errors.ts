/**
 * The one error of the messaging packages.
 *
 * A code names the case, and is API: match on it, never on the text. The table says of each code
 * who has to act (`fault`), whether the same call may succeed later (`retryable`), and which number
 * the X07 stack gives the same case. That number is what a cassette holds in `err`.
 */

/** Who has to act: the calling code, whoever wrote the bytes, the broker, the machine, or Reprise. */
export type Fault = "caller" | "peer" | "broker" | "environment" | "bug";

export type MsgErrorCode =
  // msg.envelope_v1
  | "TOPIC_UNKNOWN"
  | "VALUE_TOO_LONG"
  | "HEADERS_INVALID"
  | "HEADER_NAME_INVALID"
  | "HEADER_VALUE_INVALID"
  | "ENVELOPE_TOO_LARGE"
  | "ENVELOPE_FRAMING"
  | "ENVELOPE_VERSION"
  | "HEADER_SECTION_INVALID"
  // msg.rr.entry_v1
  | "ENTRY_TOO_LARGE"
  | "ENTRY_TAG_INVALID"
  | "ENTRY_FRAMING"
  | "ENTRY_VERSION"
  // contract documents
  | "CONTRACT_INVALID"
  | "DOCUMENT_INVALID"
  // drivers
  | "ABORTED"
  | "AUTHENTICATION_FAILED"
  | "BROKER_REFUSED"
  | "BROKER_TIMEOUT"
  | "BROKER_UNREACHABLE"
  | "CLOSED"
  | "CODEC_MISSING"
  | "CONNECTION_LOST"
  | "DELIVERY_UNKNOWN"
  | "LIMIT_EXCEEDED"
  | "MESSAGE_UNMAPPABLE"
  | "OBSERVER_FAILED"
  | "PUBLISH_INCOMPLETE"
  | "QUEUE_FULL"
  | "SECRET_MISSING"
  | "TOPOLOGY_MISMATCH"
  | "UNROUTABLE"
  // sessions and cassettes
  | "SESSION_CONFIG"
  | "SESSION_MISSING"
  | "SESSION_CLOSED"
  | "CASSETTE_VERSION"
  | "CASSETTE_UNAVAILABLE"
  | "CASSETTE_PATH"
  | "CASSETTE_TRUNCATED"
  | "CASSETTE_ENTRY_INVALID"
  | "CASSETTE_CHECKSUM"
  | "BUDGET_BYTES"
  | "BUDGET_ENTRIES"
  | "BUDGET_REQ"
  | "BUDGET_RESP"
  | "BUDGET_KEY"
  | "MODE_NO_REPLAY"
  | "MODE_NO_APPEND"
  // matching and policies
  | "NO_MATCH"
  | "KIND_MISMATCH"
  | "OP_MISMATCH"
  | "RECORDED_MISMATCH"
  | "RESULT_INVALID"
  | "REPLAY_DIFFERS"
  | "REPLAY_UNUSED"
  | "POLICY_UNKNOWN"
  | "POLICY_REFUSED"
  | "SECRET_FOUND";

interface ErrorRow {
  readonly fault: Fault;
  readonly retryable: boolean;
  readonly x07: number | undefined;
}

const row = (fault: Fault, x07?: number): ErrorRow => ({ fault, retryable: false, x07 });
const retryable = (fault: Fault, x07?: number): ErrorRow => ({ fault, retryable: true, x07 });

const errorTable: Readonly<Record<MsgErrorCode, ErrorRow>> = {
  TOPIC_UNKNOWN: row("caller", 9501),
  VALUE_TOO_LONG: row("caller", 9502),
  HEADERS_INVALID: row("caller", 9503),
  HEADER_NAME_INVALID: row("caller", 9504),
  HEADER_VALUE_INVALID: row("caller", 9505),
  ENVELOPE_TOO_LARGE: row("caller", 9506),
  ENVELOPE_FRAMING: row("peer", 9507),
  ENVELOPE_VERSION: row("peer", 9508),
  HEADER_SECTION_INVALID: row("peer", 9509),
  ENTRY_TOO_LARGE: row("caller", 9601),
  ENTRY_TAG_INVALID: row("caller", 9602),
  ENTRY_FRAMING: row("peer", 9603),
  ENTRY_VERSION: row("peer", 9604),
  CONTRACT_INVALID: row("caller"),
  DOCUMENT_INVALID: row("peer"),
  ABORTED: retryable("caller"),
  AUTHENTICATION_FAILED: row("caller"),
  BROKER_REFUSED: row("broker"),
  BROKER_TIMEOUT: retryable("broker"),
  BROKER_UNREACHABLE: retryable("environment"),
  CLOSED: row("caller"),
  CODEC_MISSING: row("caller"),
  CONNECTION_LOST: retryable("environment"),
  DELIVERY_UNKNOWN: row("caller"),
  LIMIT_EXCEEDED: row("caller"),
  MESSAGE_UNMAPPABLE: row("peer"),
  OBSERVER_FAILED: row("caller"),
  PUBLISH_INCOMPLETE: retryable("broker"),
  QUEUE_FULL: retryable("broker"),
  SECRET_MISSING: row("caller"),
  TOPOLOGY_MISMATCH: row("caller"),
  UNROUTABLE: row("caller"),
  SESSION_CONFIG: row("caller", 2000),
  SESSION_MISSING: row("caller", 9610),
  SESSION_CLOSED: row("caller", 9611),
  CASSETTE_VERSION: row("peer", 2001),
  CASSETTE_UNAVAILABLE: row("environment", 2002),
  CASSETTE_PATH: row("caller", 2000),
  CASSETTE_TRUNCATED: row("peer", 2014),
  CASSETTE_ENTRY_INVALID: row("peer", 2008),
  CASSETTE_CHECKSUM: row("peer", 2008),
  BUDGET_BYTES: row("caller", 2003),
  BUDGET_ENTRIES: row("caller", 2004),
  BUDGET_REQ: row("caller", 2005),
  BUDGET_RESP: row("caller", 2006),
  BUDGET_KEY: row("caller", 2007),
  MODE_NO_REPLAY: row("caller", 2012),
  MODE_NO_APPEND: row("caller", 2013),
  NO_MATCH: row("caller", 2009),
  KIND_MISMATCH: row("caller", 2010),
  OP_MISMATCH: row("caller", 2011),
  RECORDED_MISMATCH: row("peer", 9612),
  RESULT_INVALID: row("bug", 9613),
  REPLAY_DIFFERS: row("caller", 2009),
  REPLAY_UNUSED: row("caller"),
  POLICY_UNKNOWN: row("caller", 2000),
  POLICY_REFUSED: row("caller", 2000),
  SECRET_FOUND: row("caller"),
};

/** What a program may want to act on, besides the code. Each field is there only where it applies. */
export interface MsgErrorDetails {
  readonly cause?: unknown;
  /** Byte offset in the input where reading failed. */
  readonly offset?: number;
  /** Index of the cassette entry, from 0. */
  readonly entry?: number;
  /** JSON Pointer into the document that is wrong. */
  readonly pointer?: string;
  /** The limit that was met, and what came. Same unit as the message says. */
  readonly limit?: number;
  readonly actual?: number;
  /** PUBLISH_INCOMPLETE: one for each envelope, in order; a `MsgError` where it is not safe. */
  readonly outcomes?: readonly unknown[];
  /** The X07 number read from a cassette, where it is not the table's. */
  readonly x07?: number;
}

const brand = Symbol.for("@reprise/msg-core/MsgError");

/**
 * Thrown, or rejected with, by every messaging package. `MsgError.is` recognises it across copies
 * of this package.
 */
export class MsgError extends Error {
  override readonly name: string = "MsgError";
  readonly code: MsgErrorCode;
  readonly fault: Fault;
  /** Whether the same call may succeed later, unchanged. */
  readonly retryable: boolean;
  /** The X07 stack's number for this case, where it has one. */
  readonly x07: number | undefined;
  readonly details: MsgErrorDetails;

  constructor(code: MsgErrorCode, message: string, details: MsgErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    const { fault, retryable, x07 } = errorTable[code];
    this.code = code;
    this.fault = fault;
    this.retryable = retryable;
    this.x07 = details.x07 ?? x07;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is MsgError {
    return typeof error === "object" && error !== null && brand in error;
  }

  /** Whether `code` is one of ours: for codes read back from a file. */
  static isCode(code: string): code is MsgErrorCode {
    return Object.hasOwn(errorTable, code);
  }
}
