/**
 * The word OpenMetrics wants for a unit. Contract documents and OpenTelemetry write units as UCUM
 * codes (`ms`, `By`, `{message}`, `By/s`); OpenMetrics wants a word that is the name's suffix.
 *
 * Source: OpenTelemetry, Prometheus and OpenMetrics compatibility, "Metric metadata": codes become
 * words, parts in braces are dropped, `a/b` becomes `a_per_b`, `1` becomes `ratio` on a gauge.
 */

const words: ReadonlyMap<string, string> = new Map([
  ["d", "days"],
  ["h", "hours"],
  ["min", "minutes"],
  ["s", "seconds"],
  ["ms", "milliseconds"],
  ["us", "microseconds"],
  ["ns", "nanoseconds"],
  ["By", "bytes"],
  ["KiBy", "kibibytes"],
  ["MiBy", "mebibytes"],
  ["GiBy", "gibibytes"],
  ["TiBy", "tebibytes"],
  ["KBy", "kilobytes"],
  ["MBy", "megabytes"],
  ["GBy", "gigabytes"],
  ["TBy", "terabytes"],
  ["m", "meters"],
  ["V", "volts"],
  ["A", "amperes"],
  ["J", "joules"],
  ["W", "watts"],
  ["g", "grams"],
  ["Cel", "celsius"],
  ["Hz", "hertz"],
  ["%", "percent"],
  ["1", ""],
]);

const perWords: ReadonlyMap<string, string> = new Map([
  ["s", "second"],
  ["m", "minute"],
  ["h", "hour"],
  ["d", "day"],
  ["w", "week"],
  ["mo", "month"],
  ["y", "year"],
]);

/** The word of a unit; empty where the unit says nothing a name should end with (`1`, `{message}`). */
export function unitWord(unit: string): string {
  const [first = "", ...rest] = unit.replace(/\{[^{}]*\}/g, "").split("/");
  const head = words.get(first) ?? first;
  if (rest.length === 0) return head;
  const tail = rest.map((part) => perWords.get(part) ?? part).join("_per_");
  if (tail === "") return head;
  return head === "" ? `per_${tail}` : `${head}_per_${tail}`;
}
