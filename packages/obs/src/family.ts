/**
 * A declared metric, checked: everything about it that does not change while it is recorded to.
 *
 * OpenMetrics groups samples into families, and a sample's name is the family's name and a suffix
 * that its type prescribes. So two metrics may be named apart and still collide: counter `a` writes
 * `a_total`, which is also what gauge `a_total` would write. Each family therefore reserves every
 * name its type could ever write, and a second claim on a name is refused, before anything is
 * recorded.
 *
 * A counter may be declared as `requests` or as `requests_total`, an info metric as `build` or as
 * `build_info`: both are written as the longer one. The family is the shorter one.
 */
import type { MetricDefinition, MetricDefinitions, MetricType } from "./definitions.js";
import { ObsError, type ObsErrorCode, shown } from "./errors.js";
import { obsLimits } from "./limits.js";
import { codePoints, compareText, escaped, isName } from "./text.js";
import { unitWord } from "./units.js";

export interface Family {
  /** The name it was declared under. */
  readonly id: string;
  /** The OpenMetrics family: `id` without the suffix that every sample carries. */
  readonly name: string;
  readonly definition: MetricDefinition;
  /** The TYPE, UNIT and HELP lines. */
  readonly header: string;
}

interface TypeRow {
  /** What the TYPE line says. */
  readonly text: string;
  /** The suffix of the one sample a series has, where it has one; an id may carry it already. */
  readonly suffix: string;
  /** Suffixes no other family's samples may end up with. */
  readonly reserved: readonly string[];
}

/** Source: OpenMetrics 1.0, "MetricFamily": a name and its suffixed forms are reserved together. */
const types: Readonly<Record<MetricType, TypeRow>> = {
  counter_u64_v1: { text: "counter", suffix: "_total", reserved: ["_total", "_created"] },
  gauge_f64_v1: { text: "gauge", suffix: "", reserved: [] },
  histogram_f64_v1: {
    text: "histogram",
    suffix: "",
    reserved: ["_count", "_sum", "_bucket", "_created"],
  },
  info_v1: { text: "info", suffix: "_info", reserved: ["_info"] },
  stateset_v1: { text: "stateset", suffix: "", reserved: [] },
};

/** Checks all definitions, each by itself and then against each other. In order of family name. */
export function familiesOf(definitions: MetricDefinitions): Family[] {
  const entries = Object.entries(definitions);
  if (entries.length > obsLimits.metricsMax) {
    throw new ObsError(
      "LIMIT_EXCEEDED",
      `${entries.length} metrics are declared, at most ${obsLimits.metricsMax}`,
      { limit: obsLimits.metricsMax, actual: entries.length },
    );
  }
  const families = entries.map(([id, definition]) => familyOf(id, definition));
  refuseClashes(families);
  return families.sort((a, b) => compareText(a.name, b.name));
}

/** Checks one definition and keeps a copy of it, so that a later change to the caller's has no effect. */
export function familyOf(id: string, definition: MetricDefinition): Family {
  checkId(id);
  if (
    typeof definition !== "object" ||
    definition === null ||
    !Object.hasOwn(types, definition.type)
  ) {
    const got =
      definition === null || typeof definition !== "object" ? definition : definition.type;
    refuse("DEFINITION_INVALID", [id, "type"], `type of ${id} is ${shown(got)}, not a metric type`);
  }
  const { text, suffix } = types[definition.type];
  const bare = id.endsWith(suffix) ? id.slice(0, id.length - suffix.length) : id;
  const name = suffix === "" ? id : bare;
  checkHelp(id, definition.help);
  checkLabels(id, name, definition);
  if (definition.type === "histogram_f64_v1") checkBuckets(id, definition.buckets);
  if (definition.type === "stateset_v1") checkStates(id, definition.states);
  const unit = unitSuffix(id, name, definition);
  const header =
    `# TYPE ${name} ${text}\n` +
    (unit === "" ? "" : `# UNIT ${name} ${unit}\n`) +
    (definition.help === "" ? "" : `# HELP ${name} ${escaped(definition.help)}\n`);
  return { id, name, definition: copied(definition), header };
}

function copied(definition: MetricDefinition): MetricDefinition {
  const labels = [...definition.labels];
  if (definition.type === "histogram_f64_v1") {
    return { ...definition, labels, buckets: definition.buckets.map((bound) => bound + 0) };
  }
  if (definition.type === "stateset_v1") {
    return { ...definition, labels, states: [...definition.states].sort(compareText) };
  }
  return { ...definition, labels };
}

function refuseClashes(families: readonly Family[]): void {
  const owners = new Map<string, Family>();
  for (const family of families) {
    for (const suffix of ["", ...types[family.definition.type].reserved]) {
      const sample = family.name + suffix;
      const owner = owners.get(sample);
      if (owner !== undefined) {
        refuse(
          "NAME_CLASH",
          [family.id],
          `${family.id} and ${owner.id} could both write ${sample}; rename one`,
        );
      }
      owners.set(sample, family);
    }
  }
}

function checkId(id: string): void {
  const length = codePoints(id);
  if (length > obsLimits.nameLengthMax) {
    tooMany([id], { what: "the name", actual: length, limit: obsLimits.nameLengthMax });
  }
  if (!isName(id)) {
    refuse(
      "NAME_INVALID",
      [id],
      `metric name ${shown(id)} is not a letter followed by letters, digits and _`,
    );
  }
}

