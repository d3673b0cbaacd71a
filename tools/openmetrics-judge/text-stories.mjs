/** Expositions that are awkward in their texts: escapes, order, units, states, exemplars. */
// arch-allow E_ARCH_DEPENDENCY_UNDECLARED: a tool of the root, which installs no package of its own
import { counter, gauge, histogram, info, stateset } from "../../packages/obs/dist/index.js";
import { family } from "./family.mjs";

/** Texts that are awkward somewhere: in quotes, in escapes, in UTF-8, in a line-based parser. */
const awkward = [
  "\0",
  "\t",
  "\n",
  "\r",
  "\r\n",
  " ",
  " # ",
  '"',
  '"} 1',
  "\\",
  '\\"',
  "\\n",
  "\\\n",
  ",",
  ',a="b"',
  "=",
  "{}",
  "# EOF\n",
  "\u007f",
  "\u0085",
  "\u2028",
  "é",
  "日本語",
  "\ue000",
  "\uffff",
  "🦊",
  "👩‍👩‍👧",
];

function escapes() {
  const sorted = [...awkward].sort();
  return {
    name: "label-escapes",
    definitions: {
      c: counter({ help: "", labels: ["v"] }),
      i: info({ help: "", labels: ["v", "w"] }),
      s: stateset({ help: "", labels: ["v"], states: awkward }),
    },
    record: (registry) => {
      for (const v of awkward) {
        registry.counter("c").add(3, { v });
        registry.info("i").record({ v, w: v });
        registry.stateset("s").enter(v, { v });
      }
    },
    expected: [
      family(
        "c",
        "counter",
        sorted.map((v) => ["c_total", { v }, 3]),
      ),
      family(
        "i",
        "info",
        sorted.map((v) => ["i_info", { v, w: v }, 1]),
      ),
      family(
        "s",
        "stateset",
        sorted.flatMap((v) => sorted.map((s) => ["s", { v, s }, v === s ? 1 : 0])),
      ),
    ],
  };
}

function helpTexts() {
  const entries = awkward.map((help, place) => [`h${String(place).padStart(2, "0")}`, help]);
  return {
    name: "help-escapes",
    definitions: Object.fromEntries(entries.map(([name, help]) => [name, gauge({ help })])),
    record: () => {},
    expected: entries.map(([name, help]) => family(name, "gauge", [[name, {}, 0]], { help })),
  };
}

function states() {
  return {
    name: "statesets",
    definitions: {
      phase: stateset({ help: "", states: ["running", "paused"] }),
      flag: stateset({ help: "", states: ["b", "a", "c"], labels: ["node"], exclusive: false }),
    },
    record: (registry) => {
      registry.stateset("phase").enter("running");
      registry.stateset("phase").enter("paused");
      registry.stateset("flag").set("a", true, { node: "n" });
      registry.stateset("flag").set("c", true, { node: "n" });
    },
    expected: [
      family("flag", "stateset", [
        ["flag", { node: "n", flag: "a" }, 1],
        ["flag", { node: "n", flag: "b" }, 0],
        ["flag", { node: "n", flag: "c" }, 1],
      ]),
      family("phase", "stateset", [
        ["phase", { phase: "paused" }, 1],
        ["phase", { phase: "running" }, 0],
      ]),
    ],
  };
}

function targetFirst() {
  return {
    name: "target-first",
    definitions: {
      aaa: gauge({ help: "" }),
      build_info: info({ help: "Build.", labels: ["version"] }),
      target: info({ help: "Target.", labels: ["service_name"] }),
    },
    record: (registry) => {
      registry.info("build_info").record({ version: "1.2.3" });
      registry.info("target").record({ service_name: "orders" });
    },
    expected: [
      family("target", "info", [["target_info", { service_name: "orders" }, 1]], {
        help: "Target.",
      }),
      family("aaa", "gauge", [["aaa", {}, 0]]),
      family("build", "info", [["build_info", { version: "1.2.3" }, 1]], { help: "Build." }),
    ],
  };
}

function exemplars() {
  const wide = { trace_id: "🦊".repeat(120) };
  return {
    name: "exemplars",
    definitions: {
      c: counter({ help: "", labels: ["x"] }),
      h: histogram({ help: "", buckets: [1, 2] }),
    },
    record: (registry) => {
      registry.counter("c").add(4, { x: " # " }, { span: 'a"b\\c\nd', trace: "" });
      registry.histogram("h").observe(0.25, undefined, wide);
      registry.histogram("h").observe(7, undefined, {});
    },
    expected: [
      family("c", "counter", [["c_total", { x: " # " }, 4, [{ span: 'a"b\\c\nd', trace: "" }, 4]]]),
      family("h", "histogram", [
        ["h_bucket", { le: "1.0" }, 1, [wide, 0.25]],
        ["h_bucket", { le: "2.0" }, 1],
        ["h_bucket", { le: "+Inf" }, 2, [{}, 7]],
        ["h_count", {}, 2],
        ["h_sum", {}, 7.25],
      ]),
    ],
  };
}

function units() {
  return {
    name: "units",
    definitions: {
      a_seconds_total: counter({ help: "A.", unit: "s" }),
      b_ms: gauge({ help: "", unit: "ms" }),
      c_bytes_per_second: gauge({ help: "", unit: "By/s" }),
      d_ratio: gauge({ help: "", unit: "1" }),
      e_total: counter({ help: "", unit: "{message}" }),
    },
    record: (registry) => registry.gauge("d_ratio").set(0.5),
    expected: [
      family("a_seconds", "counter", [["a_seconds_total", {}, 0]], { help: "A.", unit: "seconds" }),
      family("b_ms", "gauge", [["b_ms", {}, 0]], { unit: "ms" }),
      family("c_bytes_per_second", "gauge", [["c_bytes_per_second", {}, 0]], {
        unit: "bytes_per_second",
      }),
      family("d_ratio", "gauge", [["d_ratio", {}, 0.5]], { unit: "ratio" }),
      family("e", "counter", [["e_total", {}, 0]]),
    ],
  };
}

export const textStories = () => [
  escapes(),
  helpTexts(),
  states(),
  targetFirst(),
  exemplars(),
  units(),
];
