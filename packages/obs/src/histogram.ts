/**
 * A distribution over fixed buckets.
 *
 * Counts are kept by bucket and not cumulatively: an observation then touches one count, the
 * snapshot wants them so, and the text renderer adds them up. OpenMetrics calls the sum a counter,
 * which a negative observation would take back; so a histogram accepts negative values only if it
 * has a negative bound, and then writes no sum.
 */
import type { HistogramDefinition, Labels } from "./definitions.js";
import { ObsError, shown } from "./errors.js";
import { type ExemplarLabels, exemplarText } from "./exemplar.js";
import type { Family } from "./family.js";
import { floatText } from "./numbers.js";
import { type LabelledSeries, type LabelValues, SeriesIndex } from "./series-index.js";

/** One series of a histogram: keep it where the labels do not change. */
export interface HistogramHandle {
  /**
   * Counts `value` in the first bucket whose bound is not below it. Finite; negative only if the
   * lowest bound is. `exemplar` replaces the one of that bucket.
   *
   * Throws VALUE_INVALID, EXEMPLAR_INVALID; nothing is counted then.
   */
  observe(value: number, exemplar?: ExemplarLabels): void;
}

export interface Histogram<Label extends string = string> {
  /** The series with these labels, empty if it is new. */
  with(labels: Labels<Label>): HistogramHandle;
  /** `with(labels).observe(value, exemplar)`. Throws LABEL_UNDECLARED, LABEL_VALUE_INVALID, LIMIT_EXCEEDED, and as the handle. */
  observe(value: number, labels?: Labels<Label>, exemplar?: ExemplarLabels): void;
}

/** What all series of a histogram share. */
export interface BucketLayout {
  readonly metric: string;
  /** Upper bounds, ascending; +Inf left out. */
  readonly bounds: Float64Array;
  /** The least value that may be observed. */
  readonly least: number;
}

export class HistogramSeries implements LabelledSeries, HistogramHandle {
  readonly values: readonly string[];
  readonly #layout: BucketLayout;
  readonly #bounds: Float64Array;
  /** One for each bound, and one for what is above them all. */
  readonly counts: Float64Array;
  sum = 0;
  /** As text, by bucket; undefined before the first. */
  exemplars: string[] | undefined = undefined;
  /** What a renderer puts inside the braces, once it has worked it out. */
  text: string | undefined = undefined;

  constructor(layout: BucketLayout, values: readonly string[]) {
    this.#layout = layout;
    this.#bounds = layout.bounds;
    this.counts = new Float64Array(layout.bounds.length + 1);
    this.values = values;
  }

  observe(value: number, exemplar?: ExemplarLabels): void {
    const layout = this.#layout;
    if (!isObservable(layout, value)) refuse(layout, value);
    const text =
      exemplar === undefined ? undefined : exemplarText(layout.metric, exemplar, floatText(value));
    this.count(value, text);
  }

  /** `observe`, for a value that has been checked and an exemplar that is text. */
  count(value: number, exemplar: string | undefined): void {
    const bucket = bucketOf(this.#bounds, value);
    if (exemplar !== undefined) {
      this.exemplars ??= Array.from(this.counts, () => "");
      this.exemplars[bucket] = exemplar;
    }
    // The bucket is always in range; the fallback is for the compiler.
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sum += value;
  }
}

export class HistogramMetric implements Histogram {
  readonly type = "histogram_f64_v1" as const;
  readonly family: Family;
  readonly layout: BucketLayout;
  readonly index: SeriesIndex<HistogramSeries>;

  constructor(family: Family, { buckets, labels }: HistogramDefinition, seriesMax: number) {
    const bounds = Float64Array.from(buckets);
    const hasNegative = (bounds[0] ?? 0) < 0;
    const layout = {
      metric: family.id,
      bounds,
      least: hasNegative ? -Number.MAX_VALUE : 0,
    };
    this.family = family;
    this.layout = layout;
    this.index = new SeriesIndex({
      metric: family.id,
      labels,
      seriesMax,
      create: (values) => new HistogramSeries(layout, values),
    });
    if (labels.length === 0) this.index.find();
  }

  with(labels: LabelValues): HistogramHandle {
    return this.index.find(labels);
  }

  observe(value: number, labels?: LabelValues, exemplar?: ExemplarLabels): void {
    const { layout } = this;
    // All that can be refused, before the series is looked for: it may be new, and would be left empty.
    if (!isObservable(layout, value)) refuse(layout, value);
    const text =
      exemplar === undefined ? undefined : exemplarText(layout.metric, exemplar, floatText(value));
    this.index.find(labels).count(value, text);
  }
}

/** The first bound that is not below `value`, by halving; the number of bounds if all are. */
function bucketOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bounds[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isObservable(layout: BucketLayout, value: number): boolean {
  return typeof value === "number" && value >= layout.least && value <= Number.MAX_VALUE;
}

function refuse({ metric, least }: BucketLayout, value: number): never {
  const expected = least === 0 ? "a finite number from 0 up" : "a finite number";
  throw new ObsError(
    "VALUE_INVALID",
    `${metric} cannot observe ${shown(value)}: expected ${expected}`,
    { metric },
  );
}
