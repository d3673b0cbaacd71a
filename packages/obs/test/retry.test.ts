/**
 * Goal: what may pass is tried again, after as long as asked or longer each time, and never too long.
 * Method: statuses and headers by hand.
 */
import { expect, test } from "vitest";
import { isRetryable, retryDelayMs } from "../src/otlp/retry.ts";

const backoff = { firstMs: 1_000, mostMs: 30_000 };
const nowMs = Date.UTC(2026, 10, 20, 12, 0, 0);

test("429, 502, 503 and 504, and nothing else", () => {
  const retried = Array.from({ length: 500 }, (_, n) => n + 100).filter(isRetryable);
  expect(retried).toEqual([429, 502, 503, 504]);
});

test.each<[string, number | undefined]>([
  ["7", 7_000],
  ["0", 0],
  [" 2 ", 2_000],
  ["86400", 30_000],
  ["Fri, 20 Nov 2026 12:00:05 GMT", 5_000],
  ["Fri, 20 Nov 2026 11:00:00 GMT", 0],
  ["Fri, 20 Nov 2027 12:00:00 GMT", 30_000],
  ["-1", undefined],
  ["1.5", undefined],
  ["1e3", undefined],
  ["tomorrow", undefined],
  ["99999999999999", undefined],
  ["2026-11-20", undefined],
  ["Xxx, 99 Abc 2026 12:00:05 GMT", undefined],
])("Retry-After %j", (retryAfter, expected) => {
  const context = { attempt: 0, nowMs, random: 0, retryAfter };
  expect(retryDelayMs(backoff, context)).toBe(expected ?? 500);
});

test("waits double up to the longest, and spread from half to all", () => {
  const delays = (random: number): number[] =>
    Array.from({ length: 8 }, (_, attempt) =>
      retryDelayMs(backoff, { attempt, nowMs, random, retryAfter: undefined }),
    );
  expect(delays(0)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000]);
  expect(delays(1)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  const far = { attempt: 5_000, nowMs, random: 0.5, retryAfter: undefined };
  expect(retryDelayMs(backoff, far)).toBe(22_500);
});
