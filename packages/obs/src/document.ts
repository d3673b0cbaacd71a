/**
 * Reads `x07.obs.metrics.registry@0.1.0`, the contract file that declares a program's metrics:
 *
 *     { schema_version, id, v, metrics: [{ id, type, help, unit, labels, histogram_buckets? }] }
 *
 * No other property is allowed anywhere. Beyond the schema, a metric has to be one that the text
 * format can write (`family.ts`): a document that loads is one that renders.
 */
import type { JsonValue } from "@reprise/canonical-json";
import * as v from "valibot";
import type { MetricDefinition, MetricDefinitions } from "./definitions.js";
import { ObsError } from "./errors.js";
import { familyOf, pointerOf } from "./family.js";
import { obsLimits } from "./limits.js";
import { codePoints } from "./text.js";

const schemaVersion = "x07.obs.metrics.registry@0.1.0";

/** JSON Schema counts characters, not UTF-16 units. */
const text = (least: number, most: number) =>
  v.pipe(
    v.string(),
    v.check((value) => {
      const length = codePoints(value);
      return length >= least && length <= most;
    }, `expected ${least} to ${most} characters`),
  );

const metricSchema = v.strictObject({
  id: text(1, obsLimits.nameLengthMax),
  type: v.picklist(["counter_u64_v1", "gauge_f64_v1", "histogram_f64_v1"]),
  help: text(1, obsLimits.helpLengthMax),
  unit: text(0, obsLimits.unitLengthMax),
  labels: v.array(v.string()),
  histogram_buckets: v.optional(v.array(v.number())),
});

const documentSchema = v.strictObject({
  schema_version: v.literal(schemaVersion),
  id: v.pipe(
    v.string(),
    v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/, "expected 1 to 128 of A-Z a-z 0-9 . _ -"),
  ),
  v: v.pipe(v.number(), v.integer("expected an integer"), v.minValue(1, "expected 1 or more")),
  metrics: v.pipe(
    v.array(metricSchema),
    v.minLength(1, "expected a metric"),
    v.maxLength(obsLimits.metricsMax, `expected at most ${obsLimits.metricsMax} metrics`),
  ),
});

type DocumentMetric = v.InferOutput<typeof metricSchema>;

/**
 * The definitions that a parsed document declares, for `createRegistry`.
 *
 * Throws DOCUMENT_INVALID, or the code that `createRegistry` has for the case; the JSON Pointer in
 * `details` leads to the first value that is wrong. A clash between two metrics is left to
 * `createRegistry`.
 */
export function metricsFromDocument(document: JsonValue): MetricDefinitions {
  const parsed = v.safeParse(documentSchema, document, { abortEarly: true });
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const path = (issue.path ?? []).map((step) => `${step.key}`);
    refuse(path, issue.expected === null ? issue.message : expectation(issue));
  }
  const definitions = new Map<string, MetricDefinition>();
  for (const [place, metric] of parsed.output.metrics.entries()) {
    if (definitions.has(metric.id)) refuse(["metrics", `${place}`, "id"], "expected another id");
    const definition = definitionOf(metric, place);
    checked(metric.id, definition, place);
    definitions.set(metric.id, definition);
  }
  return Object.fromEntries(definitions);
}

function expectation({
  expected,
  received,
}: {
  expected: string | null;
  received: string;
}): string {
  return `expected ${expected}, got ${received}`;
}

function definitionOf(metric: DocumentMetric, place: number): MetricDefinition {
  const { type, help, unit, labels, histogram_buckets: buckets } = metric;
  const path = ["metrics", `${place}`, "histogram_buckets"];
  if (type === "histogram_f64_v1") {
    if (buckets === undefined) refuse(path, "expected the bounds of a histogram, got none");
    return { type, help, unit, labels, buckets };
  }
  if (buckets !== undefined) refuse(path, `expected none for ${type}`);
  return { type, help, unit, labels };
}

/** The checks of `createRegistry`, with a pointer into the document. */
function checked(id: string, definition: MetricDefinition, place: number): void {
  try {
    familyOf(id, definition);
  } catch (error) {
    if (!ObsError.is(error)) throw error;
    // The first step of the pointer is the metric's name, which is an `id` here.
    const [field = "id", ...rest] = (error.details.pointer ?? "").split("/").slice(2);
    const renamed = field === "buckets" ? "histogram_buckets" : field;
    const pointer = pointerOf(["metrics", place, renamed, ...rest]);
    throw new ObsError(error.code, `${pointer}: ${error.message}`, { ...error.details, pointer });
  }
}

function refuse(path: readonly string[], message: string): never {
  const pointer = pointerOf(path);
  throw new ObsError("DOCUMENT_INVALID", `${pointer === "" ? "document" : pointer}: ${message}`, {
    pointer,
  });
}
