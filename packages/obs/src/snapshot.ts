/**
 * `x07.obs.snapshot@0.1.0`: the same values as data.
 *
 *     { schema_version, time_unix_nano?, start_time_unix_nano?, metrics: [
 *       { id, type, help?, unit?, buckets?, states?, series: [
 *         { labels: [{ k, v }], value }                          counter, gauge, info (1), stateset
 *         { labels: [{ k, v }], count, sum, bucket_counts } ] } ] }     histogram
 *
 * Metrics by id, series and labels as in the text. `bucket_counts` has one more member than
 * `buckets` and is not cumulative. `info_v1` and `stateset_v1` are types of our own; a stateset's
 * value is an object of 0 and 1 by state. A double that JSON cannot hold is the text "NaN",
 * "Infinity" or "-Infinity", as in the JSON form of protocol buffers.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { ObsError, shown } from "./errors.js";
import { type AnyRegistry, type Metric, metricsOf } from "./registry.js";
import { compareText } from "./text.js";

export interface SnapshotOptions {
  /**
   * Nanoseconds since 1970, a whole number from 0 up, from the caller's clock port. A double holds
   * present times to 256 ns. X07's schema requires it; left out, two runs compare equal.
   */
  readonly timeUnixNano?: number;
  /** When counting began, likewise. */
  readonly startTimeUnixNano?: number;
}

/** The registry as canonical data. Throws REGISTRY_UNKNOWN, TIME_INVALID. */
export function snapshot(registry: AnyRegistry, options: SnapshotOptions = {}): JsonValue {
  const { timeUnixNano, startTimeUnixNano } = options;
  const metrics = [...metricsOf(registry)].sort((a, b) => compareText(a.family.id, b.family.id));
  return {
    schema_version: "x07.obs.snapshot@0.1.0",
    ...(timeUnixNano === undefined ? {} : { time_unix_nano: timeOf(timeUnixNano) }),
    ...(startTimeUnixNano === undefined ? {} : { start_time_unix_nano: timeOf(startTimeUnixNano) }),
    metrics: metrics.map(metricValue),
  };
}

function timeOf(time: number): number {
  if (Number.isInteger(time) && time >= 0) return time;
  throw new ObsError(
    "TIME_INVALID",
    `time is ${shown(time)}, expected whole nanoseconds from 0 up`,
  );
}

function metricValue(metric: Metric): JsonValue {
  const { id, definition } = metric.family;
  return {
    id,
    type: metric.type,
    ...(definition.help === "" ? {} : { help: definition.help }),
    ...(definition.unit === "" ? {} : { unit: definition.unit }),
    ...(metric.type === "histogram_f64_v1" ? { buckets: [...metric.layout.bounds] } : {}),
    ...(metric.type === "stateset_v1" ? { states: [...metric.states] } : {}),
    series: seriesValues(metric),
  };
}

function seriesValues(metric: Metric): JsonValue[] {
  const { labels } = metric.index;
  const pairs = (values: readonly string[]): JsonValue[] =>
    labels.flatMap((k, place) => {
      const v = values[place] ?? "";
      return v === "" ? [] : [{ k, v }];
    });
  switch (metric.type) {
    case "counter_u64_v1":
      return metric.index
        .sorted()
        .map(({ values, total }) => ({ labels: pairs(values), value: total }));
    case "gauge_f64_v1":
      return metric.index
        .sorted()
        .map(({ values, value }) => ({ labels: pairs(values), value: doubleValue(value) }));
    case "histogram_f64_v1":
      return metric.index.sorted().map(({ values, counts, sum }) => ({
        labels: pairs(values),
        count: counts.reduce((total, count) => total + count, 0),
        sum: doubleValue(sum),
        bucket_counts: [...counts],
      }));
    case "info_v1":
      return metric.index.sorted().map(({ values }) => ({ labels: pairs(values), value: 1 }));
    case "stateset_v1":
      return metric.index.sorted().map(({ values, on }) => ({
        labels: pairs(values),
        value: Object.fromEntries(
          metric.states.map((state, place) => [state, on[place] === true ? 1 : 0]),
        ),
      }));
  }
}

/** JSON has no -0, NaN or infinity. */
function doubleValue(value: number): JsonValue {
  return Number.isFinite(value) ? value + 0 : `${value}`;
}
