/**
 * What a law needs of the driver under trial. A driver's conformance test supplies a `Harness`; the
 * runner (vitest.ts, or another) adds the two ports that need a machine, which makes it a `Subject`.
 */
import type { Driver, Envelope } from "@reprise/msg-core";

/** The two groups a trial may use. */
export type StageGroup = "first" | "second";

/** A topic, its dead letter, and two groups, that nobody else uses or has used. */
export interface Stage {
  readonly topic: string;
  /** A topic that the broker does not have; undefined where it makes whatever is named. */
  readonly unknownTopic: string | undefined;
  /** A driver on `topic`. Its group exists from then on: what is published later is for it. */
  open(group: StageGroup): Promise<Driver>;
  /**
   * A driver of the first group as a new process would open it, on a new day: it shares nothing
   * with those opened before but what the broker has stored.
   */
  openElsewhere(): Promise<Driver>;
  /** A driver that reads what was rejected, from the beginning. */
  openDeadLetter(): Promise<Driver>;
  /** The reason that a message of the dead letter was rejected with. */
  reasonOf(envelope: Envelope): string | undefined;
  /** Takes the stage down. The drivers have been closed. */
  end?(): Promise<void>;
}

/** Each is the driver's own number, or "none", which is put to the test as well. */
export interface SubjectLimits {
  /** Messages in one publish, at least 1,000. One more is LIMIT_EXCEEDED. */
  readonly batchSizeMax: number | "none";
  /** The bytes of one value. One more is VALUE_TOO_LONG. */
  readonly valueSizeMax: number | "none";
  /** Unsettled and unpolled messages of one key, at least 1,000; then `publish` waits. */
  readonly roomMax: number | "none";
}

export interface Harness {
  stage(): Promise<Stage>;
  readonly limits: SubjectLimits;
  /** How long to wait for what must come. It costs time only when a law is broken. */
  readonly patienceMs: number;
  /** How long nothing must have come for a law to say that nothing comes. 0 where that is certain. */
  readonly quietMs: number;
}

export interface Subject extends Harness {
  /** Whether `promise` is settled, either way, within `ms`. Never rejects. */
  settles(promise: Promise<unknown>, ms: number): Promise<boolean>;
  createAbort(): Abort;
}

export interface Abort {
  readonly signal: AbortSignal;
  abort(): void;
}
