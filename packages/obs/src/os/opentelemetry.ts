/**
 * Our spans and metrics as OpenTelemetry's own, for programs that have its SDK.
 *
 * - `createOpenTelemetryTracer`: a tracer of ours that makes spans with theirs.
 * - `createMetricProducer`: our registry as a source for one of their metric readers, exact to the
 *   bucket (`new PeriodicExportingMetricReader({ exporter, metricProducers: [producer] })`). Its
 *   types are stated here, structurally, so that the SDK is no dependency.
 */

export type {
  MetricProducerOptions,
  ProducedHistogram,
  ProducedMetric,
  ProducedMetrics,
  ProducedPoint,
  RegistryMetricProducer,
} from "./opentelemetry-metrics.js";
export { createMetricProducer } from "./opentelemetry-metrics.js";
export { createOpenTelemetryTracer } from "./opentelemetry-traces.js";
