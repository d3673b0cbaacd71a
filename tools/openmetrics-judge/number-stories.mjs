/** Expositions that are awkward in their numbers: values, bounds, sums, and how many there are. */
// arch-allow E_ARCH_DEPENDENCY_UNDECLARED: a tool of the root, which installs no package of its own
import { counter, gauge, histogram, info, stateset } from "../../packages/obs/dist/index.js";
import { family } from "./family.mjs";

function unrecorded() {
  return {
    name: "declared-and-never-recorded",
    definitions: {
      a: counter({ help: "", labels: ["x"] }),
      b: gauge({ help: "", labels: ["x"] }),
      c: histogram({ help: "", labels: ["x"], buckets: [1] }),
      d: info({ help: "", labels: ["x"] }),
      e: stateset({ help: "", states: ["on"] }),
    },
    record: () => {},
    expected: [
      family("a", "counter", []),
      family("b", "gauge", []),
      family("c", "histogram", []),
      family("d", "info", []),
      family("e", "stateset", []),
    ],
  };
}

function zeros() {
  return {
    name: "no-labels-start-at-zero",
    definitions: {
      a_total: counter({ help: "A." }),
      b: gauge({ help: "B." }),
      c: histogram({ help: "C.", buckets: [] }),
    },
    record: () => {},
    expected: [
      family("a", "counter", [["a_total", {}, 0]], { help: "A." }),
      family("b", "gauge", [["b", {}, 0]], { help: "B." }),
      family(
        "c",
        "histogram",
        [
          ["c_bucket", { le: "+Inf" }, 0],
          ["c_count", {}, 0],
          ["c_sum", {}, 0],
        ],
        { help: "C." },
      ),
    ],
  };
}

function floats() {
  const values = {
    a: Number.NaN,
    b: Number.POSITIVE_INFINITY,
    c: Number.NEGATIVE_INFINITY,
    d: -0,
    e: 0.1,
    f: -1.5,
    g: 1e21,
    h: 1e-7,
    i: 5e-324,
    j: Number.MAX_VALUE,
    k: -Number.MAX_VALUE,
    l: 123456789012345680000,
    m: 2 ** 53,
    n: 1 / 3,
    o: 1e6,
  };
  const named = { a: "NaN", b: "+Inf", c: "-Inf" };
  return {
    name: "gauge-values",
    definitions: { g: gauge({ help: "", labels: ["of"] }) },
    record: (registry) => {
      for (const [of, value] of Object.entries(values)) registry.gauge("g").set(value, { of });
    },
    expected: [
      family(
        "g",
        "gauge",
        Object.entries(values).map(([of, value]) => ["g", { of }, named[of] ?? value + 0]),
      ),
    ],
  };
}

function counts() {
  const values = [0, 1, 1_000_000, 2 ** 32, Number.MAX_SAFE_INTEGER];
  return {
    name: "counter-values",
    definitions: { c: counter({ help: "", labels: ["of"] }) },
    record: (registry) => {
      for (const [of, value] of values.entries()) registry.counter("c").add(value, { of: `${of}` });
    },
    expected: [
      family(
        "c",
        "counter",
        values.map((value, of) => ["c_total", { of: `${of}` }, value]),
      ),
    ],
  };
}

function bounds() {
  const buckets = [0, 1e-10, 1e-9, 1e-5, 0.0001, 0.001, 1, 10, 100000, 1e6, 1.5e6, 1e10, 1e21];
  const les = [
    "0.0",
    "1e-10",
    "1e-09",
    "1e-05",
    "0.0001",
    "0.001",
    "1.0",
    "10.0",
    "100000.0",
    "1e+06",
    "1.5e+06",
    "1e+10",
    "1e+21",
    "+Inf",
  ];
  return {
    name: "bucket-bounds",
    definitions: { h: histogram({ help: "", buckets }) },
    record: (registry) => {
      // Once on each bound, which is inclusive, and once above them all.
      for (const bound of [0, 1, 10, 1e22]) registry.histogram("h").observe(bound);
    },
    expected: [
      family("h", "histogram", [
        ...les.map((le, place) => [
          "h_bucket",
          { le },
          place < 6 ? 1 : place === 6 ? 2 : place < 13 ? 3 : 4,
        ]),
        ["h_count", {}, 4],
        ["h_sum", {}, 11 + 1e22],
      ]),
    ],
  };
}

function negativeBounds() {
  return {
    name: "negative-bounds",
    definitions: { h: histogram({ help: "", buckets: [-10, -0.5, 0, 2], labels: ["x"] }) },
    record: (registry) => {
      for (const value of [-100, -10, -0.6, 0, 3])
        registry.histogram("h").observe(value, { x: "y" });
    },
    expected: [
      family("h", "histogram", [
        ["h_bucket", { x: "y", le: "-10.0" }, 2],
        ["h_bucket", { x: "y", le: "-0.5" }, 3],
        ["h_bucket", { x: "y", le: "0.0" }, 4],
        ["h_bucket", { x: "y", le: "2.0" }, 4],
        ["h_bucket", { x: "y", le: "+Inf" }, 5],
      ]),
    ],
  };
}

function manySeries() {
  const rows = Array.from({ length: 9_000 }, (_, place) => ({
    topic: `topic-${place % 90}`,
    partition: `${Math.floor(place / 90)}`,
  }));
  const value = ({ topic, partition }) => topic.length * 1000 + Number(partition);
  const sorted = [...rows].sort(
    (a, b) =>
      (a.partition < b.partition ? -1 : a.partition > b.partition ? 1 : 0) ||
      (a.topic < b.topic ? -1 : 1),
  );
  return {
    name: "many-series",
    definitions: { c: counter({ help: "", labels: ["topic", "partition"] }) },
    record: (registry) => {
      for (const row of rows) registry.counter("c").add(value(row), row);
    },
    expected: [
      family(
        "c",
        "counter",
        sorted.map((row) => ["c_total", row, value(row)]),
      ),
    ],
  };
}

function manyHistograms() {
  const names = Array.from({ length: 1_000 }, (_, place) => String(place).padStart(4, "0"));
  return {
    name: "many-histograms",
    definitions: {
      h_seconds: histogram({ help: "", unit: "s", labels: ["n"], buckets: [0.5, 1] }),
    },
    record: (registry) => {
      for (const n of names) {
        for (const value of [0.25, 0.75, 0.75, 3])
          registry.histogram("h_seconds").observe(value, { n });
      }
    },
    expected: [
      family(
        "h_seconds",
        "histogram",
        names.flatMap((n) => [
          ["h_seconds_bucket", { n, le: "0.5" }, 1],
          ["h_seconds_bucket", { n, le: "1.0" }, 3],
          ["h_seconds_bucket", { n, le: "+Inf" }, 4],
          ["h_seconds_count", { n }, 4],
          ["h_seconds_sum", { n }, 4.75],
        ]),
        { unit: "seconds" },
      ),
    ],
  };
}

export const numberStories = () => [
  { name: "empty-registry", definitions: {}, record: () => {}, expected: [] },
  unrecorded(),
  zeros(),
  floats(),
  counts(),
  bounds(),
  negativeBounds(),
  manySeries(),
  manyHistograms(),
];
