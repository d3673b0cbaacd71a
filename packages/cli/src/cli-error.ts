/**
 * What a command can fail with, besides what reading a cassette throws. A code is API; the table
 * says whose fault it is and which exit status it gives.
 */

export type CliErrorCode =
  /** The command line asks for what cannot be. */
  | "USAGE"
  /** Nothing is there under that name. */
  | "FILE_MISSING"
  /** It is there and cannot be read or written. */
  | "FILE_UNAVAILABLE"
  /** The first bytes are those of another kind of file. */
  | "NOT_A_CASSETTE"
  /** The damage is not a cut tail: cutting it off would lose what can be read. */
  | "NOT_REPAIRABLE"
  /** The copy that would be made is there already. */
  | "COPY_EXISTS"
  /** The file grew or shrank while it was looked at. */
  | "FILE_CHANGED"
  /** What is printed cannot be written: the disk is full, for one. */
  | "OUTPUT_FAILED";

export type CliFault = "caller" | "peer" | "environment";

/** Exit statuses of every command. */
export const status: {
  readonly fine: 0;
  readonly failed: 1;
  readonly usage: 2;
  readonly refused: 3;
} = { fine: 0, failed: 1, usage: 2, refused: 3 };

export const cliErrors: Readonly<
  Record<CliErrorCode, { readonly fault: CliFault; readonly status: number; readonly next: string }>
> = {
  USAGE: {
    fault: "caller",
    status: status.usage,
    next: "add --help for what there is",
  },
  FILE_MISSING: {
    fault: "caller",
    status: status.usage,
    next: "give the path of a file, or the name of a cassette below .x07_rr",
  },
  FILE_UNAVAILABLE: {
    fault: "environment",
    status: status.usage,
    next: "check what it is and who may read and write it: ls -l",
  },
  NOT_A_CASSETTE: {
    fault: "caller",
    status: status.failed,
    next: "give a cassette: a .rrbin file that was recorded; ls .x07_rr shows those there are",
  },
  NOT_REPAIRABLE: {
    fault: "peer",
    status: status.failed,
    next: "restore the file (git checkout), or record it again",
  },
  COPY_EXISTS: {
    fault: "caller",
    status: status.usage,
    next: "look at that copy, then move or remove it; or repair with --no-backup",
  },
  FILE_CHANGED: {
    fault: "environment",
    status: status.failed,
    next: "wait until nothing records into it, then repair again",
  },
  OUTPUT_FAILED: {
    fault: "environment",
    status: status.refused,
    next: "make room where the output goes, or send it elsewhere",
  },
};

export interface CliErrorDetails {
  readonly cause?: unknown;
  /** Index of the cassette entry, from 0, and the byte. */
  readonly entry?: number;
  readonly offset?: number;
}

const brand = Symbol.for("@reprise/cli/CliError");

export class CliError extends Error {
  override readonly name: string = "CliError";
  readonly code: CliErrorCode;
  readonly fault: CliFault;
  readonly details: CliErrorDetails;

  constructor(code: CliErrorCode, message: string, details: CliErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.fault = cliErrors[code].fault;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is CliError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
