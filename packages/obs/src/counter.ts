/** A count that only grows, in whole numbers. */
import type { Labels } from "./definitions.js";
import { ObsError, shown } from "./errors.js";
import { type ExemplarLabels, exemplarText } from "./exemplar.js";
import type { Family } from "./family.js";
import { type LabelledSeries, type LabelValues, SeriesIndex } from "./series-index.js";

/** One series of a counter: keep it where the labels do not change. */
export interface CounterHandle {
  /**
   * Adds `amount` (1 unless given), a whole number from 0 up; the total may reach 2^53 - 1.
   * `exemplar` replaces the one before it.
   *
   * Throws VALUE_INVALID, VALUE_TOO_LARGE, EXEMPLAR_INVALID; nothing is added then.
   */
  add(amount?: number, exemplar?: ExemplarLabels): void;
}

export interface Counter<Label extends string = string> {
  /** The series with these labels, which counts from 0 if it is new. Throws as `add` for the labels. */
  with(labels: Labels<Label>): CounterHandle;
  /** `with(labels).add(amount, exemplar)`. Throws LABEL_UNDECLARED, LABEL_VALUE_INVALID, LIMIT_EXCEEDED, and as the handle. */
  add(amount?: number, labels?: Labels<Label>, exemplar?: ExemplarLabels): void;
}

export class CounterSeries implements LabelledSeries, CounterHandle {
  readonly values: readonly string[];
  readonly #metric: string;
  total = 0;
  /** As text, empty for none. */
  exemplar = "";
  /** What a renderer puts before the value, once it has worked it out. */
  text = "";

  constructor(metric: string, values: readonly string[]) {
    this.#metric = metric;
    this.values = values;
  }

  add(amount = 1, exemplar?: ExemplarLabels): void {
    if (!Number.isSafeInteger(amount) || amount < 0) refuseAmount(this.#metric, amount);
    const text =
      exemplar === undefined ? undefined : exemplarText(this.#metric, exemplar, `${amount}`);
    this.count(amount, text);
  }

  /** `add`, for an amount that has been checked and an exemplar that is text. */
  count(amount: number, exemplar: string | undefined): void {
    const total = this.total + amount;
    if (total > Number.MAX_SAFE_INTEGER) refuseTotal(this.#metric, total);
    if (exemplar !== undefined) this.exemplar = exemplar;
    this.total = total;
  }
}

export class CounterMetric implements Counter {
  readonly type = "counter_u64_v1" as const;
  readonly family: Family;
  readonly index: SeriesIndex<CounterSeries>;

  constructor(family: Family, seriesMax: number) {
    const { id, definition } = family;
    this.family = family;
    this.index = new SeriesIndex({
      metric: id,
      labels: definition.labels,
      seriesMax,
      create: (values) => new CounterSeries(id, values),
    });
    // Without labels there is one series, and it is there from the start.
    if (definition.labels.length === 0) this.index.find();
  }

  with(labels: LabelValues): CounterHandle {
    return this.index.find(labels);
  }

  add(amount = 1, labels?: LabelValues, exemplar?: ExemplarLabels): void {
    // All that can be refused, before the series is looked for: it may be new, and would be left empty.
    if (!Number.isSafeInteger(amount) || amount < 0) refuseAmount(this.family.id, amount);
    const text =
      exemplar === undefined ? undefined : exemplarText(this.family.id, exemplar, `${amount}`);
    this.index.find(labels).count(amount, text);
  }
}

function refuseAmount(metric: string, amount: number): never {
  throw new ObsError(
    typeof amount === "number" && amount > Number.MAX_SAFE_INTEGER
      ? "VALUE_TOO_LARGE"
      : "VALUE_INVALID",
    `${metric} cannot count ${shown(amount)}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
    { metric },
  );
}

function refuseTotal(metric: string, total: number): never {
  throw new ObsError(
    "VALUE_TOO_LARGE",
    `${metric} would reach ${total}, at most ${Number.MAX_SAFE_INTEGER}`,
    { metric, limit: Number.MAX_SAFE_INTEGER, actual: total },
  );
}
