/*
 * Goal: a filter lets through what it names and nothing else, and `key` finds what a message became.
 * Method: each filter over one recorded cassette; the entries let through, by number.
 */
import { decodeCassette } from "@reprise/msg-rr";
import { expect, test } from "vitest";
import { factsOf } from "../src/entry-facts.js";
import { createEntryFilter, type EntryFilterOptions } from "../src/entry-filter.js";
import { handMade, recordedOrders } from "./recordings.js";

/*
 * 0 opened; 1-3 published, one for each customer; 4 rebalanced; 5-7 delivered; 8 customer-1 acked,
 * 9 customer-2 retried; 10, 11 customer-2 and -3 delivered again; 12 customer-2 acked, 13 customer-3
 * rejected; 14, 15 of another endpoint and topic, by hand.
 */
const entries = [
  ...decodeCassette(await recordedOrders()),
  handMade({ key: "customer-1", topic: "refunds" }),
  handMade({ key: Uint8Array.of(0xff, 0x01) }),
];

function listed(options: EntryFilterOptions): readonly number[] {
  const isListed = createEntryFilter(options);
  return entries
    .map((entry, index) => factsOf({ index, offset: index, size: 1, entry }))
    .filter(isListed)
    .map(({ index }) => index);
}

test.each<[string, EntryFilterOptions, readonly number[]]>([
  ["nothing asked", {}, Array.from({ length: 16 }, (_, index) => index)],
  ["settlements", { operations: ["settle"] }, [8, 9, 12, 13]],
  ["two operations", { operations: ["event", "publish"] }, [0, 1, 2, 3, 4, 14, 15]],
  ["an operation in full", { operations: ["std.msg.kafka.publish_env_v1"] }, [14, 15]],
  ["an endpoint", { endpoint: "local_dev_v1" }, [14, 15]],
  ["half of an endpoint's name", { endpoint: "local" }, []],
  ["a topic", { topic: "refunds" }, [14]],
  ["a topic, settlements too", { topic: "orders", from: 8 }, [8, 9, 10, 11, 12, 13]],
  ["a key: messages and their settlements", { key: "customer-2" }, [2, 6, 9, 10, 12]],
  ["a key and an operation", { key: "customer-3", operations: ["settle"] }, [13]],
  ["a key, the delivery being before the first", { key: "customer-2", from: 9 }, [9, 10, 12]],
  ["a key that is not text", { key: "0xff01" }, [15]],
  ["half of a key", { key: "customer" }, []],
  ["from and to, both included", { from: 3, to: 5 }, [3, 4, 5]],
  [
    "all at once",
    { from: 1, to: 13, topic: "orders", operations: ["deliver"], key: "customer-1" },
    [5],
  ],
])("%s", (_, options, expected) => {
  expect(listed(options)).toEqual(expected);
});
