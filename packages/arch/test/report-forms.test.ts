/*
 * Goal: a report looks the same every time, in every form, and each form keeps the rules of who reads
 * it: X07's order and members, SARIF's and JUnit's structure, GitHub's escapes, a terminal's safety.
 * Method: one report written by hand, with all that is awkward in it; each form against a golden file
 * (UPDATE_GOLDEN=1 writes them anew), and what matters most by itself.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Diagnostic } from "../src/diagnostic.ts";
import { inOrder } from "../src/report/diagnostic-order.ts";
import { fingerprint, identityOf } from "../src/report/fingerprint.ts";
import { githubReport } from "../src/report/github-report.ts";
import { colourInk, plainInk } from "../src/report/ink.ts";
import { jsonReport } from "../src/report/json-report.ts";
import { junitReport } from "../src/report/junit-report.ts";
import type { Report } from "../src/report/report.ts";
import { sarifReport } from "../src/report/sarif-report.ts";
import { sortedJson } from "../src/report/sorted-json.ts";
import { textReport } from "../src/report/text-report.ts";

const source =
  'import { a } from "a";\n\timport { Kafka } from "kafkajs"; // \u001b[2J <&>\r\nend\n';

function at(
  file: string,
  line: number,
  col: number,
  endCol: number,
): NonNullable<Diagnostic["loc"]> {
  return { kind: "text", span: { file, start: { line, col }, end: { line, col: endCol } } };
}

const capability: Diagnostic = {
  code: "E_ARCH_WORLD_CAPABILITY",
  severity: "error",
  stage: "lint",
  message: "solve-* nodes must not reach the operating system",
  loc: at("src/a b/ä.ts", 2, 2, 35),
  notes: ["hand it in as an argument", "100% of it: a -> b\nand a new line"],
  related: [
    { message: "src/a b/ä.ts imports kafkajs", loc: at("src/a b/ä.ts", 2, 2, 35) },
    { message: "no place" },
  ],
  data: { module_path: "src/a b/ä.ts", import: "kafkajs", chain: ["a", "kafkajs"] },
};
const smoke: Diagnostic = {
  code: "E_ARCH_SMOKE_MISSING",
  severity: "error",
  stage: "lint",
  message: "node is missing contracts.smoke_entry export",
  data: { node: "n", smoke_entry: 'x"<y>' },
};
const opaque: Diagnostic = {
  code: "W_ARCH_IMPORT_OPAQUE",
  severity: "warning",
  stage: "lint",
  message: "import names what is only known when it runs",
  loc: at("src/gone.ts", 1, 1, 1),
  notes: ["write the specifier as a literal"],
};
const report: Report = {
  manifest: { path: "arch/manifest.x07arch.json", jcs_sha256_hex: "0".repeat(64) },
  stats: { modules: 3, nodes: 1, module_edges: 2, node_edges: 1 },
  diagnostics: [smoke, capability, opaque],
  patches: [
    {
      path: "arch/manifest.x07arch.json",
      patch: [{ op: "add", path: "/externals/allowed_exact/-", value: "a" }],
      note: "why",
    },
  ],
};
const sourceText = (file: string): string | undefined =>
  file.startsWith("src/a b") ? source : undefined;

function golden(name: string, text: string): void {
  const path = new URL(`golden/${name}`, import.meta.url);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(path, text);
  expect(text).toBe(readFileSync(path, "utf8"));
}

test("text, without colours and with them", () => {
  golden("report.txt", textReport(report, { ink: plainInk, sourceText }));
  golden("report-coloured.txt", textReport(report, { ink: colourInk, sourceText }));
});

test("nothing of a source drives the terminal", () => {
  const text = textReport(report, { ink: plainInk, sourceText });
  expect([...text].filter((character) => character < " " && character !== "\n")).toEqual([]);
  expect(text).toContain('2 |  import { Kafka } from "kafkajs"; // \\x1b[2J <&>\n');
});

test("a caret stands below what is wrong, in a long line too", () => {
  const long = `${"x".repeat(500)}Date.now()${"y".repeat(500)}`;
  const found: Diagnostic = { ...opaque, loc: at("long.ts", 1, 501, 511) };
  const text = textReport(
    { ...report, diagnostics: [found] },
    { ink: plainInk, sourceText: () => long },
  );
  const [, , , line = "", caret = ""] = text.split("\n");
  expect(line.slice(caret.indexOf("^"), caret.lastIndexOf("^") + 1)).toBe("Date.now()");
  expect(line.length).toBeLessThan(200);
});

test("a place that is not in its file any more is told without a line", () => {
  const found: Diagnostic = { ...opaque, loc: at("src/a b/ä.ts", 99, 5, 9) };
  const text = textReport({ ...report, diagnostics: [found] }, { ink: plainInk, sourceText });
  expect(text).not.toContain("^");
});

test("json: the report of section 1, sorted, two spaces, a newline", () => {
  const text = jsonReport(report);
  golden("report.json.txt", text);
  const { diags, suggested_patches, stats, manifest, schema_version, ...rest } = JSON.parse(text);
  expect([schema_version, rest, manifest, stats]).toEqual([
    "x07.arch.report@0.1.0",
    {},
    report.manifest,
    report.stats,
  ]);
  expect(diags).toEqual(report.diagnostics);
  expect(suggested_patches).toEqual(report.patches);
  expect(Object.keys(diags[1])).toEqual(Object.keys(diags[1]).sort());
});

test("keys are in order of UTF-16, numbers among them", () => {
  expect(sortedJson({ b: 1, "10": 2, "9": 3, A: [], "": {}, ä: null })).toBe(
    '{\n  "": {},\n  "10": 2,\n  "9": 3,\n  "A": [],\n  "b": 1,\n  "ä": null\n}\n',
  );
});

describe("sarif", () => {
  const sarif = JSON.parse(sarifReport(report, "1.2.3"));
  const [run] = sarif.runs;

  test("golden", () => golden("report.sarif.txt", sarifReport(report, "1.2.3")));

  test("each result names its rule, and has a place inside the repository", () => {
    expect(sarif.version).toBe("2.1.0");
    const { rules } = run.tool.driver;
    expect(rules.map(({ id }: { id: string }) => id)).toEqual([
      "E_ARCH_SMOKE_MISSING",
      "E_ARCH_WORLD_CAPABILITY",
      "W_ARCH_IMPORT_OPAQUE",
    ]);
    for (const { ruleId, ruleIndex, locations, message } of run.results) {
      expect(rules[ruleIndex].id).toBe(ruleId);
      expect(message.text).not.toBe("");
      expect(locations).toHaveLength(1);
      expect(locations[0].physicalLocation.artifactLocation.uri).toMatch(/^[\w./%-]+$/);
      expect(locations[0].physicalLocation.region.startLine).toBeGreaterThan(0);
    }
    expect(run.results[1].locations[0].physicalLocation.artifactLocation.uri).toBe(
      "src/a%20b/%C3%A4.ts",
    );
    expect(run.results[0].locations[0].physicalLocation.artifactLocation.uri).toBe(
      "arch/manifest.x07arch.json",
    );
  });

  test("every rule says what it is about and what to do", () => {
    for (const { shortDescription, help, defaultConfiguration } of run.tool.driver.rules) {
      expect(shortDescription.text.length).toBeGreaterThan(20);
      expect(help.markdown).toContain("**Next:**");
      expect(["error", "warning"]).toContain(defaultConfiguration.level);
    }
  });
});

describe("fingerprints", () => {
  const print = (diagnostic: Diagnostic): string => fingerprint(identityOf(diagnostic));

  test("do not move with lines, with notes or with the chain", () => {
    const { notes: _, related: __, ...bare } = capability;
    const moved: Diagnostic = {
      ...bare,
      loc: at("src/a b/ä.ts", 77, 9, 10),
      data: { ...capability.data, chain: ["x"] },
    };
    expect(print(moved)).toBe(print(capability));
  });

  test("tell code, file, what is imported and what is said apart", () => {
    const others: readonly Diagnostic[] = [
      { ...capability, code: "E_ARCH_CYCLE" },
      { ...capability, loc: at("src/b.ts", 2, 2, 35) },
      { ...capability, data: { ...capability.data, import: "amqplib" } },
      { ...capability, message: "something else" },
    ];
    expect(new Set([capability, ...others].map(print)).size).toBe(5);
  });

  test("of two that are alike are told apart by counting", () => {
    const twice = JSON.parse(
      sarifReport({ ...report, diagnostics: [capability, capability] }, "1"),
    );
    const prints = twice.runs[0].results.map(
      (result: { partialFingerprints: object }) => result.partialFingerprints,
    );
    const hash = print(capability);
    expect(prints).toEqual([{ "repriseArch/v1": `${hash}:1` }, { "repriseArch/v1": `${hash}:2` }]);
  });
});

describe("junit", () => {
  test("golden", () => golden("report.junit.xml", junitReport(report)));

  test("a report without errors has a case that passes, one with warnings does not fail", () => {
    expect(junitReport({ ...report, diagnostics: [opaque] })).toContain('tests="2" failures="0"');
    expect(junitReport({ ...report, diagnostics: [] })).toContain('name="no error"');
    expect(junitReport(report)).toContain('tests="3" failures="2"');
  });

  test("what XML cannot say is replaced", () => {
    const odd: Diagnostic = { ...smoke, message: '\u0000\u001b & <b> " \ud800 😀' };
    expect(junitReport({ ...report, diagnostics: [odd] })).toContain(
      "\ufffd\ufffd &amp; &lt;b&gt; &quot; \ufffd 😀",
    );
  });
});

test("github: each on a line, with what would end it escaped", () => {
  const text = githubReport(report);
  golden("report.github.txt", text);
  expect(text.split("\n")).toHaveLength(report.diagnostics.length + 1);
  const comma: Diagnostic = {
    ...opaque,
    loc: at("a,b:c%.ts", 1, 1, 1),
    message: "50%\r\nnext::error::",
  };
  expect(githubReport({ ...report, diagnostics: [comma] })).toBe(
    "::warning file=a%2Cb%3Ac%25.ts,line=1,endLine=1,col=1,endColumn=1,title=W_ARCH_IMPORT_OPAQUE::50%25%0D%0Anext::error::%0Awrite the specifier as a literal\n",
  );
});

describe("order", () => {
  const sorted = (...list: readonly Partial<Diagnostic>[]): readonly Diagnostic[] =>
    inOrder(list.map((each) => ({ ...smoke, data: {}, ...each })));
  const withData = (data: NonNullable<Diagnostic["data"]>): Partial<Diagnostic> => ({ data });

  test.each<[string, Partial<Diagnostic>, Partial<Diagnostic>]>([
    [
      "severity before code",
      { code: "E_ARCH_VISIBILITY" },
      { severity: "warning", code: "E_ARCH_CYCLE" },
    ],
    [
      "warning before info",
      { severity: "warning", code: "E_ARCH_VISIBILITY" },
      { severity: "info", code: "E_ARCH_CYCLE" },
    ],
    [
      "code before node_from",
      { code: "E_ARCH_CYCLE", data: { node_from: "z" } },
      { code: "E_ARCH_VISIBILITY", data: { node_from: "a" } },
    ],
    [
      "node_from before node_to",
      withData({ node_from: "a", node_to: "z" }),
      withData({ node_from: "b", node_to: "a" }),
    ],
    [
      "node_to before module_path",
      withData({ node_to: "a", module_path: "z" }),
      withData({ node_to: "b", module_path: "a" }),
    ],
    [
      "module_path before import",
      withData({ module_path: "a", import: "z" }),
      withData({ module_path: "b", import: "a" }),
    ],
    [
      "import before message",
      { data: { import: "a" }, message: "z" },
      { data: { import: "b" }, message: "a" },
    ],
    [
      "message before place",
      { message: "a", loc: at("z", 1, 1, 1) },
      { message: "b", loc: at("a", 1, 1, 1) },
    ],
    ["line 9 before line 10", { loc: at("a", 9, 1, 1) }, { loc: at("a", 10, 1, 1) }],
    ["capitals first, as code units have it", withData({ import: "Z" }), withData({ import: "a" })],
  ])("%s", (_, first, second) => {
    const both = sorted(first, second);
    expect(sorted(second, first)).toEqual(both);
    expect(both[0]).toMatchObject(first);
  });
});
