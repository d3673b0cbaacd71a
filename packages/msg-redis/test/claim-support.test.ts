/**
 * Goal: R7. A server that knows XREADGROUP with CLAIM (Redis 8.4) is read with it, its counts are
 * understood, and XAUTOCLAIM is left for what was trimmed; an older one is read without.
 * Method: a fake server that answers as the command's documentation says.
 */
import type { Delivery } from "@reprise/msg-core";
import { openRedisDriver } from "@reprise/msg-redis/os";
import { expect, test } from "vitest";
import { expectNoLeaks } from "../../../tools/testing/leaks.ts";
import { type FakeRedis, greeting, startFakeRedis } from "./fake-redis.ts";
import { profileOn } from "./redis-harness.ts";

expectNoLeaks();

const fields = ["key", "k", "value", "v"];

interface Run {
  readonly deliveries: readonly Delivery[];
  readonly fake: FakeRedis;
}

/** What one poll gives on a server of that version whose first read brings `entries`. */
async function pollOn(version: string, entries: readonly (readonly unknown[])[]): Promise<Run> {
  let reads = 0;
  const common = greeting(version);
  const fake = await startFakeRedis((command) => {
    if (command[0] !== "XREADGROUP") return common(command);
    reads += 1;
    // The second read waits until it is called off.
    return reads === 1 ? ([["orders", entries]] as never) : undefined;
  });
  const driver = await openRedisDriver({ profile: profileOn(fake.port), topics: ["orders"] });
  const deliveries: Delivery[] = [];
  while (deliveries.length < entries.length) {
    deliveries.push(...(await driver.poll({ maxItems: 10 })));
  }
  await driver.close({ deadlineMs: 100 });
  await fake.close();
  return { deliveries, fake };
}

const readsOf = ({ fake }: Run) => fake.commands.filter(([name]) => name === "XREADGROUP");

test("R7: Redis 8.4 is asked to claim while it reads, and its earlier deliveries are counted", async () => {
  const run = await pollOn("8.4.0", [
    ["1-0", fields, 31_000, 2],
    ["2-0", fields, 0, 0],
  ]);
  expect(readsOf(run)[0]?.join(" ")).toMatch(
    /^XREADGROUP GROUP test_redis_v1 reprise-[0-9a-f]{16} COUNT 500 BLOCK 200 CLAIM 30000 STREAMS orders >$/,
  );
  expect(
    run.deliveries.map(({ position, attempt, redelivered }) => [position, attempt, redelivered]),
  ).toEqual([
    ["1-0", 3, true],
    ["2-0", 1, false],
  ]);
});

test.each(["7.0.15", "8.2.1", "8.3.9"])(
  "R7: Redis %s is read without, and claims by XAUTOCLAIM",
  async (version) => {
    const run = await pollOn(version, [["2-0", fields]]);
    expect(readsOf(run)[0]).not.toContain("CLAIM");
    const claims = run.fake.commands.filter(
      ([name, script]) => name === "EVAL" && script?.includes("XAUTOCLAIM"),
    );
    expect(claims).toHaveLength(1);
    expect(run.deliveries.map(({ attempt }) => attempt)).toEqual([1]);
  },
);
