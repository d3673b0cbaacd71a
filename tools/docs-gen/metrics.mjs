#!/usr/bin/env node
/**
 * Writes `docs/reference/metrics.md` from `arch/obs/metrics/registry.x07metrics.json`. With `--check`
 * it only compares, and ends with 1 where they differ. `@reprise/obs` must be built.
 */
import { readFileSync, writeFileSync } from "node:fs";
// arch-allow E_ARCH_DEPENDENCY_UNDECLARED: a tool of the root, which installs no package of its own
import { describeMetrics, metricsFromDocument } from "../../packages/obs/dist/index.js";

const contract = new URL("../../arch/obs/metrics/registry.x07metrics.json", import.meta.url);
const page = new URL("../../docs/reference/metrics.md", import.meta.url);

const text = `# Metrics

Written by \`node tools/docs-gen/metrics.mjs\` from \`arch/obs/metrics/registry.x07metrics.json\`, which the lab records to and the checker checks; recording anything else is an error.

Names that begin with \`messaging_\` are OpenTelemetry's (semantic conventions 1.44.0), \`reprise_\` are ours beside them, \`lab_\` the lab's. A replay has the same values as its recording; what only a live run knows (how long a call took, lag, buffers) is at \`/metrics\` and in OTLP while it is recorded.

${describeMetrics(metricsFromDocument(JSON.parse(readFileSync(contract, "utf8")))).trim()}
`;

if (!process.argv.includes("--check")) writeFileSync(page, text);
else if (readFileSync(page, "utf8") !== text) {
  process.stderr.write("docs/reference/metrics.md is not what its contract says\n");
  process.stderr.write("next: node tools/docs-gen/metrics.mjs\n");
  process.exitCode = 1;
}
