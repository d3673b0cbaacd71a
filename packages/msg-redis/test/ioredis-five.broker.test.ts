/**
 * Goal: the driver obeys every law on the older ioredis as well, the peer range says so.
 * Method: the same suite, with that version in the place of the other.
 */
import { describeDriver } from "@reprise/msg-conformance/vitest";
import { Redis } from "ioredis";
import { expect, test, vi } from "vitest";
import { redisHarness } from "./redis-harness.ts";

vi.mock("ioredis", () => import("ioredis-5"));

test("it is the older one", () => {
  // Version 6 speaks RESP3 unless it is told not to, version 5 has not heard of it.
  const client = new Redis({ lazyConnect: true });
  expect(client.options).not.toHaveProperty("protocol");
  client.disconnect();
});

describeDriver("redis, on ioredis 5", redisHarness());
