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
export { openMetricsContentType, renderOpenMetrics } from "./open-metrics.js";
export type { AnyRegistry, Registry, RegistryOptions } from "./registry.js";
export { createRegistry } from "./registry.js";
export type { SnapshotOptions } from "./snapshot.js";
export { snapshot } from "./snapshot.js";
export type { Stateset } from "./stateset.js";
