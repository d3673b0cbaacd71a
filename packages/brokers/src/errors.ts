/**
 * The one error of this package. A code names the case, and is API: match on it, never on the text.
 * The table says of each code who has to act, whether the same call may succeed later, and what to do.
 */

/** Who has to act: the calling code, the broker, or whoever looks after the machine. */
export type BrokersFault = "caller" | "broker" | "environment";

export type BrokersErrorCode =
  /** An option is not of its form; nothing was started. */
  | "OPTIONS_INVALID"
  /** A program that the broker needs is not on this machine; `details.install` names its package. */
  | "BINARY_MISSING"
  /** Kafka's jars are not in the cache and could not be fetched. */
  | "ARTIFACTS_UNAVAILABLE"
  /** Another process has the port; `details.owner` says which, where the system tells. */
  | "PORT_TAKEN"
  /** The folder or a file in it cannot be read or written. */
  | "FOLDER_UNAVAILABLE"
  /** The broker's process ended before it answered; `details.logTail` has its last words. */
  | "BROKER_EXITED"
  /** The broker's process lives and did not answer in time: at its start (it was killed), or a signal. */
  | "NOT_ANSWERING"
  /** The process is not there: it was killed or stopped. */
  | "NOT_RUNNING"
  /** `.reprise/brokers/state.json` is not what this package writes. */
  | "STATE_INVALID"
  /** Another `reprise brokers` works in the same folder. */
  | "BUSY"
  /** `docker compose` is not there or failed; `details.logTail` has its last words. */
  | "DOCKER_FAILED"
  /** The caller's signal was aborted; what had begun was cleaned up. */
  | "ABORTED";

interface ErrorRow {
  readonly fault: BrokersFault;
  readonly retryable: boolean;
  /** What whoever reads the message does next. */
  readonly next: string;
}

export const brokersErrors: Readonly<Record<BrokersErrorCode, ErrorRow>> = {
  OPTIONS_INVALID: { fault: "caller", retryable: false, next: "give an option of the form named" },
  BINARY_MISSING: { fault: "environment", retryable: false, next: "install what is named" },
  ARTIFACTS_UNAVAILABLE: {
    fault: "environment",
    retryable: true,
    next: "let mvn reach Maven Central once; afterwards no network is needed",
  },
  PORT_TAKEN: {
    fault: "environment",
    retryable: true,
    next: "stop what has the port, or use another port",
  },
  FOLDER_UNAVAILABLE: {
    fault: "environment",
    retryable: false,
    next: "check the folder and who may write there: ls -ld",
  },
  BROKER_EXITED: { fault: "broker", retryable: false, next: "read the log file that is named" },
  NOT_ANSWERING: { fault: "broker", retryable: true, next: "read the log file that is named" },
  NOT_RUNNING: { fault: "caller", retryable: false, next: "start the broker again: restart()" },
  STATE_INVALID: {
    fault: "environment",
    retryable: false,
    next: "look whether a broker still runs (ps), end it, and remove the file",
  },
  BUSY: { fault: "caller", retryable: true, next: "wait until the other command is done" },
  DOCKER_FAILED: {
    fault: "environment",
    retryable: true,
    next: "docker compose ps and docker compose logs say more; --via native needs no Docker",
  },
  ABORTED: { fault: "caller", retryable: true, next: "run it again" },
};

export interface BrokersErrorDetails {
  readonly cause?: unknown;
  readonly kind?: string;
  readonly port?: number;
  /** Who has the port: `redis-server, pid 4711`. */
  readonly owner?: string;
  /** The package to install. */
  readonly install?: string;
  readonly logFile?: string;
  /** The end of the log, at most 60 lines. */
  readonly logTail?: string;
}

const brand = Symbol.for("@reprise/brokers/BrokersError");

export class BrokersError extends Error {
  override readonly name: string = "BrokersError";
  readonly code: BrokersErrorCode;
  readonly fault: BrokersFault;
  readonly retryable: boolean;
  readonly details: BrokersErrorDetails;

  constructor(code: BrokersErrorCode, message: string, details: BrokersErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.fault = brokersErrors[code].fault;
    this.retryable = brokersErrors[code].retryable;
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }

  /** Works across copies of the package. */
  static is(error: unknown): error is BrokersError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
