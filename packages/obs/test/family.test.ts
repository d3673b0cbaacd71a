/**
 * Goal: what could not be written as OpenMetrics text, or would collide in it, is refused when it is
 * declared, with a pointer to it.
 * Method: one table of definitions, each with one fault, and one of pairs that collide; beside each a
 * near miss that is accepted. Types are set aside where the fault is what they forbid.
 */
import {
  counter,
  createRegistry,
  gauge,
  histogram,
  info,
  type MetricDefinition,
  type MetricDefinitions,
  obsLimits,
  stateset,
} from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

const help = "";
const plain = counter({ help });

function declared(definitions: Record<string, unknown>) {
  return createRegistry(definitions as MetricDefinitions);
}

const refused: [string, Record<string, unknown>, string, string][] = [
  ["empty name", { "": plain }, "NAME_INVALID", "/"],
  ["leading underscore", { _a: plain }, "NAME_INVALID", "/_a"],
  ["leading digit", { "1a": plain }, "NAME_INVALID", "/1a"],
  ["colon", { "a:b": plain }, "NAME_INVALID", "/a:b"],
  ["dot", { "a.b": plain }, "NAME_INVALID", "/a.b"],
  ["line feed at the end", { "a\n": plain }, "NAME_INVALID", "/a\n"],
  ["letter beyond ASCII", { é: plain }, "NAME_INVALID", "/é"],
  ["slash and tilde", { "a/~b": plain }, "NAME_INVALID", "/a~1~0b"],
  ["name too long", { ["a".repeat(257)]: plain }, "LIMIT_EXCEEDED", `/${"a".repeat(257)}`],
  ["no definition", { a: null }, "DEFINITION_INVALID", "/a/type"],
  ["not an object", { a: 7 }, "DEFINITION_INVALID", "/a/type"],
  ["unknown type", { a: { ...plain, type: "summary" } }, "DEFINITION_INVALID", "/a/type"],
  ["inherited type", { a: { ...plain, type: "toString" } }, "DEFINITION_INVALID", "/a/type"],
  ["help missing", { a: { ...plain, help: undefined } }, "HELP_INVALID", "/a/help"],
  ["help with half a character", { a: counter({ help: "\ud83e" }) }, "HELP_INVALID", "/a/help"],
  ["help too long", { a: counter({ help: "🦊".repeat(1025) }) }, "LIMIT_EXCEEDED", "/a/help"],
  ["labels missing", { a: { ...plain, labels: undefined } }, "DEFINITION_INVALID", "/a/labels"],
  [
    "label with _ first",
    { a: counter({ help, labels: ["b", "_c"] }) },
    "LABEL_NAME_INVALID",
    "/a/labels/1",
  ],
  [
    "label __name__",
    { a: counter({ help, labels: ["__name__"] }) },
    "LABEL_NAME_INVALID",
    "/a/labels/0",
  ],
  [
    "label with a colon",
    { a: counter({ help, labels: ["b:c"] }) },
    "LABEL_NAME_INVALID",
    "/a/labels/0",
  ],
  ["label empty", { a: counter({ help, labels: [""] }) }, "LABEL_NAME_INVALID", "/a/labels/0"],
  ["label not text", { a: { ...plain, labels: [7] } }, "LABEL_NAME_INVALID", "/a/labels/0"],
  [
    "label twice",
    { a: counter({ help, labels: ["b", "b"] }) },
    "LABEL_NAME_INVALID",
    "/a/labels/1",
  ],
  [
    "label too long",
    { a: counter({ help, labels: ["b".repeat(129)] }) },
    "LIMIT_EXCEEDED",
    "/a/labels/0",
  ],
  [
    "le",
    { a: histogram({ help, buckets: [1], labels: ["le"] }) },
    "LABEL_NAME_INVALID",
    "/a/labels/0",
  ],
  [
    "own name on a stateset",
    { a: stateset({ help, states: ["s"], labels: ["a"] }) },
    "LABEL_NAME_INVALID",
    "/a/labels/0",
  ],
  [
    "buckets missing",
    { a: { ...plain, type: "histogram_f64_v1" } },
    "BUCKETS_INVALID",
    "/a/buckets",
  ],
  [
    "bucket NaN",
    { a: histogram({ help, buckets: [Number.NaN] }) },
    "BUCKETS_INVALID",
    "/a/buckets/0",
  ],
  [
    "bucket +Inf",
    { a: histogram({ help, buckets: [1, Number.POSITIVE_INFINITY] }) },
    "BUCKETS_INVALID",
    "/a/buckets/1",
  ],
  [
    "bucket not a number",
    { a: { ...histogram({ help, buckets: [] }), buckets: ["1"] } },
    "BUCKETS_INVALID",
    "/a/buckets/0",
  ],
  ["buckets equal", { a: histogram({ help, buckets: [1, 1] }) }, "BUCKETS_INVALID", "/a/buckets/1"],
  [
    "buckets -0 and 0",
    { a: histogram({ help, buckets: [-0, 0] }) },
    "BUCKETS_INVALID",
    "/a/buckets/1",
  ],
  [
    "buckets unsorted",
    { a: histogram({ help, buckets: [1, 3, 2] }) },
    "BUCKETS_INVALID",
    "/a/buckets/2",
  ],
  ["states missing", { a: { ...plain, type: "stateset_v1" } }, "STATES_INVALID", "/a/states"],
  ["states empty", { a: stateset({ help, states: [] }) }, "STATES_INVALID", "/a/states"],
  ["state empty", { a: stateset({ help, states: ["x", ""] }) }, "STATES_INVALID", "/a/states/1"],
  ["state twice", { a: stateset({ help, states: ["x", "x"] }) }, "STATES_INVALID", "/a/states/1"],
  [
    "state half a character",
    { a: stateset({ help, states: ["\udc00"] }) },
    "STATES_INVALID",
    "/a/states/0",
  ],
  ["unit not the suffix", { a: counter({ help, unit: "seconds" }) }, "UNIT_INVALID", "/a/unit"],
  [
    "unit is the whole name",
    { seconds: gauge({ help, unit: "seconds" }) },
    "UNIT_INVALID",
    "/seconds/unit",
  ],
  [
    "unit inside the name",
    { a_seconds_b: gauge({ help, unit: "s" }) },
    "UNIT_INVALID",
    "/a_seconds_b/unit",
  ],
  [
    "unit after _total",
    { a_total_seconds: counter({ help, unit: "ms" }) },
    "UNIT_INVALID",
    "/a_total_seconds/unit",
  ],
  [
    "unit on info",
    { a_seconds: { ...info({ help }), unit: "s" } },
    "UNIT_INVALID",
    "/a_seconds/unit",
  ],
  [
    "unit on a stateset",
    { a_s: { ...stateset({ help, states: ["x"] }), unit: "s" } },
    "UNIT_INVALID",
    "/a_s/unit",
  ],
  ["unit not text", { a: { ...plain, unit: 1 } }, "UNIT_INVALID", "/a/unit"],
  ["unit too long", { a: counter({ help, unit: "u".repeat(65) }) }, "LIMIT_EXCEEDED", "/a/unit"],
];

