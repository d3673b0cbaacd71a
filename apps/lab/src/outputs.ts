/** The three files of a run, as texts: the same from a recording and from its replay. */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import type { ConsumeSummary } from "@reprise/msg-core";
import { digestOf, hexOf } from "./digests.js";
import type { LabMetrics } from "./metrics.js";
import type { RunOutputs } from "./run.js";

export interface OutputParts {
  /** What the run was: its facts. */
  readonly run: JsonValue;
  readonly summary: ConsumeSummary;
  readonly aggregate: JsonValue;
  readonly metrics: LabMetrics;
}

export function outputsOf({ run, summary, aggregate, metrics }: OutputParts): RunOutputs {
  const aggregateText = `${canonicalize(aggregate)}\n`;
  const metricsText = metrics.text();
  const report = {
    aggregate_sha256: hexOf(digestOf(aggregateText)),
    consumed: { ...summary },
    metrics: metrics.snapshot(),
    metrics_sha256: hexOf(digestOf(metricsText)),
    run,
    schema_version: "reprise.lab.report@0.1.0",
  };
  return {
    summary,
    files: {
      "aggregate.json": aggregateText,
      "metrics.txt": metricsText,
      "report.json": `${canonicalize(report)}\n`,
    },
  };
}
