/**
 * From what a source gives to what a call returns. Each call draws once: so a recording has as many
 * entries as the program made calls.
 *
 * ```
 * Math.random          8 bytes: 53 bits of them, as a fraction of 2^53
 * crypto.randomUUID   16 bytes: version 4, RFC 9562
 * crypto.randomInt    16 bytes: modulo the range; no value is likelier by more than 2^-79
 * all others          as many bytes as they fill
 * ```
 */

/** Bytes that a call draws, where it is not for the caller to say. */
export const drawSizes: {
  readonly "Math.random": 8;
  readonly "crypto.randomUUID": 16;
  readonly "crypto.randomInt": 16;
} = { "Math.random": 8, "crypto.randomUUID": 16, "crypto.randomInt": 16 };

const nsPerMs = 1_000_000n;
const nsPerSecond = 1_000_000_000n;

/** Whole milliseconds since 1970, as `Date.now()` gives them. */
export function millisecondsOf(ns: bigint): number {
  return Number(ns / nsPerMs);
}

/** Milliseconds with their fraction, as `performance.now()` gives them. */
export function fractionalMillisecondsOf(ns: bigint): number {
  return Number(ns) / 1e6;
}

/** Seconds and the nanoseconds that are left, as `process.hrtime(since)` gives them. */
export function hrtimeOf(ns: bigint, since: readonly [number, number] = [0, 0]): [number, number] {
  const passed = ns - BigInt(since[0]) * nsPerSecond - BigInt(since[1]);
  // As node does: nanoseconds are never negative.
  const seconds = (passed - (((passed % nsPerSecond) + nsPerSecond) % nsPerSecond)) / nsPerSecond;
  return [Number(seconds), Number(passed - seconds * nsPerSecond)];
}

/** From 0 to below 1. `bytes` are 8. */
export function fractionOf(bytes: Uint8Array): number {
  return Number(integerOf(bytes) >> 11n) / 2 ** 53;
}

/** From `from` to below `to`, both safe integers. `bytes` are 16. */
export function integerInRange(bytes: Uint8Array, from: number, to: number): number {
  return Number(BigInt(from) + (integerOf(bytes) % (BigInt(to) - BigInt(from))));
}

/** A UUID of version 4. `bytes` are 16. */
export function uuidOf(bytes: Uint8Array): `${string}-${string}-${string}-${string}-${string}` {
  const set = bytes.slice();
  set[6] = ((set[6] ?? 0) & 0x0f) | 0x40;
  set[8] = ((set[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(set, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const part = (start: number, end: number): string => hex.slice(start, end);
  return `${part(0, 8)}-${part(8, 12)}-${part(12, 16)}-${part(16, 20)}-${part(20, 32)}`;
}

/** Big-endian. */
function integerOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
