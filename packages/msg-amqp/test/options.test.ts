/**
 * Goal: every option has its default and its limits, and says what it would have taken.
 * Method: each at its ends and one beyond.
 */
import type { AmqpDriverOptions } from "@reprise/msg-amqp";
import { expect, test } from "vitest";
import { settingsOf } from "../src/options.js";
import { bareTopology, profileAt } from "./amqp-harness.ts";
import { refusal } from "./refusal.ts";

const profile = profileAt(5672);
const settings = (options: Partial<AmqpDriverOptions>, from = profile) =>
  settingsOf({ profile: from, topology: bareTopology("e"), ...options }, from);

test("the defaults", () => {
  expect(settings({})).toStrictEqual({
    deadLetterSuffix: ".dead-letter",
    wire: "native",
    queueType: "classic",
    prefetch: 2000,
    limits: {
      batchSizeMax: 10_000,
      valueSizeMax: 300_000,
      inFlightMax: 10_000,
      inFlightBytesMax: 64 * 2 ** 20,
      waitingPublishesMax: 1000,
      pollItemsMax: 10_000,
      inboxMax: 2 ** 31 - 1,
    },
    stallMs: 60_000,
    connectTimeoutMs: 10_000,
    publishTimeoutMs: 30_000,
    heartbeatSeconds: 10,
  });
});

test("a prefetch beyond what AMQP counts to is taken as that", () => {
  expect(settings({}, profileAt(1, { prefetch_count: 1_000_000 })).prefetch).toBe(65_535);
});

test.each<Partial<AmqpDriverOptions>>([
  { heartbeatSeconds: 1, stallMs: 1, connectTimeoutMs: 1, publishTimeoutMs: 1 },
  { heartbeatSeconds: 3600, stallMs: 2 ** 31 - 1 },
  { group: "g".repeat(256), deadLetterSuffix: "!" },
  { limits: { batchSizeMax: 1, inFlightMax: 1, inFlightBytesMax: 1, waitingPublishesMax: 1 } },
])("%o is fine", (options) => {
  expect(() => settings(options)).not.toThrow();
});

test.each<readonly [string, Partial<AmqpDriverOptions>]>([
  ["heartbeatSeconds is 0", { heartbeatSeconds: 0 }],
  ["heartbeatSeconds is 3601", { heartbeatSeconds: 3601 }],
  ["stallMs is 0", { stallMs: 0 }],
  ["connectTimeoutMs is NaN", { connectTimeoutMs: Number.NaN }],
  ["publishTimeoutMs is 2147483648", { publishTimeoutMs: 2 ** 31 }],
  ["group has 0 characters", { group: "" }],
  ["group has 257 characters", { group: "g".repeat(257) }],
  ["deadLetterSuffix has 0 characters", { deadLetterSuffix: "" }],
  ["deadLetterSuffix has 65 characters", { deadLetterSuffix: "x".repeat(65) }],
  ["batchSizeMax is 0", { limits: { batchSizeMax: 0 } }],
  ["inFlightMax is 0.5", { limits: { inFlightMax: 0.5 } }],
  ["inFlightBytesMax is -1", { limits: { inFlightBytesMax: -1 } }],
  [
    "waitingPublishesMax is Infinity",
    { limits: { waitingPublishesMax: Number.POSITIVE_INFINITY } },
  ],
])("%s", (problem, options) => {
  const error = refusal(() => settings(options));
  expect(error.code).toBe("LIMIT_EXCEEDED");
  expect(error.message).toContain(problem);
});
