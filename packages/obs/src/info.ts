/** Facts that are labels: versions, names, addresses. The value is always 1. */
import type { Labels } from "./definitions.js";
import type { Family } from "./family.js";
import { type LabelledSeries, type LabelValues, SeriesIndex } from "./series-index.js";

export interface Info<Label extends string = string> {
  /**
   * States these facts. Idempotent. Other facts stated before stay: an info metric is for what does
   * not change while the program runs.
   *
   * Throws LABEL_UNDECLARED, LABEL_VALUE_INVALID, LIMIT_EXCEEDED.
   */
  record(labels: Labels<Label>): void;
}

export class InfoMetric implements Info {
  readonly type = "info_v1" as const;
  readonly family: Family;
  readonly index: SeriesIndex<LabelledSeries>;

  constructor(family: Family, seriesMax: number) {
    this.family = family;
    this.index = new SeriesIndex<LabelledSeries>({
      metric: family.id,
      labels: family.definition.labels,
      seriesMax,
      create: (values) => ({ values }),
    });
  }

  record(labels: LabelValues): void {
    this.index.find(labels);
  }
}
