/** Metrics as a table for people: what a reference page shows, made from what is declared. */
import type { MetricDefinition, MetricDefinitions } from "./definitions.js";
import { familiesOf } from "./family.js";
import { compareText } from "./text.js";

const kinds: Readonly<Record<MetricDefinition["type"], string>> = {
  counter_u64_v1: "counter",
  gauge_f64_v1: "gauge",
  histogram_f64_v1: "histogram",
  info_v1: "info",
  stateset_v1: "stateset",
};

/**
 * A Markdown table of `definitions`, by name: type, unit, labels, meaning. Checks the definitions
 * as `createRegistry` does, and throws as it does.
 */
export function describeMetrics(definitions: MetricDefinitions): string {
  const families = familiesOf(definitions);
  const rows = families
    .map(({ id, definition }) => rowOf(id, definition))
    .sort((a, b) => compareText(a[0] ?? "", b[0] ?? ""));
  const lines = [
    ["name", "type", "unit", "labels", "meaning"],
    ["---", "---", "---", "---", "---"],
  ];
  return [...lines, ...rows].map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}

function rowOf(id: string, definition: MetricDefinition): readonly string[] {
  const { type, unit, labels, help } = definition;
  const buckets =
    definition.type === "histogram_f64_v1" ? ` Buckets: ${definition.buckets.join(", ")}.` : "";
  const names = [...labels].sort(compareText).map((label) => `\`${label}\``);
  return [
    `\`${id}\``,
    kinds[type],
    unit === "" ? "" : `\`${cell(unit)}\``,
    names.join(" "),
    cell(`${help}${buckets}`),
  ];
}

/** Text that cannot end its cell, its line or its quotes. */
function cell(text: string): string {
  return text.replace(/[\r\n]+/g, " ").replace(/[\\|`<]/g, (found) => `\\${found}`);
}
