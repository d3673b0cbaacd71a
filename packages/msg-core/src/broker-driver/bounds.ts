/** Numbers and names that have a range: out of it is LIMIT_EXCEEDED. */
import { MsgError } from "../errors.js";

export const endpointLengthMax: number = 128;
export const topicLengthMax: number = 256;
export const groupLengthMax: number = 256;
export const deadLetterSuffixLengthMax: number = 64;
/** The longest wait: what timers take, some 24 days. Milliseconds. */
export const waitMsMax: number = 2 ** 31 - 1;
/** Polls of one driver that wait at a time. */
export const waitingPollsMax: number = 1000;
/** Deliveries taken back that one driver remembers, to know a late settlement of one. */
export const revokedMax: number = 100_000;

export interface Range {
  /** Default 1. */
  readonly min?: number;
  readonly max: number;
}

/** `value`, if it is a whole number in the range. Throws LIMIT_EXCEEDED. */
export function inRange(name: string, value: number, { min = 1, max }: Range): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  const message = `${name} is ${value}, expected a whole number from ${min} to ${max}`;
  throw new MsgError("LIMIT_EXCEEDED", message, { limit: max, actual: value });
}

/** Throws LIMIT_EXCEEDED unless `name` has 1 to `lengthMax` characters. */
export function checkName(what: string, name: string, lengthMax: number): void {
  if (name.length >= 1 && name.length <= lengthMax) return;
  const message = `${what} has ${name.length} characters, expected 1 to ${lengthMax}`;
  throw new MsgError("LIMIT_EXCEEDED", message, { limit: lengthMax, actual: name.length });
}
