/**
 * Goal: exemplars stand where the format allows them, hold what was recorded, and are at most 128
 * characters long, counted as characters.
 * Method: rendered lines by hand; the limit from both sides, with characters of one and two UTF-16
 * units.
 */
import { counter, createRegistry, histogram, renderOpenMetrics } from "@reprise/obs";
import { describe, expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

function fresh() {
  const registry = createRegistry({
    c: counter({ help: "", labels: ["x"] }),
    h: histogram({ help: "", buckets: [1, 2] }),
  });
  return { registry, c: registry.counter("c"), h: registry.histogram("h") };
}

describe("an exemplar", () => {
  test("follows a counter's total with the amount that was added", () => {
    const { registry, c } = fresh();
    c.add(3, { x: "1" }, { trace_id: "abc" });
    c.add(4, { x: "1" });
    c.with({ x: "2" }).add(1, { span: "s", _a: 'q"\\\n' });
    expect(renderOpenMetrics(registry)).toContain(
      'c_total{x="1"} 7 # {trace_id="abc"} 3\nc_total{x="2"} 1 # {_a="q\\"\\\\\\n",span="s"} 1\n',
    );
  });

  test("follows its own bucket, the last one replacing the one before", () => {
    const { registry, h } = fresh();
    h.observe(0.5, undefined, { t: "first" });
    h.observe(1, {}, { t: "second" });
    h.with({}).observe(9, {});
    expect(renderOpenMetrics(registry)).toContain(
      [
        'h_bucket{le="1.0"} 2 # {t="second"} 1.0',
        'h_bucket{le="2.0"} 2',
        'h_bucket{le="+Inf"} 3 # {} 9.0',
        "h_count 3\n",
      ].join("\n"),
    );
  });

  test("is kept as it was when it was given", () => {
    const { registry, c } = fresh();
    const labels = { t: "then" };
    c.add(1, { x: "" }, labels);
    labels.t = "now";
    expect(renderOpenMetrics(registry)).toContain('c_total 1 # {t="then"} 1\n');
  });
});

describe("the length", () => {
  const rows: [string, Record<string, string>, boolean][] = [
    ["128 of one unit", { ab: "x".repeat(126) }, true],
    ["129 of one unit", { ab: "x".repeat(127) }, false],
    ["128 of two units", { ab: "🦊".repeat(126) }, true],
    ["129 of two units", { ab: "🦊".repeat(127) }, false],
    ["128 in two labels", { a: "x".repeat(63), b: "y".repeat(63) }, true],
    ["129 in two labels", { a: "x".repeat(63), b: "y".repeat(64) }, false],
    ["128 before escaping", { ab: '"'.repeat(126) }, true],
    ["129 in a name", { ["n".repeat(129)]: "" }, false],
  ];
  test.each(rows)("%s", (_, labels, fits) => {
    const { c, h } = fresh();
    for (const call of [() => c.add(1, {}, labels), () => h.observe(1, {}, labels)]) {
      if (fits) expect(call).not.toThrow();
      else expect(refusalOf(call).code).toBe("EXEMPLAR_INVALID");
    }
  });
});

test.each([
  [{ "a-b": "x" }],
  [{ "": "x" }],
  [{ "1a": "x" }],
  [{ "a:b": "x" }],
  [{ a: 1 }],
  [{ a: undefined }],
  [{ a: "\ud83e" }],
  [["x"]],
  [null],
  ["trace"],
  [7],
])("%o is refused, and nothing is counted", (labels) => {
  const { registry, c, h } = fresh();
  c.add(1, { x: "1" });
  h.observe(1);
  const before = renderOpenMetrics(registry);
  for (const call of [
    () => c.add(1, { x: "1" }, labels as never),
    () => h.observe(1, {}, labels as never),
    () => c.add(1, { x: "2" }, labels as never),
  ]) {
    expect(refusalOf(call).code).toBe("EXEMPLAR_INVALID");
  }
  expect(renderOpenMetrics(registry)).toBe(before);
});
