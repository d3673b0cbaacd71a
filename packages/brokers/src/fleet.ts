/** What `reprise brokers` says of its brokers. */
import type { BrokersError } from "./errors.js";
import type { Via } from "./fleet-state.js";
import type { BrokerKind } from "./options.js";

export type BrokerState =
  /** This command started it, and it answers. */
  | "started"
  /** It was started before, and answers. */
  | "up"
  /** What answers on its port was not started by `reprise brokers`: it is never touched. */
  | "foreign"
  /** It was started before, its process is there, and it does not answer. */
  | "silent"
  /** This command stopped it. */
  | "stopped"
  /** Nothing answers. */
  | "down"
  /** This command could not start or stop it: `error` says why. */
  | "failed";

export interface BrokerReport {
  readonly kind: BrokerKind;
  readonly host: string;
  readonly port: number;
  readonly state: BrokerState;
  /** How it was started, where `reprise brokers` did. */
  readonly via?: Via;
  /** Of a native one. */
  readonly pid?: number;
  readonly logFile?: string;
  /** What starting or stopping took, in milliseconds. */
  readonly tookMs?: number;
  readonly error?: BrokersError;
}

export interface ViaChoice {
  readonly via: Via;
  /** Why, in a few words: `docker does not answer`. */
  readonly why: string;
  /** Of docker. */
  readonly composeFile: string | undefined;
}

export interface UpOptions {
  readonly kinds: readonly BrokerKind[];
  readonly choice: ViaChoice;
  /** Aborted, what this call had begun is stopped again, and the reports say ABORTED. */
  readonly signal: AbortSignal;
}

export interface LogOptions {
  readonly kind: BrokerKind;
  /** The last so many lines. */
  readonly lines: number;
  /** Goes on with what is written until `signal` is aborted. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
  /** Gets text of whole and partial lines. */
  write(text: string): Promise<void>;
}

/** The brokers of a working directory. Each method rejects with BrokersError. */
export interface Fleet {
  /** Docker if it is asked for, or if nothing is and it can be had; else native. */
  choose(asked: Via | undefined): Promise<ViaChoice>;
  /** Starts those that are not up, at the same time. Rejects with BUSY, STATE_INVALID. */
  up(options: UpOptions): Promise<readonly BrokerReport[]>;
  /** Stops those that `up` started. Rejects with BUSY, STATE_INVALID. */
  down(kinds: readonly BrokerKind[]): Promise<readonly BrokerReport[]>;
  /** Rejects with STATE_INVALID. */
  status(kinds: readonly BrokerKind[]): Promise<readonly BrokerReport[]>;
  /** Of one that was started here, also when it is down. Rejects with NOT_RUNNING: there is no log. */
  logs(options: LogOptions): Promise<void>;
}
