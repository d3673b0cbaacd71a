import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/** Of kafka, amqp, redis: those that answer. Absent: all. */
const kinds = (process.env.REPRISE_BROKERS ?? "kafka,amqp,redis").split(",");

/**
 * Tests on the brokers that `reprise brokers up` starts. One file at a time: they measure nothing,
 * but a broker that starves looks like one that is down.
 */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: kinds.flatMap((kind) => [
        `packages/msg-${kind}/test/**/*.broker.test.ts`,
        `apps/lab/test/*-${kind}.broker.test.ts`,
      ]),
      exclude: ["**/node_modules/**"],
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 120_000,
    },
  }),
);
