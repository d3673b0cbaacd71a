/**
 * When to try an export again.
 *
 * Only what may succeed later: 429, 502, 503, 504, and what never got an answer. A request that was
 * refused (400, 413, and all else) would be refused again.
 *
 * Source: opentelemetry-proto, docs/specification.md, "Failures" and "OTLP/HTTP Throttling".
 */

const retryable: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export function isRetryable(status: number): boolean {
  return retryable.has(status);
}

export interface Backoff {
  /** The wait before the first retry; each later one doubles. Milliseconds. */
  readonly firstMs: number;
  readonly mostMs: number;
}

export interface RetryContext {
  /** From 0. */
  readonly attempt: number;
  readonly retryAfter: string | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** From 0 up to 1. */
  readonly random: number;
}

/**
 * Milliseconds to wait. What the server asks for, if it asks; else twice as long as before, of which
 * between half and all is taken, so that clients that failed together do not come back together.
 * Never more than `mostMs`.
 */
export function retryDelayMs(
  { firstMs, mostMs }: Backoff,
  { attempt, retryAfter, nowMs, random }: RetryContext,
): number {
  const asked = retryAfterMs(retryAfter, nowMs);
  if (asked !== undefined) return Math.min(asked, mostMs);
  const most = Math.min(firstMs * 2 ** attempt, mostMs);
  return Math.round(most / 2 + (most / 2) * random);
}

/** Source: RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterMs(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,9}$/.test(text.trim())) return Number(text.trim()) * 1_000;
  if (!/^[A-Za-z]{3}, \d{2} [A-Za-z]{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
