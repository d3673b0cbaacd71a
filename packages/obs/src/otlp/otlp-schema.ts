/**
 * The messages of OTLP that are sent, as tables: one row for each field, with its name and number.
 * Both encodings read them, so that they cannot disagree.
 *
 * Source: opentelemetry-proto 1.5 (Apache-2.0): common, resource, metrics, trace and logs, and the
 * three collector services. Fields that nothing here fills are left out.
 */

/**
 * How a value is written. `id`: hex text; bytes in protocol buffers, and hex again in OTLP's JSON.
 * `fixed64`, `sfixed64` and `int64` are BigInts. `enum` and `uint32` are numbers.
 */
export type FieldKind =
  | "string"
  | "id"
  | "bool"
  | "double"
  | "fixed64"
  | "sfixed64"
  | "int64"
  | "uint32"
  | "fixed32"
  | "enum"
  | OtlpSchema;

export interface Field {
  readonly name: string;
  readonly number: number;
  readonly kind: FieldKind;
  readonly repeated: boolean;
  /** A member of a oneof, or `optional`: written where it is given, whatever its value. */
  readonly explicit: boolean;
}

export interface OtlpSchema {
  readonly fields: readonly Field[];
}

/** A value of a message. What is undefined is not there. */
export type OtlpValue = string | number | bigint | boolean | OtlpRecord | readonly OtlpValue[];

export interface OtlpRecord {
  readonly [field: string]: OtlpValue | undefined;
}

type Row = readonly [name: string, number: number, kind: FieldKind, rule?: "repeated" | "explicit"];

function schema(...rows: readonly Row[]): OtlpSchema {
  return {
    fields: rows.map(([name, number, kind, rule]) => ({
      name,
      number,
      kind,
      repeated: rule === "repeated",
      explicit: rule === "explicit",
    })),
  };
}

const anyValueFields: Field[] = [];
const anyValue: OtlpSchema = { fields: anyValueFields };
const keyValue = schema(["key", 1, "string"], ["value", 2, anyValue]);
const arrayValue = schema(["values", 1, anyValue, "repeated"]);
const keyValueList = schema(["values", 1, keyValue, "repeated"]);
anyValueFields.push(
  ...schema(
    ["stringValue", 1, "string", "explicit"],
    ["boolValue", 2, "bool", "explicit"],
    ["intValue", 3, "int64", "explicit"],
    ["doubleValue", 4, "double", "explicit"],
    ["arrayValue", 5, arrayValue],
    ["kvlistValue", 6, keyValueList],
  ).fields,
);

const resource = schema(["attributes", 1, keyValue, "repeated"]);
const scope = schema(["name", 1, "string"], ["version", 2, "string"]);

const numberPoint = schema(
  ["startTimeUnixNano", 2, "fixed64"],
  ["timeUnixNano", 3, "fixed64"],
  ["asDouble", 4, "double", "explicit"],
  ["asInt", 6, "sfixed64", "explicit"],
  ["attributes", 7, keyValue, "repeated"],
);
const histogramPoint = schema(
  ["startTimeUnixNano", 2, "fixed64"],
  ["timeUnixNano", 3, "fixed64"],
  ["count", 4, "fixed64"],
  ["sum", 5, "double", "explicit"],
  ["bucketCounts", 6, "fixed64", "repeated"],
  ["explicitBounds", 7, "double", "repeated"],
  ["attributes", 9, keyValue, "repeated"],
);
const metric = schema(
  ["name", 1, "string"],
  ["description", 2, "string"],
  ["unit", 3, "string"],
  ["gauge", 5, schema(["dataPoints", 1, numberPoint, "repeated"])],
  [
    "sum",
    7,
    schema(
      ["dataPoints", 1, numberPoint, "repeated"],
      ["aggregationTemporality", 2, "enum"],
      ["isMonotonic", 3, "bool"],
    ),
  ],
  [
    "histogram",
    9,
    schema(["dataPoints", 1, histogramPoint, "repeated"], ["aggregationTemporality", 2, "enum"]),
  ],
);

const spanEvent = schema(
  ["timeUnixNano", 1, "fixed64"],
  ["name", 2, "string"],
  ["attributes", 3, keyValue, "repeated"],
);
const spanLink = schema(
  ["traceId", 1, "id"],
  ["spanId", 2, "id"],
  ["traceState", 3, "string"],
  ["attributes", 4, keyValue, "repeated"],
  ["flags", 6, "fixed32"],
);
const span = schema(
  ["traceId", 1, "id"],
  ["spanId", 2, "id"],
  ["traceState", 3, "string"],
  ["parentSpanId", 4, "id"],
  ["name", 5, "string"],
  ["kind", 6, "enum"],
  ["startTimeUnixNano", 7, "fixed64"],
  ["endTimeUnixNano", 8, "fixed64"],
  ["attributes", 9, keyValue, "repeated"],
  ["droppedAttributesCount", 10, "uint32"],
  ["events", 11, spanEvent, "repeated"],
  ["droppedEventsCount", 12, "uint32"],
  ["links", 13, spanLink, "repeated"],
  ["droppedLinksCount", 14, "uint32"],
  ["status", 15, schema(["message", 2, "string"], ["code", 3, "enum"])],
  ["flags", 16, "fixed32"],
);
const logRecord = schema(
  ["timeUnixNano", 1, "fixed64"],
  ["severityNumber", 2, "enum"],
  ["severityText", 3, "string"],
  ["body", 5, anyValue],
  ["attributes", 6, keyValue, "repeated"],
  ["traceId", 9, "id"],
  ["spanId", 10, "id"],
  ["observedTimeUnixNano", 11, "fixed64"],
  ["eventName", 12, "string"],
);

function exportRequest(names: readonly [string, string, string], item: OtlpSchema): OtlpSchema {
  const [resources, scopes, items] = names;
  const ofScope = schema(["scope", 1, scope], [items, 2, item, "repeated"]);
  const ofResource = schema(["resource", 1, resource], [scopes, 2, ofScope, "repeated"]);
  return schema([resources, 1, ofResource, "repeated"]);
}

export type OtlpSignal = "metrics" | "traces" | "logs";

/** The request of each of the three services. */
export const requestSchemas: Readonly<Record<OtlpSignal, OtlpSchema>> = {
  metrics: exportRequest(["resourceMetrics", "scopeMetrics", "metrics"], metric),
  traces: exportRequest(["resourceSpans", "scopeSpans", "spans"], span),
  logs: exportRequest(["resourceLogs", "scopeLogs", "logRecords"], logRecord),
};
