/** The files of a run, as texts: the same from a recording and from its replay. */
import { canonicalize, type JsonValue } from "@reprise/canonical-json";
import type { ConsumeSummary } from "@reprise/msg-core";
import { digestOf, hexOf } from "./digests.js";
import type { Lines } from "./lines.js";
import type { LabMetrics } from "./metrics.js";
import type { RunOutputs } from "./run.js";
import type { Telemetry } from "./telemetry.js";

export interface OutputParts {
  /** What the run was: its facts. */
  readonly run: JsonValue;
  readonly summary: ConsumeSummary;
  readonly aggregate: JsonValue;
  readonly metrics: LabMetrics;
  /** Where logs and spans were kept. */
  readonly telemetry?: Pick<Telemetry, "logs" | "spans">;
}

export function outputsOf(parts: OutputParts): RunOutputs {
  const { run, summary, aggregate, metrics, telemetry } = parts;
  const aggregateText = `${canonicalize(aggregate)}\n`;
  const metricsText = metrics.text();
  const report = {
    aggregate_sha256: hexOf(digestOf(aggregateText)),
    consumed: { ...summary },
    ...(telemetry !== undefined && { logs: linesReport(telemetry.logs) }),
    metrics: metrics.snapshot(),
    metrics_sha256: hexOf(digestOf(metricsText)),
    run,
    schema_version: "reprise.lab.report@0.1.0",
    ...(telemetry !== undefined && { spans: linesReport(telemetry.spans) }),
  };
  return {
    summary,
    files: {
      "aggregate.json": aggregateText,
      "metrics.txt": metricsText,
      "report.json": `${canonicalize(report)}\n`,
      ...(telemetry !== undefined && {
        "logs.jsonl": telemetry.logs.text(),
        "spans.jsonl": telemetry.spans.text(),
      }),
    },
  };
}

function linesReport(lines: Lines): Readonly<Record<string, JsonValue>> {
  return { count: lines.count, dropped: lines.dropped, sha256: hexOf(digestOf(lines.text())) };
}
