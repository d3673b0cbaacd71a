/**
 * Goal: the text is OpenMetrics 1.0, the same bytes for the same values, line for line as the
 * standard has it.
 * Method: expositions written by hand, one for each rule; a property that records in random orders;
 * and the grammar of a line, checked over an exposition that has everything in it.
 */
import {
  counter,
  createRegistry,
  gauge,
  histogram,
  info,
  type MetricDefinition,
  openMetricsContentType,
  renderOpenMetrics,
  stateset,
} from "@reprise/obs";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";

const help = "";

describe("framing", () => {
  test("the content type names the version and the charset", () => {
    expect(openMetricsContentType).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
  });

  test("an empty registry is an end of file", () => {
    expect(renderOpenMetrics(createRegistry({}))).toBe("# EOF\n");
  });

  test("what was declared and never recorded is announced", () => {
    const registry = createRegistry({
      a: counter({ help: "A.", labels: ["x"] }),
      b: info({ help, labels: ["x"] }),
    });
    expect(renderOpenMetrics(registry)).toBe(
      "# TYPE a counter\n# HELP a A.\n# TYPE b info\n# EOF\n",
    );
  });
});

describe("families", () => {
  test("open with TYPE, UNIT, HELP, in that order", () => {
    const registry = createRegistry({
      wait_seconds: gauge({ help: "How long.", unit: "s" }),
      size_bytes_total: counter({ help: "How much.", unit: "By" }),
      done_total: counter({ help: "How many.", unit: "1" }),
      fill_ratio: gauge({ help: "How full.", unit: "1" }),
    });
    expect(renderOpenMetrics(registry)).toBe(
      [
        "# TYPE done counter",
        "# HELP done How many.",
        "done_total 0",
        "# TYPE fill_ratio gauge",
        "# UNIT fill_ratio ratio",
        "# HELP fill_ratio How full.",
        "fill_ratio 0.0",
        "# TYPE size_bytes counter",
        "# UNIT size_bytes bytes",
        "# HELP size_bytes How much.",
        "size_bytes_total 0",
        "# TYPE wait_seconds gauge",
        "# UNIT wait_seconds seconds",
        "# HELP wait_seconds How long.",
        "wait_seconds 0.0",
        "# EOF\n",
      ].join("\n"),
    );
  });

  test("stand in order of name, target first", () => {
    const registry = createRegistry({
      b: gauge({ help }),
      target_info: info({ help, labels: ["service_name"] }),
      aa: gauge({ help }),
      a_b: gauge({ help }),
      Z: gauge({ help }),
    });
    registry.info("target_info").record({ service_name: "orders" });
    expect(renderOpenMetrics(registry)).toBe(
      [
        "# TYPE target info",
        'target_info{service_name="orders"} 1',
        "# TYPE Z gauge",
        "Z 0.0",
        "# TYPE a_b gauge",
        "a_b 0.0",
        "# TYPE aa gauge",
        "aa 0.0",
        "# TYPE b gauge",
        "b 0.0",
        "# EOF\n",
      ].join("\n"),
    );
  });

  test("target is first only as an info", () => {
    const registry = createRegistry({ target: gauge({ help }), a: gauge({ help }) });
    expect(renderOpenMetrics(registry)).toMatch(/^# TYPE a gauge\n/);
  });

  test("help is escaped as label values are", () => {
    const registry = createRegistry({ a: gauge({ help: 'say "a\\b"\nand \r\0é🦊' }) });
    expect(renderOpenMetrics(registry)).toContain('# HELP a say \\"a\\\\b\\"\\nand \r\0é🦊\n');
  });
});

describe("labels", () => {
  test.each([
    ["\\", "\\\\"],
    ['"', '\\"'],
    ["\n", "\\n"],
    ["\\n", "\\\\n"],
    ['\\"\n', '\\\\\\"\\n'],
    ["\0", "\0"],
    ["\r\t", "\r\t"],
    [" # {", " # {"],
    ["日本🦊\u2028\ufeff", "日本🦊\u2028\ufeff"],
  ])("%j is written %j", (x, text) => {
    const registry = createRegistry({ c: counter({ help, labels: ["x"] }) });
    registry.counter("c").add(1, { x });
    expect(renderOpenMetrics(registry)).toContain(`\nc_total{x="${text}"} 1\n`);
  });

  test("stand in order of name, the type's own last, and not where they are empty", () => {
    const registry = createRegistry({
      g: gauge({ help, labels: ["z", "a", "m"] }),
      h: histogram({ help, labels: ["z", "m"], buckets: [1] }),
      i: info({ help, labels: ["z", "a"] }),
      s: stateset({ help, labels: ["z"], states: ["on"] }),
    });
    registry.gauge("g").set(1, { z: "1", a: "2", m: "3" });
    registry.gauge("g").set(2, { z: "1", a: "", m: undefined });
    registry.gauge("g").set(3);
    registry.histogram("h").observe(1, { z: "9" });
    registry.histogram("h").observe(1, { z: "1", m: "2" });
    registry.info("i").record({});
    registry.info("i").record({ z: "1", a: "2" });
    registry.stateset("s").enter("on", { z: "1" });
    registry.stateset("s").enter("on");
    const lines = renderOpenMetrics(registry)
      .split("\n")
      .filter((line) => !line.startsWith("#"));
    expect(lines).toEqual([
      "g 3.0",
      'g{z="1"} 2.0',
      'g{a="2",m="3",z="1"} 1.0',
      'h_bucket{z="9",le="1.0"} 1',
      'h_bucket{z="9",le="+Inf"} 1',
      'h_count{z="9"} 1',
      'h_sum{z="9"} 1.0',
      'h_bucket{m="2",z="1",le="1.0"} 1',
      'h_bucket{m="2",z="1",le="+Inf"} 1',
      'h_count{m="2",z="1"} 1',
      'h_sum{m="2",z="1"} 1.0',
      "i_info 1",
      'i_info{a="2",z="1"} 1',
      's{s="on"} 1',
      's{z="1",s="on"} 1',
      "",
    ]);
  });
});

test("rendering twice gives the same text, and what came between shows", () => {
  const registry = createRegistry({
    c: counter({ help, labels: ["x"] }),
    h: histogram({ help, labels: ["x"], buckets: [1] }),
  });
  registry.counter("c").add(1, { x: "b" });
  registry.histogram("h").observe(1, { x: "b" });
  const first = renderOpenMetrics(registry);
  expect(renderOpenMetrics(registry)).toBe(first);
  registry.counter("c").add(1, { x: "a" });
  registry.counter("c").add(9, { x: "b" });
  registry.histogram("h").observe(5, { x: "b" });
  const second = renderOpenMetrics(registry);
  expect(second).toContain('c_total{x="a"} 1\nc_total{x="b"} 10\n');
  expect(second).toContain('h_bucket{x="b",le="1.0"} 1\nh_bucket{x="b",le="+Inf"} 2\n');
});

test("the order of declaring and recording does not show", () => {
  const definitions: [string, MetricDefinition][] = [
    ["c", counter({ help, labels: ["x", "y"] })],
    ["g", gauge({ help, labels: ["y", "x"] })],
    ["h", histogram({ help, labels: ["x"], buckets: [1, 2] })],
    ["s", stateset({ help, labels: ["x"], states: ["b", "a"], exclusive: false })],
    ["target", info({ help, labels: ["x"] })],
  ];
  const values = ["", "a", "b", "🦊", "\uffff", "\n"];
  const calls = values.flatMap((x) => values.map((y) => ({ x, y })));
  const render = (order: readonly [string, MetricDefinition][], rows: typeof calls) => {
    const registry = createRegistry(Object.fromEntries(order));
    for (const { x, y } of rows) {
      registry.counter("c").add(x.length + 1, { y, x });
      registry.gauge("g").set(y.length, { x, y });
      registry.histogram("h").observe(y.length, { x });
      registry.stateset("s").set(y === "a" ? "a" : "b", true, { x });
      registry.info("target").record({ x });
    }
    return renderOpenMetrics(registry);
  };
  const expected = render(definitions, calls);
  const shuffled = <T>(all: readonly T[]) =>
    fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length });
  fc.assert(
    fc.property(shuffled(definitions), shuffled(calls), (order, rows) => {
      expect(render(order, rows)).toBe(expected);
    }),
  );
});

