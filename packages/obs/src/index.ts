/** Metrics in the pure world: declare, record, render. Start with `registry.ts`. */

export type { Counter, CounterHandle } from "./counter.js";
export type {
  CounterDefinition,
  GaugeDefinition,
  HistogramDefinition,
  InfoDefinition,
  Labels,
  LabelsOf,
  MetricDefinition,
  MetricDefinitions,
  MetricType,
  NamesOf,
  StatesetDefinition,
  StatesOf,
} from "./definitions.js";
export { counter, gauge, histogram, info, stateset } from "./definitions.js";
export { metricsFromDocument } from "./document.js";
export type { ObsErrorCode, ObsErrorDetails, ObsFault } from "./errors.js";
export { ObsError } from "./errors.js";
export type { ExemplarLabels } from "./exemplar.js";
export type { Gauge, GaugeHandle } from "./gauge.js";
export type { Histogram, HistogramHandle } from "./histogram.js";
export type { Info } from "./info.js";
export { obsLimits } from "./limits.js";
export type { Redact } from "./logs/log-fields.js";
export { logLimits } from "./logs/log-fields.js";
export type { LogLevel, LogRecord, LogSink } from "./logs/log-record.js";
export { logLevels } from "./logs/log-record.js";
export type { TerminalOptions } from "./logs/log-text.js";
export { logLine, terminalLine } from "./logs/log-text.js";
export type { LogContext, Logger, LoggerOptions } from "./logs/logger.js";
export { createLogger } from "./logs/logger.js";
export { messagingMetricDefinitions, semanticName } from "./messaging/messaging-definitions.js";
export type { MessagingMetrics, MessagingMetricsOptions } from "./messaging/messaging-metrics.js";
export { createMessagingMetrics } from "./messaging/messaging-metrics.js";
export type {
  ObservedDelivery,
  ObservedEnvelope,
  ObservedError,
  ObservedEvent,
  ObservedOutcome,
} from "./messaging/observed-event.js";
export { describeMetrics } from "./metric-table.js";
export type { MetricsFormat } from "./negotiation.js";
export { negotiateMetricsFormat } from "./negotiation.js";
export { openMetricsContentType, renderOpenMetrics } from "./open-metrics.js";
export type { OtlpSource } from "./otlp/otlp-common.js";
export { encodeOtlpJson } from "./otlp/otlp-json.js";
export { encodeOtlpProtobuf } from "./otlp/otlp-protobuf.js";
export type { OtlpMetricsOptions } from "./otlp/otlp-requests.js";
export { otlpLogs, otlpMetrics, otlpTraces } from "./otlp/otlp-requests.js";
export type { OtlpRecord, OtlpSchema, OtlpSignal, OtlpValue } from "./otlp/otlp-schema.js";
export { requestSchemas } from "./otlp/otlp-schema.js";
export { prometheusTextContentType, renderPrometheusText } from "./prometheus-text.js";
export type { AnyRegistry, Registry, RegistryOptions } from "./registry.js";
export { createRegistry } from "./registry.js";
export type { SnapshotOptions } from "./snapshot.js";
export { snapshot } from "./snapshot.js";
export type { Stateset } from "./stateset.js";
export type {
  MessagingTraces,
  MessagingTracesOptions,
  TracedOperation,
  TracedSend,
} from "./traces/messaging-traces.js";
export { createMessagingTraces } from "./traces/messaging-traces.js";
export type { ExtractedTrace } from "./traces/propagation.js";
export { extractTrace, injectTrace } from "./traces/propagation.js";
export type {
  Attributes,
  AttributeValue,
  Span,
  SpanEvent,
  SpanKind,
  SpanLink,
} from "./traces/span.js";
export { spanLimits } from "./traces/span.js";
export type { SpanBuffer } from "./traces/span-buffer.js";
export { createSpanBuffer } from "./traces/span-buffer.js";
export { spanLine } from "./traces/span-text.js";
export type {
  TraceContext,
  TraceProblem,
  TraceparentResult,
  TraceStateMember,
  TracestateResult,
} from "./traces/trace-context.js";
export {
  formatTraceparent,
  formatTracestate,
  parseTraceparent,
  parseTracestate,
} from "./traces/trace-context.js";
export type { TraceIds } from "./traces/trace-ids.js";
export { createTraceIds } from "./traces/trace-ids.js";
export type { OpenSpan, SpanStart, Tracer, TracerOptions } from "./traces/tracer.js";
export { createTracer } from "./traces/tracer.js";
