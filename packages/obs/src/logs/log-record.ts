/**
 * One line of a log, as data: what happened (`event`, a name with few values), and what belongs to
 * it (`fields`). Sentences are made by whoever shows it.
 */
import type { JsonValue } from "@reprise/canonical-json";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "fatal";

/** From the least to the gravest. */
export const logLevels: readonly LogLevel[] = ["trace", "debug", "info", "warn", "error", "fatal"];

export interface LogRecord {
  readonly level: LogLevel;
  /** Such as `connection.lost`: at most 128 characters. */
  readonly event: string;
  /** From 0, over all that a logger and those made from it were told, written or not. */
  readonly index: number;
  readonly fields: Readonly<Record<string, JsonValue>>;
  /** 32 and 16 hex digits. */
  readonly traceId?: string;
  readonly spanId?: string;
  /** Nanoseconds since 1970, where the logger was given a clock. */
  readonly timeUnixNano?: bigint;
}

/** Takes a record. One that throws loses that record, and the logger counts it. */
export type LogSink = (record: LogRecord) => void;
