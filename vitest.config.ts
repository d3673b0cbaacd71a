import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("packages/", import.meta.url));

/** Tests run on the sources: nothing need be built first. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@reprise\/([^/]+)$/, replacement: `${packages}$1/src/index.ts` },
      { find: /^@reprise\/([^/]+)\/os$/, replacement: `${packages}$1/src/os/index.ts` },
      { find: /^@reprise\/([^/]+)\/driver$/, replacement: `${packages}$1/src/driver-parts.ts` },
      {
        find: /^@reprise\/([^/]+)\/opentelemetry$/,
        replacement: `${packages}$1/src/os/opentelemetry.ts`,
      },
      { find: /^@reprise\/([^/]+)\/vitest$/, replacement: `${packages}$1/src/vitest.ts` },
    ],
  },
  test: {
    include: [
      "{packages,apps}/*/test/**/*.test.ts",
      "examples/test/*.test.ts",
      "tools/*/test/**/*.test.ts",
    ],
    exclude: ["**/node_modules/**", "**/*.{broker,outage}.test.ts"],
    testTimeout: 20_000,
  },
});
