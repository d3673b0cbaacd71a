/**
 * The metrics of a program. All are declared at once, so that a clash between two of them is found
 * when the program starts and not in a scrape; after that, a name, label, state or bucket layout
 * that was not declared is an error where it is used.
 *
 * Start reading here: `family.ts` is what a declaration means, `series-index.ts` how labels find
 * their series, `counter.ts` and its four neighbours what is kept, `open-metrics.ts` and
 * `snapshot.ts` what comes out.
 */
import { type Counter, CounterMetric } from "./counter.js";
import type { LabelsOf, MetricDefinitions, MetricType, NamesOf, StatesOf } from "./definitions.js";
import { ObsError, shown } from "./errors.js";
import { type Family, familiesOf } from "./family.js";
import { type Gauge, GaugeMetric } from "./gauge.js";
import { type Histogram, HistogramMetric } from "./histogram.js";
import { type Info, InfoMetric } from "./info.js";
import { obsLimits } from "./limits.js";
import { type Stateset, StatesetMetric } from "./stateset.js";

export type Metric = CounterMetric | GaugeMetric | HistogramMetric | InfoMetric | StatesetMetric;

/** Any registry, whatever it declares: what the renderers take. */
export interface AnyRegistry {
  /** The declared names, sorted by UTF-16 code unit. */
  readonly metricNames: readonly string[];
}

/** All methods throw METRIC_UNDECLARED and METRIC_TYPE_DIFFERS. */
export interface Registry<Definitions extends MetricDefinitions = MetricDefinitions>
  extends AnyRegistry {
  counter<Name extends NamesOf<Definitions, "counter_u64_v1">>(
    name: Name,
  ): Counter<LabelsOf<Definitions[Name]>>;
  gauge<Name extends NamesOf<Definitions, "gauge_f64_v1">>(
    name: Name,
  ): Gauge<LabelsOf<Definitions[Name]>>;
  /** `buckets` is the layout the caller relies on; another one than declared is BUCKETS_UNDECLARED. */
  histogram<Name extends NamesOf<Definitions, "histogram_f64_v1">>(
    name: Name,
    buckets?: readonly number[],
  ): Histogram<LabelsOf<Definitions[Name]>>;
  info<Name extends NamesOf<Definitions, "info_v1">>(name: Name): Info<LabelsOf<Definitions[Name]>>;
  stateset<Name extends NamesOf<Definitions, "stateset_v1">>(
    name: Name,
  ): Stateset<LabelsOf<Definitions[Name]>, StatesOf<Definitions[Name]>>;
}

export interface RegistryOptions {
  /** Series that one metric may have, from 1 up; `obsLimits.seriesMax` unless given. */
  readonly seriesMax?: number;
}

/** Metrics by registry, in order of family name. Renderers read them; users cannot. */
const registries = new WeakMap<AnyRegistry, readonly Metric[]>();

/**
 * Checks the definitions and returns an empty registry. The definitions are copied.
 *
 * Throws DEFINITION_INVALID, NAME_INVALID, NAME_CLASH, HELP_INVALID, UNIT_INVALID,
 * LABEL_NAME_INVALID, BUCKETS_INVALID, STATES_INVALID, LIMIT_EXCEEDED, each with a JSON Pointer into
 * `definitions`.
 */
export function createRegistry<const Definitions extends MetricDefinitions>(
  definitions: Definitions,
  options: RegistryOptions = {},
): Registry<Definitions> {
  const seriesMax = options.seriesMax ?? obsLimits.seriesMax;
  if (!Number.isSafeInteger(seriesMax) || seriesMax < 1) {
    throw new ObsError(
      "DEFINITION_INVALID",
      `seriesMax is ${shown(seriesMax)}, expected 1 or more`,
    );
  }
  const metrics = familiesOf(definitions).map((family) => metricOf(family, seriesMax));
  const registry = new DeclaredRegistry(metrics);
  registries.set(registry, metrics);
  return registry;
}

/** The metrics of a registry in order of family name. Throws REGISTRY_UNKNOWN. */
export function metricsOf(registry: AnyRegistry): readonly Metric[] {
  const metrics = registries.get(registry);
  if (metrics !== undefined) return metrics;
  throw new ObsError("REGISTRY_UNKNOWN", "not a registry that this copy of the package created");
}

/** A registry by what its names are at run time: for recorders that know theirs. Throws REGISTRY_UNKNOWN. */
export function registryOf(registry: AnyRegistry): Registry {
  if (registry instanceof DeclaredRegistry) return registry;
  throw new ObsError("REGISTRY_UNKNOWN", "not a registry that this copy of the package created");
}

function metricOf(family: Family, seriesMax: number): Metric {
  const { definition } = family;
  switch (definition.type) {
    case "counter_u64_v1":
      return new CounterMetric(family, seriesMax);
    case "gauge_f64_v1":
      return new GaugeMetric(family, seriesMax);
    case "histogram_f64_v1":
      return new HistogramMetric(family, definition, seriesMax);
    case "info_v1":
      return new InfoMetric(family, seriesMax);
    case "stateset_v1":
      return new StatesetMetric(family, definition, seriesMax);
  }
}

class DeclaredRegistry implements Registry {
  readonly metricNames: readonly string[];
  readonly #metrics: ReadonlyMap<string, Metric>;

  constructor(metrics: readonly Metric[]) {
    this.#metrics = new Map(metrics.map((metric) => [metric.family.id, metric]));
    this.metricNames = [...this.#metrics.keys()].sort();
  }

  counter(name: string): CounterMetric {
    const metric = this.#metrics.get(name);
    return metric?.type === "counter_u64_v1" ? metric : this.#refuse(name, "counter_u64_v1");
  }

  gauge(name: string): GaugeMetric {
    const metric = this.#metrics.get(name);
    return metric?.type === "gauge_f64_v1" ? metric : this.#refuse(name, "gauge_f64_v1");
  }

  histogram(name: string, buckets?: readonly number[]): HistogramMetric {
    const metric = this.#metrics.get(name);
    if (metric?.type !== "histogram_f64_v1") return this.#refuse(name, "histogram_f64_v1");
    const declared = [...metric.layout.bounds].join(", ");
    if (buckets !== undefined && buckets.join(", ") !== declared) {
      throw new ObsError(
        "BUCKETS_UNDECLARED",
        `buckets [${buckets.join(", ")}] are not those declared on ${name}: [${declared}]`,
        { metric: name },
      );
    }
    return metric;
  }

  info(name: string): InfoMetric {
    const metric = this.#metrics.get(name);
    return metric?.type === "info_v1" ? metric : this.#refuse(name, "info_v1");
  }

  stateset(name: string): StatesetMetric {
    const metric = this.#metrics.get(name);
    return metric?.type === "stateset_v1" ? metric : this.#refuse(name, "stateset_v1");
  }

  #refuse(name: string, wanted: MetricType): never {
    const found = this.#metrics.get(name);
    if (found === undefined) {
      throw new ObsError("METRIC_UNDECLARED", `metric ${shown(name)} is not declared`, {
        metric: name,
      });
    }
    throw new ObsError(
      "METRIC_TYPE_DIFFERS",
      `${name} is declared as ${found.type}, not as ${wanted}`,
      { metric: name },
    );
  }
}
