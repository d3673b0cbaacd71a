/**
 * What answers for the clock and for randomness inside a solve world: a recording asks the real ones
 * and writes the answers down, a replay reads them back.
 *
 * A source is asked in the context in which `inWorld` was called: it may do what its caller may.
 */

/** Calls that read a clock. */
export type ClockCall =
  | "Date()"
  | "Date.now"
  | "Intl.DateTimeFormat"
  | "Temporal.Now"
  | "new Date()"
  | "performance.now"
  | "process.hrtime"
  | "process.hrtime.bigint";

/** Calls that draw random bytes. */
export type EntropyCall =
  | "Math.random"
  | "crypto.getRandomValues"
  | "crypto.randomBytes"
  | "crypto.randomFill"
  | "crypto.randomInt"
  | "crypto.randomUUID";

export interface AmbientSources {
  /**
   * Nanoseconds: since 1970 for a call of the calendar, since some beginning, and never less than
   * before, for one of the stop-watch (`isCalendar`).
   */
  clock(call: ClockCall): bigint;
  /** `size` bytes, no more and no less. */
  entropy(call: EntropyCall, size: number): Uint8Array;
}

/** Whether the call asks what time it is; if not, how much has passed. */
export function isCalendar(call: string): boolean {
  return !call.startsWith("performance.") && !call.startsWith("process.");
}
