/**
 * What a program observed, as OTLP's export requests. Times are whole nanoseconds, exact; counts of
 * buckets are each bucket's own. Everything is cumulative since `startTimeUnixNano`.
 */
import type { LogRecord } from "../logs/log-record.js";
import { type AnyRegistry, type Metric, metricsOf } from "../registry.js";
import type { Attributes, Span, SpanKind } from "../traces/span.js";
import { formatTracestate, type TraceContext } from "../traces/trace-context.js";
import { anyValue, attributesOf, type OtlpSource, requestOf } from "./otlp-common.js";
import type { OtlpRecord } from "./otlp-schema.js";

export interface OtlpMetricsOptions extends OtlpSource {
  readonly timeUnixNano: bigint;
  readonly startTimeUnixNano: bigint;
  /** Another spelling of metric and label names: `semanticName` for OpenTelemetry's own. */
  readonly nameOf?: (name: string) => string;
}

const cumulative = 2;

/** `ExportMetricsServiceRequest`. Exemplars are left out. Throws REGISTRY_UNKNOWN. */
export function otlpMetrics(registry: AnyRegistry, options: OtlpMetricsOptions): OtlpRecord {
  const metrics = metricsOf(registry).map((metric) => metricOf(metric, options));
  return requestOf(options, ["resourceMetrics", "scopeMetrics", "metrics"], metrics);
}

function metricOf(metric: Metric, options: OtlpMetricsOptions): OtlpRecord {
  const { nameOf = (name) => name } = options;
  const { name, definition } = metric.family;
  const described = { name: nameOf(name), description: definition.help, unit: definition.unit };
  const point = (values: readonly string[], extra: OtlpRecord): OtlpRecord => ({
    startTimeUnixNano: options.startTimeUnixNano,
    timeUnixNano: options.timeUnixNano,
    attributes: attributesOf(labelsOf(metric, values, nameOf)),
    ...extra,
  });
  const series = metric.index.sorted();
  switch (metric.type) {
    case "counter_u64_v1": {
      const dataPoints = metric.index
        .sorted()
        .map(({ values, total }) => point(values, { asInt: BigInt(total) }));
      return {
        ...described,
        sum: { dataPoints, aggregationTemporality: cumulative, isMonotonic: true },
      };
    }
    case "gauge_f64_v1": {
      const dataPoints = metric.index
        .sorted()
        .map(({ values, value }) => point(values, { asDouble: value }));
      return { ...described, gauge: { dataPoints } };
    }
    case "histogram_f64_v1": {
      const explicitBounds = [...metric.layout.bounds];
      const dataPoints = metric.index.sorted().map(({ values, counts, sum }) =>
        point(values, {
          count: BigInt(counts.reduce((all, count) => all + count, 0)),
          bucketCounts: [...counts].map(BigInt),
          explicitBounds,
          // A sum that could go back is no sum of a histogram.
          ...(metric.layout.least < 0 ? {} : { sum }),
        }),
      );
      return { ...described, histogram: { dataPoints, aggregationTemporality: cumulative } };
    }
    case "info_v1": {
      const dataPoints = series.map(({ values }) => point(values, { asInt: 1n }));
      return { ...described, gauge: { dataPoints } };
    }
    case "stateset_v1": {
      const dataPoints = metric.index.sorted().flatMap(({ values, on }) =>
        metric.states.map((state, place) => {
          const { attributes, ...rest } = point(values, { asInt: on[place] === true ? 1n : 0n });
          const own = attributesOf({ ...labelsOf(metric, values, nameOf), [name]: state });
          return { ...rest, attributes: own };
        }),
      );
      return { ...described, gauge: { dataPoints } };
    }
  }
}

function labelsOf(
  metric: Metric,
  values: readonly string[],
  nameOf: (name: string) => string,
): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [place, label] of metric.index.labels.entries()) {
    const value = values[place] ?? "";
    if (value !== "") labels[nameOf(label)] = value;
  }
  return labels;
}

/** Source: OTLP, `Span.SpanKind`. */
const spanKinds: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};
const statusError = 2;

/** `ExportTraceServiceRequest`. */
export function otlpTraces(spans: readonly Span[], source: OtlpSource = {}): OtlpRecord {
  return requestOf(source, ["resourceSpans", "scopeSpans", "spans"], spans.map(spanOf));
}

function spanOf(span: Span): OtlpRecord {
  return {
    ...contextOf(span.context),
    parentSpanId: span.parentSpanId,
    name: span.name,
    kind: spanKinds[span.kind],
    startTimeUnixNano: span.startUnixNano,
    endTimeUnixNano: span.endUnixNano,
    attributes: spanAttributes(span.attributes),
    droppedAttributesCount: span.droppedAttributes,
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({
      name,
      timeUnixNano,
      attributes: spanAttributes(attributes),
    })),
    droppedEventsCount: span.droppedEvents,
    links: span.links.map(({ context, attributes = {} }) => ({
      ...contextOf(context),
      attributes: spanAttributes(attributes),
    })),
    droppedLinksCount: span.droppedLinks,
    ...(span.error === undefined ? {} : { status: { code: statusError, message: span.error } }),
  };
}

/** Flags: those of W3C in the lowest eight bits. */
function contextOf({ traceId, spanId, sampled, state }: TraceContext): OtlpRecord {
  return { traceId, spanId, traceState: formatTracestate(state), flags: sampled ? 1 : 0 };
}

function spanAttributes(attributes: Attributes): OtlpRecord[] {
  return attributesOf(attributes);
}

/** Source: OpenTelemetry, "Logs data model", severity numbers. */
const severities: Readonly<Record<LogRecord["level"], number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};

/** `ExportLogsServiceRequest`. The index is the attribute `reprise.event_index`. */
export function otlpLogs(records: readonly LogRecord[], source: OtlpSource = {}): OtlpRecord {
  return requestOf(source, ["resourceLogs", "scopeLogs", "logRecords"], records.map(logRecordOf));
}

function logRecordOf(record: LogRecord): OtlpRecord {
  const { level, event, index, fields, traceId, spanId, timeUnixNano } = record;
  return {
    timeUnixNano,
    observedTimeUnixNano: timeUnixNano,
    severityNumber: severities[level],
    severityText: level.toUpperCase(),
    body: anyValue(event),
    eventName: event,
    attributes: attributesOf({ ...fields, "reprise.event_index": index }),
    traceId,
    spanId,
  };
}
