import { defineConfig, mergeConfig } from "vitest/config";
import base from "./vitest.config.ts";

/**
 * Tests on real brokers. `*.broker.test.ts` meets those that `reprise brokers up` starts;
 * `*.outage.test.ts` starts, breaks and ends brokers of its own. One file at a time: they measure
 * nothing, but a broker that starves looks like one that is down.
 */
export default mergeConfig(
  { ...base, test: { ...base.test, include: [], exclude: [] } },
  defineConfig({
    test: {
      include: ["packages/*/test/**/*.{broker,outage}.test.ts", "apps/*/test/**/*.broker.test.ts"],
      exclude: ["**/node_modules/**"],
      fileParallelism: false,
      testTimeout: 60_000,
      hookTimeout: 120_000,
    },
  }),
);
