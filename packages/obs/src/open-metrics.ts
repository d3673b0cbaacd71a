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
import { type AnyRegistry, type Metric, metricsOf } from "./registry.js";
import { samplesText } from "./samples.js";

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
  return metric.family.header + samplesText(metric, true);
}
