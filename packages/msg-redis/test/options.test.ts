/**
 * Goal: options are completed by the profile and the defaults, and held to their ranges.
 * Method: the defaults in full; then each option beyond its range.
 */
import { expect, test } from "vitest";
import { type RedisDriverOptions, settingsOf } from "../src/options.ts";
import { profileOn } from "./redis-harness.ts";
import { refusal } from "./refusal.ts";

const profile = profileOn(6379);

test("nothing said: the profile and the defaults", () => {
  expect(settingsOf({}, profile)).toEqual({
    profile,
    topics: [],
    publishTopics: undefined,
    group: "test_redis_v1",
    start: "beginning",
    wire: "native",
    secrets: undefined,
    tls: undefined,
    deadLetterSuffix: ".dead-letter",
    trim: { length: 1_000_000, what: "acknowledged" },
    limits: {
      batchSizeMax: 10_000,
      valueSizeMax: 1_000_000,
      inFlightMax: 10_000,
      inFlightBytesMax: 67_108_864,
      waitingPublishesMax: 1_000,
      pollItemsMax: 1_000,
      inboxMax: 1_000,
    },
    times: {
      connectMs: 10_000,
      commandMs: 5_000,
      callMs: 30_000,
      claimIdleMs: 30_000,
      claimEveryMs: 1_000,
      forgetMs: 600_000,
      stallMs: 60_000,
    },
    blockMs: 200,
  });
});

test("what is published to is what is read, the dead letters, and what is named besides", () => {
  const { publishTopics } = settingsOf({ topics: ["a"], publishTopics: ["b"] }, profile);
  expect([...(publishTopics ?? [])].sort()).toEqual(["a", "a.dead-letter", "b"]);
});

test.each([
  [0, 1_000, 1],
  [60_000, 1_000, 1_000],
  [200, 50, 50],
])("a read that waits %d ms at most, and a look every %d: %d", (waitMs, claimEveryMs, blockMs) => {
  const limits = { ...profile.limits, max_poll_wait_ms: waitMs };
  expect(settingsOf({ times: { claimEveryMs } }, { ...profile, limits }).blockMs).toBe(blockMs);
});

const wrong: readonly Omit<RedisDriverOptions, "profile">[] = [
  { group: "" },
  { group: "g".repeat(257) },
  { topics: [""] },
  { topics: ["t".repeat(257)] },
  { topics: ["t", "t"] },
  { topics: Array.from({ length: 1001 }, (_, index) => `t${index}`) },
  { publishTopics: [""] },
  { deadLetterSuffix: "" },
  { deadLetterSuffix: "x".repeat(65) },
  { limits: { inboxMax: 0 } },
  { limits: { batchSizeMax: 1.5 } },
  { limits: { inFlightMax: Number.NaN } },
  { times: { connectMs: 0 } },
  { times: { callMs: -1 } },
  { times: { claimIdleMs: 299 } },
  { times: { stallMs: 2 ** 31 } },
  { trim: { length: 999 } },
];

test.each(wrong.map((options) => [JSON.stringify(options).slice(0, 60), options] as const))(
  "%s is out of range",
  (_, options) => {
    expect(refusal(() => settingsOf(options, profile)).code).toBe("LIMIT_EXCEEDED");
  },
);
