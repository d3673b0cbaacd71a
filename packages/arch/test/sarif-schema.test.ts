/*
 * Goal: a SARIF report is one by the standard, and its parts fit together, whatever is found.
 * Method: the schema of `sarif-schema.ts`; reports of repositories with much that is wrong, in files
 * with odd names; and reports that were damaged, which it must refuse.
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { sarifSchema } from "./sarif-schema.ts";
import { shop } from "./small-shop.ts";
import { run, writeTree } from "./temporary-tree.ts";

const ajv = new Ajv2020({ allErrors: true, strict: false });
// RFC 3986: no space, no control, nothing beyond ASCII, and % only before two digits.
const reference = /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*$/;
ajv.addFormat("uri-reference", reference);
ajv.addFormat("uri", reference);
const validate = ajv.compile(sarifSchema);

interface Sarif {
  runs: {
    tool: { driver: { rules: { id: string }[] } };
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      partialFingerprints: Record<string, string>;
    }[];
  }[];
}

async function report(files: Record<string, string>): Promise<Sarif> {
  const cwd = writeTree(shop(files));
  return JSON.parse((await run(["check", "--format", "sarif"], { cwd })).stdout);
}

const wrong = {
  "packages/money/src/odd name %41 é,:#?[x].ts": "Date.now();\nimport 'node:fs';",
  "packages/money/src/two.ts": "import '../../server/src/os/main.js';\nimport './gone.js';\n",
  "packages/money/src/broken.ts": "export const = 1;",
  "packages/nowhere/x.ts": "Math.random(); // arch-allow E_ARCH_CYCLE",
};

test("much that is wrong, and nothing", async () => {
  for (const files of [wrong, {}]) {
    const sarif = await report(files);
    expect(validate(sarif), JSON.stringify(validate.errors)).toBe(true);
  }
});

test("each result has its rule, its own fingerprint, and a place that can be decoded", async () => {
  const [{ tool, results } = { tool: { driver: { rules: [] } }, results: [] }] = (
    await report(wrong)
  ).runs;
  expect(results.length).toBeGreaterThan(6);
  for (const { ruleId, ruleIndex } of results) {
    expect(tool.driver.rules[ruleIndex]?.id).toBe(ruleId);
  }
  const prints = results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints));
  expect(new Set(prints).size).toBe(prints.length);
  const files = results.map(({ locations: [first] }) =>
    decodeURIComponent(first?.physicalLocation.artifactLocation.uri ?? ""),
  );
  expect(files).toContain("packages/money/src/odd name %41 é,:#?[x].ts");
});

test.each<[string, (sarif: Sarif) => void]>([
  [
    "a level that is none",
    (sarif) => Object.assign(sarif.runs[0]?.results[0] ?? {}, { level: "bad" }),
  ],
  ["no message", (sarif) => Object.assign(sarif.runs[0]?.results[0] ?? {}, { message: undefined })],
  ["another version", (sarif) => Object.assign(sarif, { version: "2.0.0" })],
  ["no tool", (sarif) => Object.assign(sarif.runs[0] ?? {}, { tool: {} })],
  [
    "a path that is no reference",
    (sarif) =>
      Object.assign(
        sarif.runs[0]?.results[0]?.locations[0]?.physicalLocation.artifactLocation ?? {},
        { uri: "a b" },
      ),
  ],
])("refused: %s", async (_, damage) => {
  const sarif = await report(wrong);
  damage(sarif);
  expect(validate(JSON.parse(JSON.stringify(sarif)))).toBe(false);
});