describe("a definition is refused:", () => {
  test.each(refused)("%s", (_, definitions, code, pointer) => {
    expect(refusalOf(() => declared(definitions))).toMatchObject({ code, pointer });
  });

  test.each([
    ["labels", { a: counter({ help, labels: Array.from({ length: 33 }, (_, n) => `l${n}`) }) }],
    ["buckets", { a: histogram({ help, buckets: Array.from({ length: 257 }, (_, n) => n) }) }],
    ["states", { a: stateset({ help, states: Array.from({ length: 65 }, (_, n) => `s${n}`) }) }],
    ["metrics", Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [`m${n}`, plain]))],
  ])("too many %s", (_, definitions) => {
    expect(refusalOf(() => declared(definitions)).code).toBe("LIMIT_EXCEEDED");
  });
});

describe("a definition is accepted:", () => {
  const accepted: [string, string, MetricDefinition][] = [
    ["longest name", "a".repeat(256), plain],
    ["names of objects' own", "constructor", counter({ help, labels: ["toString", "valueOf"] })],
    ["longest help", "a", counter({ help: "🦊".repeat(obsLimits.helpLengthMax) })],
    ["le on a counter", "a", counter({ help, labels: ["le", "quantile"] })],
    ["own name on a gauge", "a", gauge({ help, labels: ["a"] })],
    ["no buckets but +Inf", "a", histogram({ help, buckets: [] })],
    ["most buckets", "a", histogram({ help, buckets: Array.from({ length: 256 }, (_, n) => n) })],
    ["unit as a word", "a_seconds", gauge({ help, unit: "seconds" })],
    ["unit as a code", "a_seconds", gauge({ help, unit: "s" })],
    ["unit as the name has it", "a_ms", gauge({ help, unit: "ms" })],
    ["unit before _total", "a_bytes_total", counter({ help, unit: "By" })],
    ["a count of things", "a", counter({ help, unit: "{message}" })],
    ["no dimension", "a", counter({ help, unit: "1" })],
  ];

  test.each(accepted)("%s", (_, name, definition) => {
    expect(createRegistry({ [name]: definition }).metricNames).toEqual([name]);
  });
});

