/** A registry as a `MetricProducer` of OpenTelemetry's SDK: its metrics, cumulative, when asked. */
import { type HrTime, ValueType } from "@opentelemetry/api";
import { type AnyRegistry, type Metric, metricsOf } from "../registry.js";
import { hrTime } from "./opentelemetry-time.js";

/** Source: sdk-metrics 2.x, `DataPointType` and `AggregationTemporality`. */
const histogramType = 0;
const gaugeType = 2;
const sumType = 3;
const cumulative = 1;

export interface ProducedPoint<Value> {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly attributes: Record<string, string>;
  readonly value: Value;
}

export interface ProducedHistogram {
  readonly buckets: { boundaries: number[]; counts: number[] };
  /** Absent where values may be negative. */
  readonly sum?: number;
  readonly count: number;
}

interface Produced {
  readonly descriptor: {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    readonly valueType: ValueType;
  };
  readonly aggregationTemporality: typeof cumulative;
}

export type ProducedMetric =
  | (Produced & {
      readonly dataPointType: typeof sumType;
      readonly isMonotonic: true;
      readonly dataPoints: ProducedPoint<number>[];
    })
  | (Produced & {
      readonly dataPointType: typeof gaugeType;
      readonly dataPoints: ProducedPoint<number>[];
    })
  | (Produced & {
      readonly dataPointType: typeof histogramType;
      readonly dataPoints: ProducedPoint<ProducedHistogram>[];
    });

export interface ProducedMetrics<Resource> {
  readonly resourceMetrics: {
    readonly resource: Resource;
    readonly scopeMetrics: {
      readonly scope: { readonly name: string };
      readonly metrics: ProducedMetric[];
    }[];
  };
  readonly errors: unknown[];
}

export interface MetricProducerOptions<Resource> {
  /** The SDK's resource; a reader that has one of its own takes that. */
  readonly resource: Resource;
  /** Nanoseconds since 1970: now, and when counting began. */
  readonly now: () => bigint;
  readonly startTimeUnixNano: bigint;
  /** Another spelling of metric and label names: `semanticName`. */
  readonly nameOf?: (name: string) => string;
}

export interface RegistryMetricProducer<Resource> {
  collect(): Promise<ProducedMetrics<Resource>>;
}

/** Throws REGISTRY_UNKNOWN. */
export function createMetricProducer<Resource>(
  registry: AnyRegistry,
  options: MetricProducerOptions<Resource>,
): RegistryMetricProducer<Resource> {
  const metrics = metricsOf(registry);
  const { resource, now, startTimeUnixNano, nameOf = (name) => name } = options;
  return {
    async collect() {
      const context = { startTime: hrTime(startTimeUnixNano), endTime: hrTime(now()), nameOf };
      const produced = metrics.map((metric) => producedOf(metric, context));
      const scopeMetrics = [{ scope: { name: "@reprise/obs" }, metrics: produced }];
      return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
    },
  };
}

interface Context {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly nameOf: (name: string) => string;
}

function producedOf(metric: Metric, context: Context): ProducedMetric {
  const { name, definition } = metric.family;
  const base = (valueType: ValueType): Produced => ({
    descriptor: {
      name: context.nameOf(name),
      description: definition.help,
      unit: definition.unit,
      valueType,
    },
    aggregationTemporality: cumulative,
  });
  switch (metric.type) {
    case "counter_u64_v1":
      return {
        ...base(ValueType.INT),
        dataPointType: sumType,
        isMonotonic: true,
        dataPoints: metric.index
          .sorted()
          .map(({ values, total }) => pointOf(metric, { values, value: total }, context)),
      };
    case "histogram_f64_v1":
      return {
        ...base(ValueType.DOUBLE),
        dataPointType: histogramType,
        dataPoints: metric.index.sorted().map(({ values, counts, sum }) => {
          const value = {
            buckets: { boundaries: [...metric.layout.bounds], counts: [...counts] },
            count: counts.reduce((all, count) => all + count, 0),
            ...(metric.layout.least < 0 ? {} : { sum }),
          };
          return pointOf<ProducedHistogram>(metric, { values, value }, context);
        }),
      };
    default:
      return {
        ...base(ValueType.DOUBLE),
        dataPointType: gaugeType,
        dataPoints: gaugePoints(metric, context),
      };
  }
}

function gaugePoints(metric: Metric, context: Context): ProducedPoint<number>[] {
  if (metric.type === "gauge_f64_v1") {
    return metric.index.sorted().map((series) => pointOf(metric, series, context));
  }
  if (metric.type !== "stateset_v1") {
    return metric.index
      .sorted()
      .map(({ values }) => pointOf(metric, { values, value: 1 }, context));
  }
  return metric.index.sorted().flatMap(({ values, on }) =>
    metric.states.map((state, place) => {
      const point = pointOf(metric, { values, value: on[place] === true ? 1 : 0 }, context);
      return { ...point, attributes: { ...point.attributes, [metric.family.name]: state } };
    }),
  );
}

function pointOf<Value>(
  { index: { labels } }: Metric,
  { values, value }: { readonly values: readonly string[]; readonly value: Value },
  { startTime, endTime, nameOf }: Context,
): ProducedPoint<Value> {
  const attributes: Record<string, string> = {};
  for (const [place, label] of labels.entries()) {
    const text = values[place] ?? "";
    if (text !== "") attributes[nameOf(label)] = text;
  }
  return { startTime, endTime, attributes, value };
}
