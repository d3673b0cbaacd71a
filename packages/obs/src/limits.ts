/**
 * The maxima of a registry, each checked before anything is kept. Lengths are in code points where
 * a JSON Schema states them (`id`, `help`, `unit`), in UTF-16 code units where only memory matters.
 */

/** The named maxima. `seriesMax` is the default of `createRegistry`'s option of the same name. */
export const obsLimits: {
  readonly metricsMax: number;
  readonly seriesMax: number;
  readonly nameLengthMax: number;
  readonly helpLengthMax: number;
  readonly unitLengthMax: number;
  readonly labelsMax: number;
  readonly labelNameLengthMax: number;
  readonly labelValueLengthMax: number;
  readonly bucketsMax: number;
  readonly statesMax: number;
  readonly exemplarLengthMax: number;
} = {
  metricsMax: 10_000,
  seriesMax: 10_000,
  nameLengthMax: 256,
  helpLengthMax: 1_024,
  unitLengthMax: 64,
  labelsMax: 32,
  labelNameLengthMax: 128,
  labelValueLengthMax: 4_096,
  bucketsMax: 256,
  statesMax: 64,
  /** OpenMetrics 1.0: label names and values of one exemplar together, in code points. */
  exemplarLengthMax: 128,
};
