/** The Redis driver as the laws want it: streams and groups of its own for each trial. */
import type { Harness } from "@reprise/msg-conformance";
import type { Driver } from "@reprise/msg-core";
import type { RedisDriverOptions, RedisProfile } from "@reprise/msg-redis";
import { openRedisDriver } from "@reprise/msg-redis/os";

export const sharedPort = 6379;

export const profileOn = (port: number): RedisProfile => ({
  schema_version: "x07.arch.msg.redis.profile@0.1.0",
  id: "test_redis_v1",
  v: 1,
  host: "127.0.0.1",
  port,
  security: { tls: false },
  limits: { max_entry_bytes: 1_000_000, max_poll_items: 1000, max_poll_wait_ms: 200 },
});

/** No two trials share a name, of one run or of two. */
let trials = 0;
const run = `${process.pid}-${Date.now()}`;
export const freshTopic = (): string => `test.${run}.${trials++}`;

export function redisHarness(
  options: Partial<RedisDriverOptions> = {},
  port: number = sharedPort,
): Harness {
  const limits = { batchSizeMax: 1500, valueSizeMax: 70_000 };
  return {
    limits: { ...limits, roomMax: "none" },
    patienceMs: 5_000,
    quietMs: 150,
    async stage() {
      const topic = freshTopic();
      const open = (topics: readonly string[], group: string): Promise<Driver> =>
        openRedisDriver({
          profile: profileOn(port),
          topics,
          group,
          publishTopics: [],
          limits,
          times: { claimEveryMs: 50 },
          ...options,
        });
      return {
        topic,
        unknownTopic: "unheard-of",
        open: (group) => open([topic], group),
        openElsewhere: () => open([topic], "first"),
        openDeadLetter: () => open([`${topic}.dead-letter`], "letters"),
        reasonOf: ({ headers }) => headers["reprise-dead-letter-reason"],
      };
    },
  };
}