test("every line is one that the grammar has", () => {
  const registry = createRegistry({
    c: counter({ help: 'a\nb "c" \\', labels: ["x"] }),
    g: gauge({ help, labels: ["x"] }),
    h_seconds: histogram({ help: "H", unit: "s", labels: ["x"], buckets: [1e-7, 1, 1e6] }),
    n: histogram({ help, labels: ["x"], buckets: [-1] }),
    i: info({ help, labels: ["x"] }),
    s: stateset({ help, labels: ["x"], states: ["a b", "\n"] }),
  });
  for (const x of ["", "a", "\n", '"', "\\", " # ", "\0", "🦊"]) {
    registry.counter("c").add(1, { x }, { t: x });
    registry.gauge("g").set(Number.NEGATIVE_INFINITY, { x });
    registry.histogram("h_seconds").observe(0.5, { x }, { t: x });
    registry.histogram("n").observe(-3, { x });
    registry.info("i").record({ x });
    registry.stateset("s").enter("\n", { x });
  }
  const text = renderOpenMetrics(registry);
  const value = String.raw`"(?:[^"\\\n]|\\[\\n"])*"`;
  const labels = String.raw`\{(?:[A-Za-z_]\w*=${value}(?:,[A-Za-z_]\w*=${value})*)?\}`;
  const number = String.raw`(?:-?\d+(?:\.\d+)?(?:e[+-]\d+)?|NaN|[+-]Inf)`;
  const sample = `[A-Za-z]\\w*(?:${labels})? ${number}(?: # ${labels} ${number})?`;
  const meta = String.raw`# (?:TYPE [A-Za-z]\w* [a-z]+|UNIT [A-Za-z]\w* \w+|HELP [A-Za-z]\w* (?:[^"\\\n]|\\[\\n"])*)`;
  const line = new RegExp(`^(?:${sample}|${meta})$`);
  expect(text.endsWith("\n# EOF\n")).toBe(true);
  for (const each of text.slice(0, -"# EOF\n".length - 1).split("\n")) {
    expect(each).toMatch(line);
  }
  expect(text).not.toMatch(/_created|\{\} \d|,\}/);
});
