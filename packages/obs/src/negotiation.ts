/**
 * Which text a reader of metrics gets, from its Accept header.
 *
 * Ranges are tried from the best quality down, in the order given where it is the same. Who asks for
 * nothing, for anything, or for what there is not (protocol buffers), gets the oldest format; only
 * who rules that out (`text/plain;q=0`) gets none.
 *
 * Since Prometheus 3 a format from version 1.0.0 on has a scheme by which names beyond the old
 * alphabet are escaped. No name here is beyond it, so `underscores`, `values` and `allow-utf-8` all
 * change nothing, and the answer repeats the one asked for; `dots` would double every underscore, so
 * who asks for that is told `underscores`.
 *
 * Source: RFC 9110, section 12.5.1; Prometheus, "Content negotiation" and "Escaping schemes" (which
 * spell one scheme in two ways).
 */
import { openMetricsContentType, renderOpenMetrics } from "./open-metrics.js";
import { prometheusTextContentType, renderPrometheusText } from "./prometheus-text.js";
import type { AnyRegistry } from "./registry.js";

export interface MetricsFormat {
  readonly contentType: string;
  readonly render: (registry: AnyRegistry) => string;
}

const acceptLengthMax = 4_096;
const oldest: MetricsFormat = {
  contentType: prometheusTextContentType,
  render: renderPrometheusText,
};

interface Range {
  readonly type: string;
  readonly quality: number;
  readonly parameters: ReadonlyMap<string, string>;
}

/** The format for an Accept header; undefined where all are ruled out. */
export function negotiateMetricsFormat(accept: string | undefined): MetricsFormat | undefined {
  if (accept === undefined || accept.length > acceptLengthMax || accept.trim() === "") {
    return oldest;
  }
  const ranges = accept.split(",").map(rangeOf);
  const refused = new Set(ranges.filter(({ quality }) => quality === 0).map(({ type }) => type));
  const wanted = ranges
    .filter(({ quality }) => quality > 0)
    .sort((left, right) => right.quality - left.quality);
  for (const range of wanted) {
    const format = formatOf(range, refused);
    if (format !== undefined) return format;
  }
  const isRefused = ["text/plain", "text/*", "*/*"].some((type) => refused.has(type));
  return isRefused ? undefined : oldest;
}

function formatOf(
  { type, parameters }: Range,
  refused: ReadonlySet<string>,
): MetricsFormat | undefined {
  const version = parameters.get("version");
  const escaping = `; escaping=${schemeOf(parameters.get("escaping"))}`;
  const openMetrics = {
    contentType: openMetricsContentType + escaping,
    render: renderOpenMetrics,
  };
  switch (type) {
    case "application/openmetrics-text":
      return version === undefined || version === "1.0.0" ? openMetrics : undefined;
    case "text/plain":
      if (version === undefined || version === "0.0.4") return oldest;
      // What 1.0.0 adds to 0.0.4 are names in quotes, of which there are none.
      return version === "1.0.0"
        ? { ...oldest, contentType: `text/plain; version=1.0.0; charset=utf-8${escaping}` }
        : undefined;
    case "application/*":
      return refused.has("application/openmetrics-text") ? undefined : openMetrics;
    case "text/*":
    case "*/*":
      if (!refused.has("text/plain")) return oldest;
      return type === "*/*" && !refused.has("application/openmetrics-text")
        ? openMetrics
        : undefined;
    default:
      return undefined;
  }
}

function schemeOf(scheme: string | undefined): string {
  if (scheme === "allow-utf-8" || scheme === "allow-utf8") return "allow-utf-8";
  return scheme === "values" ? "values" : "underscores";
}

function rangeOf(text: string): Range {
  const [type = "", ...rest] = text.split(";");
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [name = "", value = ""] = part.split("=", 2);
    const given = value.trim().replace(/^"(.*)"$/, "$1");
    parameters.set(name.trim().toLowerCase(), given);
  }
  return { type: type.trim().toLowerCase(), quality: qualityOf(parameters.get("q")), parameters };
}

/** Source: RFC 9110, section 12.4.2. What is no quality counts as 0: nobody can tell what was meant. */
function qualityOf(text: string | undefined): number {
  if (text === undefined) return 1;
  return /^(0(\.\d{0,3})?|1(\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}

/** True where an Accept-Encoding header allows gzip. */
export function allowsGzip(acceptEncoding: string | undefined): boolean {
  if (acceptEncoding === undefined || acceptEncoding.length > acceptLengthMax) return false;
  const ranges = acceptEncoding.split(",").map(rangeOf);
  const range =
    ranges.find(({ type }) => type === "gzip" || type === "x-gzip") ??
    ranges.find(({ type }) => type === "*");
  return range !== undefined && range.quality > 0;
}
