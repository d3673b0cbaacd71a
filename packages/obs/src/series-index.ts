/**
 * Finds the series of a set of label values.
 *
 * The usual way is to build one key text of all values and look that up. It allocates on every
 * call, and needs quoting, or values that contain the separator collide. Here the values are
 * walked, one map for each label in declared order, so nothing is built and nothing can collide:
 *
 *     topic "orders" -> outcome "ok"     -> series
 *                       outcome "failed" -> series
 *     topic ""       -> ...              (no such label on the series)
 *
 * The quick walk takes the caller's properties as they come, which is right whenever they stand in
 * declared order. Any other order, an absent label, a new series and every mistake are left to the
 * second walk, which puts the values in order first. Both read the properties with `for in`: it gives
 * names and values without a lookup by name, and never the `constructor` that every object inherits.
 */
import { ObsError, shown } from "./errors.js";
import { obsLimits } from "./limits.js";
import { compareRows, compareText } from "./text.js";

/** What every kind of series has. */
export interface LabelledSeries {
  /** Label values in order of label name; empty where the label is absent. */
  readonly values: readonly string[];
}

/** Label values by name, as they arrive: not yet checked. */
export type LabelValues = Readonly<Record<string, string | undefined>>;

interface LabelNode<Series> {
  readonly children: Map<string, LabelNode<Series>>;
  series: Series | undefined;
}

export interface SeriesIndexOptions<Series> {
  readonly metric: string;
  /** Label names in declared order. */
  readonly labels: readonly string[];
  readonly seriesMax: number;
  readonly create: (values: readonly string[]) => Series;
}

const none: LabelValues = Object.freeze({});

export class SeriesIndex<Series extends LabelledSeries> {
  /** Label names, sorted: the order of `values`. */
  readonly labels: readonly string[];
  readonly #names: readonly string[];
  readonly #options: SeriesIndexOptions<Series>;
  readonly #root: LabelNode<Series> = { children: new Map(), series: undefined };
  /** For each sorted label, where it stands in declared order. */
  readonly #places: readonly number[];
  readonly #all: Series[] = [];
  #sorted = true;

  constructor(options: SeriesIndexOptions<Series>) {
    this.#options = options;
    this.#names = options.labels;
    this.labels = [...options.labels].sort(compareText);
    this.#places = this.labels.map((label) => options.labels.indexOf(label));
  }

  /**
   * The series with these labels, created if it is new.
   *
   * Throws LABEL_UNDECLARED, LABEL_VALUE_INVALID, LIMIT_EXCEEDED (the series limit, a value's length).
   */
  find(labels: LabelValues = none): Series {
    const names = this.#names;
    let node: LabelNode<Series> | undefined = this.#root;
    let depth = 0;
    for (const name in labels) {
      if (name !== names[depth++]) return this.#findInAnyOrder(labels);
      const value: unknown = labels[name];
      if (typeof value !== "string") return this.#findInAnyOrder(labels);
      node = node.children.get(value);
      if (node === undefined) return this.#findInAnyOrder(labels);
    }
    // Only at full depth is there a series.
    return node.series ?? this.#findInAnyOrder(labels);
  }

  /** All series by label value, label by label in order of name, an absent label first. */
  sorted(): readonly Series[] {
    if (!this.#sorted) {
      this.#all.sort((a, b) => compareRows(a.values, b.values));
      this.#sorted = true;
    }
    return this.#all;
  }

  #findInAnyOrder(labels: LabelValues): Series {
    const values = this.#placed(labels);
    let node = this.#root;
    for (const value of values) {
      const child = node.children.get(value);
      if (child === undefined) return this.#create(values);
      node = child;
    }
    return node.series ?? this.#create(values);
  }

  /** The values in declared order, empty where absent. Their text is not checked yet. */
  #placed(labels: LabelValues): string[] {
    const { metric } = this.#options;
    if (typeof labels !== "object" || labels === null) {
      throw new ObsError(
        "LABEL_VALUE_INVALID",
        `labels of ${metric} is ${shown(labels)}, not an object`,
        { metric },
      );
    }
    const names = this.#names;
    const values: string[] = [];
    // Loops, not `fill` and `indexOf`: 67 ns against 93 for an increment that takes this walk.
    for (let place = 0; place < names.length; place++) values.push("");
    for (const name in labels) {
      let place = names.length - 1;
      while (place >= 0 && names[place] !== name) place--;
      const value: unknown = labels[name];
      if (place < 0) this.#refuseName(name);
      if (value === undefined) continue;
      if (typeof value !== "string") this.#refuseValue(name, value);
      values[place] = value;
    }
    return values;
  }

  /** What a found series need not be asked again. */
  #checkValues(values: readonly string[]): void {
    const { metric } = this.#options;
    for (const [place, name] of this.#names.entries()) {
      const value = values[place] ?? "";
      if (!value.isWellFormed()) this.#refuseValue(name, value);
      if (value.length > obsLimits.labelValueLengthMax) {
        throw new ObsError(
          "LIMIT_EXCEEDED",
          `label ${name} of ${metric}: ${value.length} units, at most ${obsLimits.labelValueLengthMax}`,
          { metric, limit: obsLimits.labelValueLengthMax, actual: value.length },
        );
      }
    }
  }

  #refuseName(name: string): never {
    const { metric } = this.#options;
    const declared = this.#names.length === 0 ? "none" : this.#names.join(", ");
    throw new ObsError(
      "LABEL_UNDECLARED",
      `label ${shown(name)} is not declared on ${metric}, which has: ${declared}`,
      { metric },
    );
  }

  #refuseValue(name: string, value: unknown): never {
    const { metric } = this.#options;
    throw new ObsError(
      "LABEL_VALUE_INVALID",
      `label ${name} of ${metric} is ${shown(value)}, not Unicode text`,
      { metric },
    );
  }

  #create(values: readonly string[]): Series {
    const { metric, seriesMax, create } = this.#options;
    this.#checkValues(values);
    if (this.#all.length >= seriesMax) {
      throw new ObsError(
        "LIMIT_EXCEEDED",
        `${metric} has ${seriesMax} series, at most ${seriesMax}: a label takes too many values`,
        { metric, limit: seriesMax, actual: seriesMax + 1 },
      );
    }
    let node = this.#root;
    for (const value of values) {
      let child = node.children.get(value);
      if (child === undefined) {
        child = { children: new Map(), series: undefined };
        node.children.set(value, child);
      }
      node = child;
    }
    const series = create(this.#places.map((place) => values[place] ?? ""));
    node.series = series;
    this.#all.push(series);
    this.#sorted = this.#all.length === 1;
    return series;
  }
}
