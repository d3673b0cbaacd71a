/*
 * Goal: the same tree gives the same bytes: from another folder, with its files listed in another
 * order, on a second run, with the cache and without it.
 * Method: a tree that breaks many rules at once, reported in every form, again and again.
 */
import { readdirSync } from "node:fs";
import { expect, test } from "vitest";
import { finishCheck, prepareCheck } from "../src/check.ts";
import { createDocumentValidator } from "../src/os/json-schemas.ts";
import { readGraph } from "../src/os/read-graph.ts";
import { openRepositoryFiles } from "../src/os/repository-files.ts";
import { jsonReport } from "../src/report/json-report.ts";
import { shop, shopManifest } from "./small-shop.ts";
import { emptyFolder, run, writeTree } from "./temporary-tree.ts";

const { nodes } = shopManifest();
const bad = shop(
  {
    "node_modules/keep.txt": "",
    "packages/money/src/a.ts": 'import "./b.js";\nimport "kafkajs";\nDate.now();\n',
    "packages/money/src/b.ts": 'import "./a.js";\nimport "./c.js";\nimport "node:fs";\n',
    "packages/money/src/c.ts": 'import "./a.js";\nimport "./nowhere.js";\nMath.random();\n',
    "packages/money/src/B.ts": 'import "./b.js";\nexport const = 1;\n',
    "packages/lost/x.ts": "",
    "packages/server/src/é.ts": 'import "@shop/money";\n',
    "packages/server/src/os/z.js":
      'import "../../../money/src/total.js";\nimport(process.env.X);\n',
  },
  {
    nodes: [
      ...nodes,
      {
        ...(nodes[0] ?? {}),
        id: "twice",
        match: { module_prefixes: ["@shop/money/B"], path_globs: [] },
      } as never,
    ],
  },
);

async function reported(root: string, reversed = false): Promise<string> {
  const source = { files: openRepositoryFiles(root), validate: createDocumentValidator() };
  const prepared = prepareCheck(source, {});
  if (prepared.kind === "finished") throw new Error(jsonReport(prepared.report));
  const graph = await readGraph({
    root,
    depthOf: prepared.depthOf,
    includeGlobs: prepared.scan.include,
    excludeGlobs: prepared.scan.exclude,
    listFolder: (folder) => {
      const entries = readdirSync(folder, { withFileTypes: true });
      return reversed ? entries.reverse() : entries;
    },
  });
  return jsonReport(finishCheck(prepared, graph).report);
}

test("another folder, another order of files, a second run", async () => {
  const root = writeTree(bad);
  const first = await reported(root);
  expect(JSON.parse(first).diags.length).toBeGreaterThan(12);
  expect(await reported(root)).toBe(first);
  expect(await reported(root, true)).toBe(first);
  expect(await reported(writeTree(bad, emptyFolder("somewhere-else-")))).toBe(first);
});

test("every form, from a cache that is cold, warm, and of another tree", async () => {
  const [here, there] = [writeTree(bad), writeTree(bad, emptyFolder("somewhere-else-"))];
  for (const form of ["text", "json", "sarif", "junit", "github"]) {
    const check = async (cwd: string, ...args: readonly string[]) =>
      (await run(["check", "--format", form, ...args], { cwd })).stdout;
    const uncached = await check(here, "--no-cache");
    expect(uncached.length, form).toBeGreaterThan(1000);
    expect(await check(here), form).toBe(uncached);
    expect(await check(here), form).toBe(uncached);
    expect(await check(there), form).toBe(uncached);
    expect(uncached, form).not.toContain(here);
  }
});

test("a mended file is seen, cache or not", async () => {
  const cwd = writeTree(bad);
  const before = (await run(["check"], { cwd })).stdout;
  writeTree({ "packages/money/src/c.ts": "" }, cwd);
  const after = (await run(["check"], { cwd })).stdout;
  expect(after).not.toBe(before);
  expect(after).toBe((await run(["check", "--no-cache"], { cwd })).stdout);
});
