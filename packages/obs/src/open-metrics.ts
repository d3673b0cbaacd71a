/**
 * OpenMetrics 1.0 text.
 *
 * The same values give the same bytes, whatever the order in which they were recorded or the
 * metrics declared: families by name (an info family `target` first, as the standard has it),
 * series by label value, labels by name, `le` and a stateset's own label last. No times: neither
 * timestamps nor `_created`.
 *
 *     # TYPE name type
 *     # UNIT name unit          where there is one
 *     # HELP name text          where there is one
 *     name_suffix{label="value"} number # {exemplar="labels"} number
 *     # EOF
 *
 * Source: OpenMetrics 1.0, sections "ABNF" and "Overall Structure".
 */
import type { CounterMetric } from "./counter.js";
import type { GaugeMetric } from "./gauge.js";
import type { HistogramMetric, HistogramSeries } from "./histogram.js";
import type { InfoMetric } from "./info.js";
import { boundText, floatText } from "./numbers.js";
import { type AnyRegistry, type Metric, metricsOf } from "./registry.js";
import type { StatesetMetric } from "./stateset.js";
import { escaped } from "./text.js";

/** The Content-Type of what `renderOpenMetrics` returns, encoded as UTF-8. */
export const openMetricsContentType: string =
  "application/openmetrics-text; version=1.0.0; charset=utf-8";

/**
 * The whole exposition, `# EOF` and the final line feed included. It is complete or not there at
 * all: send it only once it has been returned.
 *
 * Throws REGISTRY_UNKNOWN.
 */
export function renderOpenMetrics(registry: AnyRegistry): string {
  const metrics = metricsOf(registry);
  const target = metrics.filter(isTarget);
  const others = metrics.filter((metric) => !isTarget(metric));
  return [...[...target, ...others].map(familyText), "# EOF\n"].join("");
}

function isTarget(metric: Metric): boolean {
  return metric.type === "info_v1" && metric.family.name === "target";
}

function familyText(metric: Metric): string {
  switch (metric.type) {
    case "counter_u64_v1":
      return counterText(metric);
    case "gauge_f64_v1":
      return gaugeText(metric);
    case "histogram_f64_v1":
      return histogramText(metric);
    case "info_v1":
      return infoText(metric);
    case "stateset_v1":
      return statesetText(metric);
  }
}

function counterText({ family, index }: CounterMetric): string {
  let out = family.header;
  for (const series of index.sorted()) {
    if (series.text === "") {
      const labels = braced(labelsText(index.labels, series.values));
      series.text = flat(family.name, "_total", labels, " ");
    }
    out += series.text;
    out += `${series.total}${series.exemplar}\n`;
  }
  return out;
}

function gaugeText({ family, index }: GaugeMetric): string {
  let out = family.header;
  for (const series of index.sorted()) {
    if (series.text === "") {
      const labels = braced(labelsText(index.labels, series.values));
      series.text = flat(family.name, labels, " ");
    }
    out += series.text;
    out += `${floatText(series.value)}\n`;
  }
  return out;
}

function histogramText({ family, layout, index }: HistogramMetric): string {
  const bounds = [...layout.bounds].map((bound) => `le="${boundText(bound)}"} `);
  bounds.push('le="+Inf"} ');
  const parts = [family.header];
  for (const series of index.sorted()) {
    series.text ??= labelsText(index.labels, series.values);
    const start = `${family.name}_bucket{${series.text}${series.text === "" ? "" : ","}`;
    const { ends, total } = bucketEnds(series, bounds);
    // Joining repeats the start of the line without making a text of each line.
    parts.push(start, ends.join(start));
    // A sum that could have been taken back is no counter; with it goes the count.
    if (layout.least < 0) continue;
    const labels = braced(series.text);
    parts.push(
      `${family.name}_count${labels} ${total}\n${family.name}_sum${labels} ${floatText(series.sum)}\n`,
    );
  }
  return parts.join("");
}

/** What ends each bucket's line, with the cumulative count, and the count of all. */
function bucketEnds(
  { counts, exemplars }: HistogramSeries,
  bounds: readonly string[],
): { ends: string[]; total: number } {
  let total = 0;
  const ends = bounds.map((bound, bucket) => {
    total += counts[bucket] ?? 0;
    return `${bound}${total}${exemplars?.[bucket] ?? ""}\n`;
  });
  return { ends, total };
}

function infoText({ family, index }: InfoMetric): string {
  let out = family.header;
  for (const { values } of index.sorted()) {
    out += `${family.name}_info${braced(labelsText(index.labels, values))} 1\n`;
  }
  return out;
}

function statesetText({ family, states, index }: StatesetMetric): string {
  const ends = states.map((state) => `${family.name}="${escaped(state)}"} `);
  let out = family.header;
  for (const { values, on } of index.sorted()) {
    const labels = labelsText(index.labels, values);
    const start = `${family.name}{${labels}${labels === "" ? "" : ","}`;
    for (const [place, end] of ends.entries()) {
      out += `${start}${end}${on[place] === true ? 1 : 0}\n`;
    }
  }
  return out;
}

/** `a="1",b="2"`; a label that is empty is not there. */
function labelsText(names: readonly string[], values: readonly string[]): string {
  const parts: string[] = [];
  for (const [place, name] of names.entries()) {
    const value = values[place];
    if (value === undefined || value === "") continue;
    parts.push(parts.length === 0 ? "" : ",", name, '="', escaped(value), '"');
  }
  return flat(...parts);
}

function braced(labels: string): string {
  return labels === "" ? "" : `{${labels}}`;
}

/**
 * The parts as one piece. Engines keep a concatenation as a tree of its parts, which every render
 * would walk again; joining an array makes the text itself.
 */
function flat(...parts: readonly string[]): string {
  return parts.join("");
}