function checkHelp(id: string, help: string): void {
  if (typeof help !== "string" || !help.isWellFormed()) {
    refuse("HELP_INVALID", [id, "help"], `help of ${id} is ${shown(help)}, not Unicode text`);
  }
  const length = codePoints(help);
  if (length > obsLimits.helpLengthMax) {
    tooMany([id, "help"], {
      what: "the help text",
      actual: length,
      limit: obsLimits.helpLengthMax,
    });
  }
}

function checkLabels(id: string, name: string, { type, labels }: MetricDefinition): void {
  if (!Array.isArray(labels)) {
    refuse(
      "DEFINITION_INVALID",
      [id, "labels"],
      `labels of ${id} is ${shown(labels)}, not an array`,
    );
  }
  if (labels.length > obsLimits.labelsMax) {
    tooMany([id, "labels"], { what: "labels", actual: labels.length, limit: obsLimits.labelsMax });
  }
  labels.forEach((label, index) => {
    const path = [id, "labels", `${index}`];
    if (typeof label !== "string" || !isName(label)) {
      refuse(
        "LABEL_NAME_INVALID",
        path,
        `label ${shown(label)} of ${id} is not a letter followed by letters, digits and _`,
      );
    }
    if (label.length > obsLimits.labelNameLengthMax) {
      tooMany(path, {
        what: "the label name",
        actual: label.length,
        limit: obsLimits.labelNameLengthMax,
      });
    }
    if (labels.indexOf(label) !== index) {
      refuse("LABEL_NAME_INVALID", path, `label ${label} of ${id} is declared twice`);
    }
    const taken = type === "histogram_f64_v1" ? "le" : type === "stateset_v1" ? name : undefined;
    if (label === taken) {
      refuse(
        "LABEL_NAME_INVALID",
        path,
        `label ${label} of ${id} is the one its type writes itself`,
      );
    }
  });
}

function checkBuckets(id: string, buckets: readonly number[]): void {
  if (!Array.isArray(buckets)) {
    refuse(
      "BUCKETS_INVALID",
      [id, "buckets"],
      `buckets of ${id} is ${shown(buckets)}, not an array`,
    );
  }
  if (buckets.length > obsLimits.bucketsMax) {
    tooMany([id, "buckets"], {
      what: "buckets",
      actual: buckets.length,
      limit: obsLimits.bucketsMax,
    });
  }
  for (const [index, bound] of buckets.entries()) {
    const path = [id, "buckets", `${index}`];
    if (!Number.isFinite(bound)) {
      const hint = bound === Number.POSITIVE_INFINITY ? "; +Inf is implied, leave it out" : "";
      refuse("BUCKETS_INVALID", path, `bucket ${shown(bound)} of ${id} is not finite${hint}`);
    }
    const before = buckets[index - 1];
    if (before !== undefined && before >= bound) {
      refuse(
        "BUCKETS_INVALID",
        path,
        `bucket ${bound} of ${id} does not exceed ${before} before it`,
      );
    }
  }
}

function checkStates(id: string, states: readonly string[]): void {
  if (!Array.isArray(states) || states.length === 0) {
    refuse("STATES_INVALID", [id, "states"], `states of ${id} is ${shown(states)}, expected some`);
  }
  if (states.length > obsLimits.statesMax) {
    tooMany([id, "states"], { what: "states", actual: states.length, limit: obsLimits.statesMax });
  }
  for (const [index, state] of states.entries()) {
    const fine =
      typeof state === "string" &&
      state !== "" &&
      state.isWellFormed() &&
      state.length <= obsLimits.labelValueLengthMax;
    if (!fine || states.indexOf(state) !== index) {
      refuse(
        "STATES_INVALID",
        [id, "states", `${index}`],
        `state ${shown(state)} of ${id} is not a distinct text of 1 to ${obsLimits.labelValueLengthMax} units`,
      );
    }
  }
}

/** What the UNIT line says; empty for no line. OpenMetrics: a unit is the last part of the name. */
function unitSuffix(id: string, name: string, { type, unit }: MetricDefinition): string {
  const path = [id, "unit"];
  if (typeof unit !== "string") refuse("UNIT_INVALID", path, `unit of ${id} is ${shown(unit)}`);
  if (unit === "") return "";
  const length = codePoints(unit);
  if (length > obsLimits.unitLengthMax) {
    tooMany(path, { what: "the unit", actual: length, limit: obsLimits.unitLengthMax });
  }
  if (type === "info_v1" || type === "stateset_v1") {
    refuse(
      "UNIT_INVALID",
      path,
      `unit of ${id} is ${shown(unit)}, but ${types[type].text} has none`,
    );
  }
  const word = unitWord(unit);
  // A dimensionless number needs no suffix; a gauge may still call itself a ratio.
  if (word === "") {
    return unit === "1" && type === "gauge_f64_v1" && name.endsWith("_ratio") ? "ratio" : "";
  }
  for (const suffix of [word, unit]) if (name.endsWith(`_${suffix}`)) return suffix;
  refuse(
    "UNIT_INVALID",
    path,
    `unit of ${id} is ${shown(unit)}: expected ${name} to end with _${word}`,
  );
}

function refuse(code: ObsErrorCode, path: readonly string[], message: string): never {
  const [metric = ""] = path;
  throw new ObsError(code, message, { metric, pointer: pointerOf(path) });
}

function tooMany(
  path: readonly string[],
  { what, actual, limit }: { what: string; actual: number; limit: number },
): never {
  const [metric = ""] = path;
  throw new ObsError("LIMIT_EXCEEDED", `${what} of ${shown(metric)}: ${actual}, at most ${limit}`, {
    metric,
    pointer: pointerOf(path),
    limit,
    actual,
  });
}

/** A JSON Pointer (RFC 6901). */
export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((part) => `/${`${part}`.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
