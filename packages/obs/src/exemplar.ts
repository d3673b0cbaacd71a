/**
 * One example of what was counted, usually the trace that it came from. The text format allows one
 * on a counter's total and one on each bucket. It is turned into text when it is recorded: an
 * exemplar is rare, a render is not, and the caller's object may change.
 *
 * No timestamp: it is optional, and a time would make live and replayed output differ.
 */
import { ObsError, shown } from "./errors.js";
import { obsLimits } from "./limits.js";
import { codePoints, compareText, escaped, isExemplarLabelName } from "./text.js";

/**
 * Such as `{ trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" }`. Names and values together have at most
 * 128 characters (code points). Any label name of the format will do; none has to be declared.
 */
export type ExemplarLabels = Readonly<Record<string, string>>;

/** ` # {trace_id="4bf9..."} 1`: what follows the sample. `value` is a number's text already. */
export function exemplarText(metric: string, labels: ExemplarLabels, value: string): string {
  if (typeof labels !== "object" || labels === null) {
    refuse(metric, `is ${shown(labels)}, not an object`);
  }
  let length = 0;
  const pairs: string[] = [];
  for (const name of Object.keys(labels).sort(compareText)) {
    const text: unknown = labels[name];
    if (!isExemplarLabelName(name))
      refuse(metric, `has the label ${shown(name)}, not a label name`);
    if (typeof text !== "string" || !text.isWellFormed()) {
      refuse(metric, `has ${name} = ${shown(text)}, not Unicode text`);
    }
    length += name.length + codePoints(text);
    pairs.push(`${name}="${escaped(text)}"`);
  }
  if (length > obsLimits.exemplarLengthMax) {
    throw new ObsError(
      "EXEMPLAR_INVALID",
      `exemplar of ${metric} has ${length} characters, at most ${obsLimits.exemplarLengthMax}`,
      { metric, limit: obsLimits.exemplarLengthMax, actual: length },
    );
  }
  return ` # {${pairs.join(",")}} ${value}`;
}

function refuse(metric: string, what: string): never {
  throw new ObsError("EXEMPLAR_INVALID", `exemplar of ${metric} ${what}`, { metric });
}