describe("names that samples of two families could share", () => {
  const h = histogram({ help, buckets: [1] });
  const g = gauge({ help });
  const i = info({ help });
  const s = stateset({ help, states: ["x"] });
  const clashes: [string, Record<string, MetricDefinition>, string][] = [
    ["counter and its total", { a: plain, a_total: g }, "/a_total"],
    ["counter and its creation time", { a_created: g, a: plain }, "/a"],
    ["counter declared both ways", { a_total: plain, a: plain }, "/a"],
    ["counter with suffix and gauge without", { a_total: plain, a: g }, "/a"],
    ["histogram and _bucket", { a: h, a_bucket: g }, "/a_bucket"],
    ["histogram and _count", { a: h, a_count: s }, "/a_count"],
    ["histogram and _sum", { a_sum: g, a: h }, "/a"],
    ["histogram and _created", { a: h, a_created: g }, "/a_created"],
    ["info and _info", { a: i, a_info: g }, "/a_info"],
    ["two levels", { a: plain, a_created: h }, "/a_created"],
  ];

  test.each(clashes)("%s", (_, definitions, pointer) => {
    expect(refusalOf(() => createRegistry(definitions))).toMatchObject({
      code: "NAME_CLASH",
      pointer,
    });
  });

  test.each([
    ["gauge reserves its name only", { a: g, a_total: g, a_sum: g, a_info: g }],
    ["counter leaves _sum and _info", { a: plain, a_sum: g, a_info: g, a_bucket: g }],
    ["histogram leaves _total", { a: h, a_total: g, a_info: g }],
    ["prefix is no clash", { a: plain, ab: plain, a_b: plain }],
  ] satisfies [string, Record<string, MetricDefinition>][])("no clash: %s", (_, definitions) => {
    expect(createRegistry(definitions).metricNames).toHaveLength(Object.keys(definitions).length);
  });
});

test("a definition that changes later has no effect", () => {
  const labels = ["x"];
  const buckets = [1];
  const definition: MetricDefinition = {
    type: "histogram_f64_v1",
    help,
    unit: "",
    labels,
    buckets,
  };
  const registry = createRegistry({ h: definition });
  labels.push("y");
  buckets.push(2);
  expect(() => registry.histogram("h", [1])).not.toThrow();
  expect(refusalOf(() => registry.histogram("h").observe(1, { y: "1" })).code).toBe(
    "LABEL_UNDECLARED",
  );
});
