/**
 * Metrics that a registry of `@reprise/obs` would refuse when the program starts: names, labels,
 * buckets, units, and names that two metrics would both write. The rules are OpenMetrics 1.0's, and
 * the words of units those of its compatibility with OpenTelemetry ("Metric metadata").
 */
import type { MetricEntry } from "../documents/contract-documents.js";
import { pointerTo } from "../documents/json-position.js";

export interface MetricProblem {
  /** Into the registry. */
  readonly pointer: string;
  readonly metric: string;
  readonly problem: string;
}

const labelsMax = 32;
const bucketsMax = 256;
const nameForm = /^[a-zA-Z][a-zA-Z0-9_]*$/;

/** Every name that a metric of this type writes is its family's with one of these behind it. */
const suffixes: ReadonlyMap<string, readonly string[]> = new Map([
  ["counter_u64_v1", ["_total", "_created"]],
  ["histogram_f64_v1", ["_count", "_sum", "_bucket", "_created"]],
]);

export function metricProblems(metrics: readonly MetricEntry[]): readonly MetricProblem[] {
  const owners = new Map<string, string>();
  return metrics.flatMap((metric, position) => {
    const problemAt = (problem: string, ...keys: readonly (string | number)[]): MetricProblem => ({
      pointer: pointerTo("metrics", position, ...keys),
      metric: metric.id,
      problem,
    });
    const own = [
      ...nameProblems(metric).map((problem) => problemAt(problem, "id")),
      ...labelProblems(metric).map(({ index, problem }) => problemAt(problem, "labels", index)),
      ...bucketProblems(metric).map(({ index, problem }) =>
        index === undefined ? problemAt(problem) : problemAt(problem, "histogram_buckets", index),
      ),
      ...unitProblems(metric).map((problem) => problemAt(problem, "unit")),
    ];
    const clash = clashOf(metric, owners);
    return clash === undefined ? own : [...own, problemAt(clash, "id")];
  });
}

function nameProblems({ id }: MetricEntry): readonly string[] {
  return nameForm.test(id)
    ? []
    : ["metric name must be a letter followed by letters, digits and _"];
}

interface PlacedProblem {
  readonly index: number;
  readonly problem: string;
}

function labelProblems({ type, labels }: MetricEntry): readonly PlacedProblem[] {
  return labels.flatMap((label, index): readonly PlacedProblem[] => {
    if (index === labelsMax)
      return [{ index, problem: `metric has more than ${labelsMax} labels` }];
    if (index > labelsMax) return [];
    if (!nameForm.test(label)) {
      return [{ index, problem: "label name must be a letter followed by letters, digits and _" }];
    }
    if (labels.indexOf(label) !== index) return [{ index, problem: "label is declared twice" }];
    return type === "histogram_f64_v1" && label === "le"
      ? [{ index, problem: "label le is the one that a histogram writes itself" }]
      : [];
  });
}

function bucketProblems({
  type,
  histogram_buckets: buckets,
}: MetricEntry): readonly { readonly index?: number; readonly problem: string }[] {
  if (type !== "histogram_f64_v1") {
    return buckets === undefined ? [] : [{ problem: `histogram_buckets has no place in ${type}` }];
  }
  if (buckets === undefined) return [{ problem: "histogram has no histogram_buckets" }];
  return buckets.flatMap((bound, index) => {
    if (index === bucketsMax) return [{ index, problem: `more than ${bucketsMax} buckets` }];
    const before = buckets[index - 1];
    return before === undefined || before < bound
      ? []
      : [{ index, problem: "bucket bounds must ascend" }];
  });
}

function familyOf({ id, type }: MetricEntry): string {
  return type === "counter_u64_v1" && id.endsWith("_total") ? id.slice(0, -"_total".length) : id;
}

function clashOf(metric: MetricEntry, owners: Map<string, string>): string | undefined {
  const family = familyOf(metric);
  let clash: string | undefined;
  for (const suffix of ["", ...(suffixes.get(metric.type) ?? [])]) {
    const sample = family + suffix;
    const owner = owners.get(sample);
    // Two of one id are told of as duplicates.
    if (owner !== undefined && owner !== metric.id) {
      clash ??= `metric and ${owner} could both write ${sample}`;
    }
    owners.set(sample, owner ?? metric.id);
  }
  return clash;
}

function unitProblems(metric: MetricEntry): readonly string[] {
  const { unit } = metric;
  const word = unitWord(unit);
  const family = familyOf(metric);
  if (word === "" || family.endsWith(`_${word}`) || family.endsWith(`_${unit}`)) return [];
  return [`metric name must end with _${word}, for its unit is ${unit}`];
}

const words: Readonly<Record<string, string>> = {
  ...{ d: "days", h: "hours", min: "minutes", s: "seconds", ms: "milliseconds" },
  ...{ us: "microseconds", ns: "nanoseconds", By: "bytes", KiBy: "kibibytes", MiBy: "mebibytes" },
  ...{ GiBy: "gibibytes", TiBy: "tebibytes", KBy: "kilobytes", MBy: "megabytes" },
  ...{ GBy: "gigabytes", TBy: "terabytes", m: "meters", V: "volts", A: "amperes", J: "joules" },
  ...{ W: "watts", g: "grams", Cel: "celsius", Hz: "hertz", "%": "percent", "1": "" },
};

const perWords: Readonly<Record<string, string>> = {
  ...{ s: "second", m: "minute", h: "hour", d: "day", w: "week", mo: "month", y: "year" },
};

/** Empty where the unit says nothing that a name should end with: `1`, `{message}`. */
function unitWord(unit: string): string {
  const [first = "", ...rest] = unit.replace(/\{[^{}]*\}/g, "").split("/");
  const head = lookUp(words, first);
  if (rest.length === 0) return head;
  const tail = rest.map((part) => lookUp(perWords, part)).join("_per_");
  if (tail === "") return head;
  return head === "" ? `per_${tail}` : `${head}_per_${tail}`;
}

function lookUp(table: Readonly<Record<string, string>>, key: string): string {
  return Object.hasOwn(table, key) ? (table[key] ?? key) : key;
}
