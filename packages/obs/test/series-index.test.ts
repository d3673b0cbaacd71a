/**
 * Goal: the same labels always find the same series, other labels never do, whatever the values hold
 * and in whatever order they come.
 * Method: hand-picked values that collide where keys are joined; a property that compares with a map
 * keyed by the JSON of the values; then the bounds.
 */
import { counter, createRegistry, obsLimits } from "@reprise/obs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type LabelledSeries, SeriesIndex } from "../src/series-index.ts";
import { refusalOf } from "./refusal.ts";

function indexOf(labels: readonly string[], seriesMax = 10_000) {
  return new SeriesIndex<LabelledSeries>({
    metric: "m",
    labels,
    seriesMax,
    create: (values) => ({ values }),
  });
}

describe("different labels", () => {
  test.each([
    [{ a: "x,b:y" }, { a: "x", b: "y" }],
    [
      { a: "x", b: "" },
      { a: "", b: "x" },
    ],
    [
      { a: "xy", b: "z" },
      { a: "x", b: "yz" },
    ],
    [{ a: "\0" }, { a: "" }],
    [
      { a: "x\0", b: "y" },
      { a: "x", b: "\0y" },
    ],
    [{ a: '","' }, { a: '"', b: '"' }],
    [{ a: "1" }, { a: "01" }],
    [{ a: "é" }, { a: "e\u0301" }],
    [{ a: "__proto__" }, { a: "constructor" }],
    [{ a: "undefined" }, {}],
  ])("%j is not %j", (left, right) => {
    const index = indexOf(["a", "b"]);
    expect(index.find(left)).not.toBe(index.find(right));
    expect(index.sorted()).toHaveLength(2);
  });
});

describe("the same labels", () => {
  test.each([
    [
      { a: "1", b: "2" },
      { b: "2", a: "1" },
    ],
    [{ a: "1", b: "" }, { a: "1" }],
    [{ a: "1", b: undefined }, { a: "1" }],
    [{ b: "2" }, { a: "", b: "2" }],
    [{ a: "", b: "" }, undefined],
    [{}, undefined],
    [{ a: "1" }, Object.create({ a: "1" })],
    [{ a: "1" }, Object.assign(Object.create(null), { a: "1" })],
  ])("%j is %j, whichever comes first", (left, right) => {
    const index = indexOf(["a", "b"]);
    expect(index.find(left)).toBe(index.find(right));
    const other = indexOf(["a", "b"]);
    expect(other.find(right)).toBe(other.find(left));
  });

  test("label names that every object has are still absent", () => {
    const index = indexOf(["constructor", "toString"]);
    expect(index.find({}).values).toEqual(["", ""]);
    expect(index.find({ constructor: "x", toString: "" } as never).values).toEqual(["x", ""]);
  });
});

test("a series is one for each distinct list of values", () => {
  const value = fc.option(
    fc.oneof(fc.constantFrom("", ",", "a", '"', "\0", "a,"), fc.string({ unit: "grapheme" })),
    { nil: undefined },
  );
  const labels = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
  fc.assert(
    fc.property(fc.array(fc.tuple(labels, fc.boolean())), (calls) => {
      const index = indexOf(["b", "c", "a"]);
      const model = new Map<string, LabelledSeries>();
      for (const [row, turned] of calls) {
        const given = turned ? Object.fromEntries(Object.entries(row).reverse()) : row;
        const key = JSON.stringify([row.a ?? "", row.b ?? "", row.c ?? ""]);
        const series = index.find(given);
        expect(series).toBe(model.get(key) ?? series);
        expect(JSON.stringify(series.values)).toBe(key);
        model.set(key, series);
      }
      expect(index.sorted()).toHaveLength(model.size);
    }),
  );
});

