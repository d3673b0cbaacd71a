/** A value that goes up and down. */
import type { Labels } from "./definitions.js";
import { ObsError, shown } from "./errors.js";
import type { Family } from "./family.js";
import { type LabelledSeries, type LabelValues, SeriesIndex } from "./series-index.js";

/** One series of a gauge: keep it where the labels do not change. */
export interface GaugeHandle {
  /** Any number: NaN and the infinities too. Throws VALUE_INVALID for what is not a number. */
  set(value: number): void;
  /** Adds `amount`, which may be negative. Throws VALUE_INVALID for what is not a number. */
  add(amount: number): void;
}

export interface Gauge<Label extends string = string> {
  /** The series with these labels, at 0 if it is new. */
  with(labels: Labels<Label>): GaugeHandle;
  /** `with(labels).set(value)`. Throws LABEL_UNDECLARED, LABEL_VALUE_INVALID, LIMIT_EXCEEDED, VALUE_INVALID. */
  set(value: number, labels?: Labels<Label>): void;
  /** `with(labels).add(amount)`. Throws as `set`. */
  add(amount: number, labels?: Labels<Label>): void;
}

export class GaugeSeries implements LabelledSeries, GaugeHandle {
  readonly values: readonly string[];
  readonly #metric: string;
  value = 0;
  /** What a renderer puts before the value, once it has worked it out. */
  text = "";

  constructor(metric: string, values: readonly string[]) {
    this.#metric = metric;
    this.values = values;
  }

  set(value: number): void {
    if (typeof value !== "number") refuse(this.#metric, value);
    this.value = value;
  }

  add(amount: number): void {
    if (typeof amount !== "number") refuse(this.#metric, amount);
    this.value += amount;
  }
}

export class GaugeMetric implements Gauge {
  readonly type = "gauge_f64_v1" as const;
  readonly family: Family;
  readonly index: SeriesIndex<GaugeSeries>;

  constructor(family: Family, seriesMax: number) {
    const { id, definition } = family;
    this.family = family;
    this.index = new SeriesIndex({
      metric: id,
      labels: definition.labels,
      seriesMax,
      create: (values) => new GaugeSeries(id, values),
    });
    if (definition.labels.length === 0) this.index.find();
  }

  with(labels: LabelValues): GaugeHandle {
    return this.index.find(labels);
  }

  set(value: number, labels?: LabelValues): void {
    if (typeof value !== "number") refuse(this.family.id, value);
    this.index.find(labels).set(value);
  }

  add(amount: number, labels?: LabelValues): void {
    if (typeof amount !== "number") refuse(this.family.id, amount);
    this.index.find(labels).add(amount);
  }
}

function refuse(metric: string, value: unknown): never {
  throw new ObsError("VALUE_INVALID", `${metric} cannot hold ${shown(value)}: expected a number`, {
    metric,
  });
}
