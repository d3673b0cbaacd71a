/**
 * Goal: every option has the default that its comment says, and is refused out of its range.
 * Method: each at its ends and one beyond.
 */
import { expect, test } from "vitest";
import type { KafkaDriverOptions } from "../src/index.js";
import { checkedOptions, checkTopic } from "../src/options.js";
import { profileAt } from "./kafka-brokers.ts";
import { refusal } from "./refusal.ts";

const profile = profileAt("127.0.0.1:9092");
type Options = Omit<KafkaDriverOptions, "profile">;
const checked = (options: Options) => checkedOptions({ profile, ...options }, profile);

test("defaults", () => {
  expect(checked({})).toEqual({
    topics: [],
    group: "test_kafka_v1",
    from: "latest",
    wire: "native",
    compression: "none",
    scram: "sha-512",
    tls: {},
    deadLetterSuffix: ".dead-letter",
    limits: {
      batchSizeMax: 10_000,
      valueSizeMax: 1_048_576 - 8192,
      inFlightMax: 20_000,
      inFlightBytesMax: 64 * 2 ** 20,
      waitingPublishesMax: 1000,
      pollItemsMax: 10_000,
      inboxMax: 2000,
    },
    recordSizeMax: 1_048_576,
    fetchWaitMs: 100,
    stallMs: 60_000,
    connectTimeoutMs: 15_000,
    requestTimeoutMs: 10_000,
    publishTimeoutMs: 60_000,
    settleTimeoutMs: 30_000,
    sessionTimeoutMs: 30_000,
    heartbeatMs: 3000,
  });
});

test("of small messages, half is kept for headers", () => {
  const small = { ...profile, limits: { ...profile.limits, max_message_bytes: 1001 } };
  expect(checkedOptions({ profile: small }, small).limits.valueSizeMax).toBe(501);
});

const fine: readonly Options[] = [
  { topics: ["a", "x".repeat(249), "A-z_0.9"], group: "g".repeat(256) },
  { sessionTimeoutMs: 3, heartbeatMs: 1 },
  { limits: { valueSizeMax: 1_048_576, inboxMax: 1 }, deadLetterSuffix: "!" },
];

test.each(fine)("%o is fine", (options) => {
  expect(checked(options)).toMatchObject({ ...options, limits: options.limits ?? {} });
});

const bad: readonly (readonly [string, Options])[] = [
  ["group has 0 characters", { group: "" }],
  ["group has 257 characters", { group: "g".repeat(257) }],
  ["deadLetterSuffix has 0 characters", { deadLetterSuffix: "" }],
  ["deadLetterSuffix has 65 characters", { deadLetterSuffix: "x".repeat(65) }],
  ["stallMs is 0", { stallMs: 0 }],
  ["connectTimeoutMs is -1", { connectTimeoutMs: -1 }],
  ["requestTimeoutMs is 0.5", { requestTimeoutMs: 0.5 }],
  ["publishTimeoutMs is NaN", { publishTimeoutMs: Number.NaN }],
  ["settleTimeoutMs is 2147483648", { settleTimeoutMs: 2 ** 31 }],
  ["sessionTimeoutMs is 0", { sessionTimeoutMs: 0 }],
  ["heartbeatMs is 10001", { heartbeatMs: 10_001 }],
  ["batchSizeMax is 0", { limits: { batchSizeMax: 0 } }],
  ["valueSizeMax is 1048577", { limits: { valueSizeMax: 1_048_577 } }],
  ["inFlightMax is 1.5", { limits: { inFlightMax: 1.5 } }],
  ["inFlightBytesMax is Infinity", { limits: { inFlightBytesMax: Number.POSITIVE_INFINITY } }],
  ["waitingPublishesMax is 0", { limits: { waitingPublishesMax: 0 } }],
  ["pollItemsMax is 0", { limits: { pollItemsMax: 0 } }],
  ["inboxMax is 2147483648", { limits: { inboxMax: 2 ** 31 } }],
];

test.each(bad)("%s is refused", (start, options) => {
  const error = refusal(() => checked(options));
  expect(error.code).toBe("LIMIT_EXCEEDED");
  expect(error.message.startsWith(`${start}, expected `)).toBe(true);
});

test.each(["", ".", "..", "a b", "a/b", "ü", "x".repeat(250)])("topic %o is no name", (topic) => {
  expect(refusal(() => checkTopic(topic)).code).toBe("TOPIC_UNKNOWN");
  expect(refusal(() => checked({ topics: [topic] })).code).toBe("TOPIC_UNKNOWN");
});

test.each([
  [{ partitions: 0 }],
  [{ partitions: 10_001 }],
  [{ partitions: 4, replicas: 0 }],
  [{ partitions: 4, replicas: 101 }],
])("createTopics of %j is LIMIT_EXCEEDED", (createTopics) => {
  expect(() => checkedOptions({ profile, createTopics }, profile)).toThrow(
    expect.objectContaining({ code: "LIMIT_EXCEEDED" }),
  );
});