describe("order", () => {
  test("is by label name, then by UTF-16 code unit, absent first", () => {
    const index = indexOf(["z", "a"]);
    const rows = [
      ["\uffff", ""],
      ["b", ""],
      ["", "z"],
      ["B", "1"],
      ["🦊", ""],
      ["", ""],
      ["b", "0"],
      ["ab", ""],
    ];
    for (const [a, z] of rows) index.find({ z, a });
    // U+1F98A is D83E DD8A in UTF-16, so it comes before U+FFFF; in UTF-8 it would come after.
    expect(index.sorted().map(({ values }) => values)).toEqual([
      ["", ""],
      ["", "z"],
      ["B", "1"],
      ["ab", ""],
      ["b", ""],
      ["b", "0"],
      ["🦊", ""],
      ["\uffff", ""],
    ]);
  });

  test("holds when series come after a render", () => {
    const index = indexOf(["a"]);
    const order = () => index.sorted().map(({ values }) => values[0]);
    for (const a of ["m", "z"]) index.find({ a });
    expect(order()).toEqual(["m", "z"]);
    for (const a of ["a", "n"]) index.find({ a });
    expect(order()).toEqual(["a", "m", "n", "z"]);
    index.find({ a: "n" });
    expect(order()).toEqual(["a", "m", "n", "z"]);
  });
});

describe("values that are refused", () => {
  const bad: [unknown, string][] = [
    [{ a: 1 }, "LABEL_VALUE_INVALID"],
    [{ a: null }, "LABEL_VALUE_INVALID"],
    [{ a: ["x"] }, "LABEL_VALUE_INVALID"],
    [{ a: 1n }, "LABEL_VALUE_INVALID"],
    [{ a: Symbol("x") }, "LABEL_VALUE_INVALID"],
    [{ a: "\ud800" }, "LABEL_VALUE_INVALID"],
    [{ a: "x\udc00y" }, "LABEL_VALUE_INVALID"],
    [{ a: "x".repeat(obsLimits.labelValueLengthMax + 1) }, "LIMIT_EXCEEDED"],
    [null, "LABEL_VALUE_INVALID"],
    ["a", "LABEL_VALUE_INVALID"],
    [7, "LABEL_VALUE_INVALID"],
    [["x"], "LABEL_UNDECLARED"],
    [{ c: "" }, "LABEL_UNDECLARED"],
    [{ c: undefined }, "LABEL_UNDECLARED"],
    [{ a: "x", b: "y", c: "z" }, "LABEL_UNDECLARED"],
    [JSON.parse('{"__proto__":"x"}'), "LABEL_UNDECLARED"],
  ];

  test.each(bad)("%o", (labels, code) => {
    const index = indexOf(["a", "b"]);
    index.find({ a: "x", b: "y" });
    expect(refusalOf(() => index.find(labels as never))).toMatchObject({ code, metric: "m" });
    expect(index.sorted()).toHaveLength(1);
  });

  test("the longest value is accepted", () => {
    const a = "x".repeat(obsLimits.labelValueLengthMax);
    expect(indexOf(["a"]).find({ a }).values).toEqual([a]);
  });
});

describe("the series limit", () => {
  test("holds for each metric by itself, and known series go on", () => {
    const labels = ["x"] as const;
    const registry = createRegistry(
      { a: counter({ help: "", labels }), b: counter({ help: "", labels }) },
      { seriesMax: 2 },
    );
    for (const x of ["1", "2"]) registry.counter("a").add(1, { x });
    expect(refusalOf(() => registry.counter("a").add(1, { x: "3" }))).toMatchObject({
      code: "LIMIT_EXCEEDED",
      metric: "a",
    });
    expect(refusalOf(() => registry.counter("a").with({})).code).toBe("LIMIT_EXCEEDED");
    registry.counter("a").add(1, { x: "2" });
    registry.counter("b").add(1, { x: "3" });
  });

  test("is 10,000 unless it is given", () => {
    const registry = createRegistry({ a: counter({ help: "", labels: ["x"] }) });
    const add = (x: number) => registry.counter("a").add(1, { x: `${x}` });
    for (let x = 0; x < 10_000; x++) add(x);
    expect(refusalOf(() => add(10_000)).code).toBe("LIMIT_EXCEEDED");
  });
});
