/**
 * Prometheus' text format 0.0.4, for readers that do not ask for OpenMetrics.
 *
 *     # HELP name text
 *     # TYPE name type
 *     name{label="value"} number
 *
 * The same samples, in the same order. Without exemplars, units and `# EOF`; a counter's TYPE carries
 * its `_total`; info metrics and statesets, which the format has not, are gauges.
 *
 * Source: Prometheus, "Exposition formats", text-based format.
 */
import type { MetricType } from "./definitions.js";
import { type AnyRegistry, type Metric, metricsOf } from "./registry.js";
import { samplesText } from "./samples.js";
import { helpEscaped } from "./text.js";

/** The Content-Type of what `renderPrometheusText` returns, encoded as UTF-8. */
export const prometheusTextContentType: string = "text/plain; version=0.0.4; charset=utf-8";

const types: Readonly<Record<MetricType, { readonly type: string; readonly suffix: string }>> = {
  counter_u64_v1: { type: "counter", suffix: "_total" },
  gauge_f64_v1: { type: "gauge", suffix: "" },
  histogram_f64_v1: { type: "histogram", suffix: "" },
  info_v1: { type: "gauge", suffix: "_info" },
  stateset_v1: { type: "gauge", suffix: "" },
};

/** The whole exposition. Throws REGISTRY_UNKNOWN. */
export function renderPrometheusText(registry: AnyRegistry): string {
  return metricsOf(registry).map(familyText).join("");
}

function familyText(metric: Metric): string {
  const { name: family, definition } = metric.family;
  const { type, suffix } = types[metric.type];
  const name = `${family}${suffix}`;
  const help = definition.help === "" ? "" : `# HELP ${name} ${helpEscaped(definition.help)}\n`;
  return `${help}# TYPE ${name} ${type}\n${samplesText(metric, false)}`;
}
