/**
 * Samples as lines of text: what OpenMetrics 1.0 and Prometheus' own format have in common. They
 * differ in what stands before a family's samples, in exemplars, and in how the text ends.
 */
import type { CounterMetric } from "./counter.js";
import type { GaugeMetric } from "./gauge.js";
import type { HistogramMetric, HistogramSeries } from "./histogram.js";
import type { InfoMetric } from "./info.js";
import { boundText, floatText } from "./numbers.js";
import type { Metric } from "./registry.js";
import type { StatesetMetric } from "./stateset.js";
import { escaped } from "./text.js";

/** The sample lines of a metric, in order; `withExemplars` where the format has them. */
export function samplesText(metric: Metric, withExemplars: boolean): string {
  switch (metric.type) {
    case "counter_u64_v1":
      return counterText(metric, withExemplars);
    case "gauge_f64_v1":
      return gaugeText(metric);
    case "histogram_f64_v1":
      return histogramText(metric, withExemplars);
    case "info_v1":
      return infoText(metric);
    case "stateset_v1":
      return statesetText(metric);
  }
}

function counterText({ family, index }: CounterMetric, withExemplars: boolean): string {
  let out = "";
  for (const series of index.sorted()) {
    if (series.text === "") {
      const labels = braced(labelsText(index.labels, series.values));
      series.text = flat(family.name, "_total", labels, " ");
    }
    out += series.text;
    out += withExemplars ? `${series.total}${series.exemplar}\n` : `${series.total}\n`;
  }
  return out;
}

function gaugeText({ family, index }: GaugeMetric): string {
  let out = "";
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

function histogramText({ family, layout, index }: HistogramMetric, withExemplars: boolean): string {
  const bounds = [...layout.bounds].map((bound) => `le="${boundText(bound)}"} `);
  bounds.push('le="+Inf"} ');
  const parts: string[] = [];
  for (const series of index.sorted()) {
    series.text ??= labelsText(index.labels, series.values);
    const start = `${family.name}_bucket{${series.text}${series.text === "" ? "" : ","}`;
    const { ends, total } = bucketEnds(series, bounds, withExemplars);
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
  withExemplars: boolean,
): { ends: string[]; total: number } {
  let total = 0;
  const ends = bounds.map((bound, bucket) => {
    total += counts[bucket] ?? 0;
    return `${bound}${total}${withExemplars ? (exemplars?.[bucket] ?? "") : ""}\n`;
  });
  return { ends, total };
}

function infoText({ family, index }: InfoMetric): string {
  let out = "";
  for (const { values } of index.sorted()) {
    out += `${family.name}_info${braced(labelsText(index.labels, values))} 1\n`;
  }
  return out;
}

function statesetText({ family, states, index }: StatesetMetric): string {
  const ends = states.map((state) => `${family.name}="${escaped(state)}"} `);
  let out = "";
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
