/**
 * What a metric is declared as. A definition is plain data, so that it can be written in code with
 * the five builders below (which keep label and state names as literal types) or read from a
 * contract document, and means the same either way.
 *
 * Type names are those of X07 for the three kinds it has; `info_v1` and `stateset_v1` are ours.
 */

interface Declared<Type extends string, Label extends string> {
  readonly type: Type;
  /** One sentence for people; may be empty. */
  readonly help: string;
  /**
   * A UCUM code (`s`, `By`, `{message}`, `1`) or a word (`seconds`); empty for none. The metric's
   * name has to end with it, see the README.
   */
  readonly unit: string;
  readonly labels: readonly Label[];
}

/** A count that only grows: whole numbers up to 2^53 - 1. */
export interface CounterDefinition<Label extends string = string>
  extends Declared<"counter_u64_v1", Label> {}

/** A value that goes up and down: any double, NaN and the infinities included. */
export interface GaugeDefinition<Label extends string = string>
  extends Declared<"gauge_f64_v1", Label> {}

/** A distribution over fixed buckets. */
export interface HistogramDefinition<Label extends string = string>
  extends Declared<"histogram_f64_v1", Label> {
  /** Upper bounds, inclusive, finite, ascending; the bucket up to +Inf is implied. */
  readonly buckets: readonly number[];
}

/** Facts that are labels, such as a version: its value is always 1. */
export interface InfoDefinition<Label extends string = string> extends Declared<"info_v1", Label> {}

/** Which of a fixed list of states holds. */
export interface StatesetDefinition<Label extends string = string, State extends string = string>
  extends Declared<"stateset_v1", Label> {
  readonly states: readonly State[];
  /** True: exactly one state holds at a time (an ENUM). False: each is on or off by itself. */
  readonly exclusive: boolean;
}

export type MetricDefinition =
  | CounterDefinition
  | GaugeDefinition
  | HistogramDefinition
  | InfoDefinition
  | StatesetDefinition;

export type MetricType = MetricDefinition["type"];

/** Metric name to definition. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>;

/** Label values by name. A label that is absent, undefined or empty is the same: not there. */
export type Labels<Label extends string> = [Label] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [Name in Label]?: string | undefined };

/** The names in `Definitions` that are declared as `Type`. */
export type NamesOf<Definitions extends MetricDefinitions, Type extends MetricType> = {
  [Name in keyof Definitions & string]: [Extract<Definitions[Name], { type: Type }>] extends [never]
    ? never
    : Name;
}[keyof Definitions & string];

/** The label names of a definition. */
export type LabelsOf<Definition> = Definition extends { readonly labels: readonly (infer Label)[] }
  ? Label & string
  : never;

/** The states of a definition. */
export type StatesOf<Definition> = Definition extends { readonly states: readonly (infer State)[] }
  ? State & string
  : never;

interface Options<Label extends string> {
  readonly help: string;
  readonly labels?: readonly Label[];
}

interface MeasuredOptions<Label extends string> extends Options<Label> {
  readonly unit?: string;
}

// NoInfer: where a definition is written inside a call of `createRegistry`, what that call accepts
// would otherwise decide that a metric without labels has labels of any name.

export function counter<const Label extends string = never>(
  options: MeasuredOptions<Label>,
): CounterDefinition<NoInfer<Label>> {
  return { type: "counter_u64_v1", ...measured(options) };
}

export function gauge<const Label extends string = never>(
  options: MeasuredOptions<Label>,
): GaugeDefinition<NoInfer<Label>> {
  return { type: "gauge_f64_v1", ...measured(options) };
}

export function histogram<const Label extends string = never>(
  options: MeasuredOptions<Label> & { readonly buckets: readonly number[] },
): HistogramDefinition<NoInfer<Label>> {
  return { type: "histogram_f64_v1", ...measured(options), buckets: options.buckets };
}

export function info<const Label extends string = never>(
  options: Options<Label>,
): InfoDefinition<NoInfer<Label>> {
  return { type: "info_v1", ...measured(options) };
}

/** `exclusive` is true unless it is said not to be. */
export function stateset<const State extends string, const Label extends string = never>(
  options: Options<Label> & { readonly states: readonly State[]; readonly exclusive?: boolean },
): StatesetDefinition<NoInfer<Label>, NoInfer<State>> {
  return {
    type: "stateset_v1",
    ...measured(options),
    states: options.states,
    exclusive: options.exclusive ?? true,
  };
}

function measured<Label extends string>(
  options: MeasuredOptions<Label>,
): { help: string; unit: string; labels: readonly Label[] } {
  return { help: options.help, unit: options.unit ?? "", labels: options.labels ?? [] };
}
