/**
 * Goal: every option is checked before anything is made, and says what it would have taken.
 * Method: each at its ends and one beyond.
 */
import type { MsgError } from "@reprise/msg-core";
import {
  createMemoryBroker,
  type MemoryBrokerOptions,
  type MemoryProfile,
  openMemoryDriver,
} from "@reprise/msg-memory";
import { expect, test } from "vitest";

const fine: readonly MemoryBrokerOptions[] = [
  {},
  { topics: [], partitions: 1, seed: -(2 ** 31) },
  { topics: ["a", { name: "b".repeat(256), partitions: 1024 }], partitions: 1024 },
  { seed: 2 ** 32 - 1, deadLetterSuffix: "!", limits: { batchSizeMax: 1 } },
];

test.each(fine)("%o is fine", (options) => {
  expect(createMemoryBroker(options).deadLetterTopic("a")).toBe(
    `a${options.deadLetterSuffix ?? ".dead-letter"}`,
  );
});

const bad: readonly (readonly [string, MemoryBrokerOptions])[] = [
  ["partitions is 0", { partitions: 0 }],
  ["partitions is 1025", { partitions: 1025 }],
  ["partitions is 1.5", { partitions: 1.5 }],
  ["partitions of b is NaN", { topics: [{ name: "b", partitions: Number.NaN }] }],
  ["topic has 0 characters", { topics: [""] }],
  ["topic has 257 characters", { topics: ["x".repeat(257)] }],
  ["seed is 4294967296", { seed: 2 ** 32 }],
  ["seed is 0.1", { seed: 0.1 }],
  ["deadLetterSuffix has 0 characters", { deadLetterSuffix: "" }],
  ["deadLetterSuffix has 65 characters", { deadLetterSuffix: "x".repeat(65) }],
  ["partitionMessagesMax is 0", { limits: { partitionMessagesMax: 0 } }],
  ["partitionBytesMax is -1", { limits: { partitionBytesMax: -1 } }],
  ["valueSizeMax is Infinity", { limits: { valueSizeMax: Number.POSITIVE_INFINITY } }],
  ["batchSizeMax is 2147483648", { limits: { batchSizeMax: 2 ** 31 } }],
];

test.each(bad)("%s is refused", (start, options) => {
  const refusal = errorOf(() => createMemoryBroker(options));
  expect(refusal).toMatchObject({ code: "LIMIT_EXCEEDED", fault: "caller" });
  expect(refusal?.message.startsWith(`${start}, expected `)).toBe(true);
});

const profiles: readonly (readonly [string, string, MemoryProfile])[] = [
  ["LIMIT_EXCEEDED", "endpoint has 0 characters", { endpoint: "" }],
  ["LIMIT_EXCEEDED", "endpoint has 129 characters", { endpoint: "x".repeat(129) }],
  ["LIMIT_EXCEEDED", "group has 0 characters", { endpoint: "lab", group: "" }],
  ["LIMIT_EXCEEDED", "topic has 0 characters", { endpoint: "lab", topics: [""] }],
  [
    "TOPIC_UNKNOWN",
    'topic "b" is not declared',
    { endpoint: "lab", topics: ["b"], broker: createMemoryBroker({ topics: ["a"] }) },
  ],
  [
    "CONTRACT_INVALID",
    "profile: broker is not from createMemoryBroker",
    { endpoint: "lab", broker: { deadLetterTopic: (topic) => topic } },
  ],
];

test.each(profiles)("%s: %s", (code, start, profile) => {
  const refusal = errorOf(() => openMemoryDriver(profile));
  expect(refusal?.code).toBe(code);
  expect(refusal?.message.startsWith(start)).toBe(true);
});

function errorOf(call: () => unknown): MsgError | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    // Only MsgErrors are thrown by what is called here; anything else fails the expectations.
    return error as MsgError;
  }
}
