/**
 * The protocol's time: RFC 3339 in UTC, with six fractional digits and a capital T and Z. One instant
 * has one spelling, so leap seconds (`:60`) and offsets are refused.
 */
import { AmpError } from "./amp-error.js";

const form = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})\.\d{6}Z$/;
const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function isTimestamp(text: string): boolean {
  const match = form.exec(text);
  if (match === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map(Number);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const length = month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0);
  return day >= 1 && day <= length && hour <= 23 && minute <= 59 && second <= 59;
}

/**
 * `micros`: microseconds since 1970-01-01T00:00:00Z, 0 to 2^53-1 (the year 2255). Throws PORT_INVALID:
 * they come from a clock port.
 */
export function timestampOf(micros: number): string {
  if (!Number.isSafeInteger(micros) || micros < 0) {
    const message = `clock port gave ${micros}, expected whole microseconds since 1970`;
    throw new AmpError("PORT_INVALID", message);
  }
  const millis = new Date(Math.floor(micros / 1000)).toISOString().slice(0, -1);
  return `${millis}${String(micros % 1000).padStart(3, "0")}Z`;
}
