/**
 * A recording as it happens, for those who watch: `/metrics` for Prometheus, OTLP for a collector. It
 * has what no cassette holds, the durations of calls and the time of day, and is told of the broker
 * itself: a replay shows none of it.
 */
import type { JsonValue } from "@reprise/canonical-json";
import type { Driver } from "@reprise/msg-core";
import { type AnyRegistry, type LogRecord, type Span, semanticName } from "@reprise/obs";
import { createOtlpExporter, serveMetrics } from "@reprise/obs/os";
import { createLabMetrics } from "../metrics.js";
import type { RunFacts } from "../run-facts.js";
import type { LiveSink } from "../telemetry.js";

export interface LiveOptions {
  /** Where `/metrics` is served while the run lasts, on 127.0.0.1. */
  readonly metricsPort?: number;
  /** The collector: `http://127.0.0.1:4318`. */
  readonly otlp?: string;
}

export interface Live {
  readonly sink: LiveSink | undefined;
  /** Sends what waits, and lets go of the port. */
  close(): Promise<void>;
}

const exportEveryMs = 1_000;
/** Spans, and records, that go in one request. */
const togetherMax = 1_000;

/** Rejects with LISTEN_FAILED, OPTION_INVALID. */
export async function openLive(
  broker: Driver,
  {
    facts,
    document,
    options,
  }: {
    readonly facts: RunFacts;
    readonly document: JsonValue;
    readonly options: LiveOptions;
  },
): Promise<Live> {
  const { metricsPort, otlp } = options;
  if (metricsPort === undefined && otlp === undefined)
    return { sink: undefined, close: async () => {} };
  const metrics = createLabMetrics(document, facts);
  const { registry } = metrics;
  const server =
    metricsPort === undefined ? undefined : await serveMetrics({ registry, port: metricsPort });
  const exporting = await exportTo(otlp, registry).catch(async (error: unknown) => {
    await server?.close();
    throw error;
  });
  const stop = broker.observe(metrics.observe);
  return {
    sink: exporting?.sink,
    async close() {
      stop();
      await exporting?.close();
      await server?.close();
    },
  };
}

interface Exporting {
  readonly sink: LiveSink;
  close(): Promise<void>;
}

/** Rejects with OPTION_INVALID. */
async function exportTo(
  url: string | undefined,
  registry: AnyRegistry,
): Promise<Exporting | undefined> {
  if (url === undefined) return undefined;
  const now = (): bigint => BigInt(Date.now()) * 1_000_000n;
  const problems = new Set<string>();
  const exporter = createOtlpExporter({
    url,
    startTimeUnixNano: now(),
    nameOf: semanticName,
    resource: { "service.name": "reprise-lab" },
    onProblem({ signal, reason, message }) {
      const problem = `${signal}: ${reason}`;
      if (problems.has(problem)) return;
      problems.add(problem);
      process.stderr.write(`lab: OTLP ${problem}: ${message}\n`);
    },
  });
  let spans: Span[] = [];
  let logs: LogRecord[] = [];
  const send = (): void => {
    if (spans.length > 0) exporter.exportSpans(spans);
    if (logs.length > 0) exporter.exportLogs(logs);
    spans = [];
    logs = [];
  };
  const timer = setInterval(() => {
    send();
    exporter.exportMetrics(registry);
  }, exportEveryMs);
  timer.unref();
  return {
    sink: {
      now,
      span(span) {
        spans.push(span);
        if (spans.length >= togetherMax) send();
      },
      log(record) {
        logs.push(record);
        if (logs.length >= togetherMax) send();
      },
    },
    async close() {
      clearInterval(timer);
      send();
      exporter.exportMetrics(registry);
      await exporter.close();
    },
  };
}
