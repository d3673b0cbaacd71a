/**
 * Goal: a repository's graph is the same bytes wherever it lies, in whatever order its folders are
 * listed, and however often it is read; and what cannot be read is in it as such, never left out in
 * silence.
 * Method: repositories in temporary folders; a graph is compared as text.
 */
import { cpSync, readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { shallow } from "../src/facts/extract-facts.ts";
import type { ModuleGraph } from "../src/module-graph.ts";
import { type ReadGraphOptions, readGraph } from "../src/os/read-graph.ts";
import type { ListFolder } from "../src/os/scan.ts";
import { type FolderFiles, makeRepository } from "./repository-folder.ts";

const workspace: FolderFiles = {
  "package.json": { name: "root", workspaces: ["packages/*"], private: true },
  "packages/one/package.json": {
    name: "@a/one",
    exports: "./dist/index.js",
    dependencies: { "@a/two": "workspace:*" },
    devDependencies: { vitest: "1" },
  },
  "packages/one/src/index.ts": 'export * from "./in/other.js"; import "@a/two"; import "fs";',
  "packages/one/src/in/other.ts": 'export const a = await import("./gone.js");',
  "packages/one/test/one.test.ts": 'import { a } from "../src/index.js"; // arch-allow E_X: old',
  "packages/two/package.json": { name: "@a/two", main: "lib/index.js" },
  "packages/two/src/index.ts": 'import type { A } from "@a/one";\nimport "./broken.js";',
  "packages/two/src/broken.ts": "export const = 1;",
  "packages/two/src/fixtures/package.json": { type: "commonjs" },
  "packages/two/src/fixtures/a.js": 'require("../index.js");',
  "tools/run.mjs": "export {};",
};

function textOf(graph: ModuleGraph): string {
  return JSON.stringify({ ...graph, modules: [...graph.modules] }, undefined, 1);
}

async function read(root: string, options: Partial<ReadGraphOptions> = {}): Promise<ModuleGraph> {
  return await readGraph({ root, ...options });
}

test("modules have their package, their id, what they say and where it leads", async () => {
  const { modules, packages, duplicates, unreadable, bytes } = await read(
    makeRepository(workspace),
  );
  expect(
    [...modules.values()].map(({ path, id, packageFolder }) => [path, id, packageFolder]),
  ).toEqual([
    ["packages/one/src/in/other.ts", "@a/one/in/other", "packages/one"],
    ["packages/one/src/index.ts", "@a/one/index", "packages/one"],
    ["packages/one/test/one.test.ts", "@a/one/test/one.test", "packages/one"],
    ["packages/two/src/broken.ts", "@a/two/broken", "packages/two"],
    ["packages/two/src/fixtures/a.js", "@a/two/fixtures/a", "packages/two"],
    ["packages/two/src/index.ts", "@a/two/index", "packages/two"],
    ["tools/run.mjs", "root/tools/run", ""],
  ]);
  expect(modules.get("packages/two/src/index.ts")?.imports).toEqual([
    {
      kind: "static",
      specifier: "@a/one",
      typeOnly: true,
      start: { line: 1, col: 1 },
      end: { line: 1, col: 33 },
      target: { kind: "module", path: "packages/one/src/index.ts" },
    },
    {
      kind: "static",
      specifier: "./broken.js",
      typeOnly: false,
      start: { line: 2, col: 1 },
      end: { line: 2, col: 22 },
      target: { kind: "module", path: "packages/two/src/broken.ts" },
    },
  ]);
  expect(modules.get("packages/two/src/broken.ts")?.facts.parseError?.at).toEqual({
    line: 1,
    col: 14,
  });
  expect(modules.get("packages/one/test/one.test.ts")?.facts.exceptions).toHaveLength(1);
  expect(packages.map(({ folder, name }) => [folder, name])).toEqual([
    ["", "root"],
    ["packages/one", "@a/one"],
    ["packages/two", "@a/two"],
  ]);
  expect(packages[0]?.private).toBe(true);
  expect(packages[1]?.dependencies).toEqual({
    dependencies: ["@a/two"],
    devDependencies: ["vitest"],
    peerDependencies: [],
    optionalDependencies: [],
  });
  expect([duplicates, unreadable]).toEqual([[], []]);
  const sources = Object.entries(workspace).filter(([path]) => !path.endsWith(".json"));
  expect(bytes).toBe(sources.map(([, text]) => String(text)).join("").length);
});

describe("the same bytes", () => {
  test("on a second run, from another folder, and from a shuffled listing", async () => {
    const root = makeRepository(workspace);
    const copy = makeRepository({});
    cpSync(root, `${copy}/elsewhere/deep down`, { recursive: true });
    const text = textOf(await read(root));
    expect(textOf(await read(root))).toBe(text);
    expect(textOf(await read(`${copy}/elsewhere/deep down`))).toBe(text);
    const listFolder = (folder: string): ReturnType<NonNullable<ReadGraphOptions["listFolder"]>> =>
      readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? 1 : -1));
    expect(textOf(await read(root, { listFolder }))).toBe(text);
    expect(text).not.toContain(root);
  });

  test("with what is built and installed beside it", async () => {
    const built = {
      "node_modules/@a/two/package.json": { name: "@a/two", main: "other.js" },
      "node_modules/@a/two/other.js": "",
      "packages/one/dist/index.js": "export {};",
      "packages/one/src/in/dist/gone.js": "",
      "packages/two/lib.log": "",
    };
    const text = textOf(await read(makeRepository(workspace)));
    expect(textOf(await read(makeRepository({ ...workspace, ...built })))).toBe(text);
  });
});

test("ids: without a name the folder, declarations apart, the second of two is left out", async () => {
  const root = makeRepository({
    "apps/lab/package.json": { name: "lab" },
    "apps/lab/src/a.ts": "",
    "apps/lab/src/a.js": "",
    "apps/lab/src/a.d.ts": "",
    "apps/lab/a.tsx": "",
    "apps/lab/lib/a.ts": "",
    "loose/a.ts": "",
    "src/a.ts": "",
  });
  const { modules, duplicates } = await read(root);
  expect([...modules.values()].map(({ path, id }) => `${path} ${id}`)).toEqual([
    "apps/lab/a.tsx lab/a",
    "apps/lab/lib/a.ts lab/lib/a",
    "apps/lab/src/a.d.ts lab/a.d",
    "loose/a.ts loose/a",
    "src/a.ts a",
  ]);
  expect(duplicates).toEqual([
    { id: "lab/a", path: "apps/lab/src/a.js", existing: "apps/lab/a.tsx" },
    { id: "lab/a", path: "apps/lab/src/a.ts", existing: "apps/lab/a.tsx" },
  ]);
  const named = await read(root, { sourceRoots: ["lib", "src"] });
  expect(named.modules.get("apps/lab/lib/a.ts")).toBeUndefined();
  expect(named.duplicates.map(({ path }) => path)).toContain("apps/lab/lib/a.ts");
});

describe("what is wrong with a repository", () => {
  test("no module: an empty graph", async () => {
    const { modules, unreadable } = await read(makeRepository({ "README.md": "" }));
    expect([modules.size, unreadable]).toEqual([0, []]);
  });

  test("a file of 50 MB is not read, and reported", async () => {
    const root = makeRepository({
      "big.ts": new Uint8Array(50 * 2 ** 20),
      "a.ts": 'import "./big.js";',
    });
    const { modules, unreadable, bytes } = await read(root);
    expect([...modules.keys()]).toEqual(["a.ts"]);
    const message = "file is 52428800 bytes, at most 8388608 are read";
    expect(unreadable).toEqual([{ path: "big.ts", message }]);
    expect(bytes).toBe(18);
  });

  test("a package.json that is none is reported, and the other packages are known", async () => {
    const { modules, unreadable } = await read(
      makeRepository({
        ...workspace,
        "packages/three/package.json": "{ name: }",
        "packages/four/package.json": "[]",
      }),
    );
    expect(unreadable.map(({ path }) => path)).toEqual([
      "packages/four/package.json",
      "packages/three/package.json",
    ]);
    expect(modules.size).toBe(7);
  });

  test("a list of the workspace that is none is reported", async () => {
    const files = { "pnpm-workspace.yaml": "packages: [", "lerna.json": "{", "a.ts": "" };
    const { unreadable } = await read(makeRepository(files));
    expect(unreadable.map(({ path }) => path)).toEqual(["lerna.json", "pnpm-workspace.yaml"]);
  });

  test("bytes that are no UTF-8, and UTF-16, do not parse", async () => {
    const utf16 = Buffer.from("\ufeffexport const a = 1;", "utf16le");
    const root = makeRepository({ "a.ts": new Uint8Array([0xff, 0xfe, 0x80]), "b.ts": utf16 });
    const { modules } = await read(root);
    expect([...modules.values()].map(({ facts }) => facts.parseError?.at)).toEqual([
      { line: 1, col: 1 },
      { line: 1, col: 1 },
    ]);
  });

  test.each<[keyof NonNullable<ReadGraphOptions["limits"]>, string, number, number]>([
    ["modulesMax", "max_modules", 6, 7],
    ["edgesMax", "max_edges", 5, 6],
    ["bytesMax", "max_bytes_in", 100, 250],
  ])("%s: the reading stops", async (name, budget, limit, actualMax) => {
    const root = makeRepository(workspace);
    const { exceeded, modules } = await read(root, { limits: { [name]: limit } });
    expect(exceeded).toMatchObject({ budget, limit });
    expect(exceeded?.actual).toBeGreaterThan(limit);
    expect(exceeded?.actual).toBeLessThanOrEqual(actualMax);
    expect(modules.size).toBe(0);
    expect((await read(root, { limits: { [name]: 1000 } })).exceeded).toBeUndefined();
  });

  test("no such folder, and a signal: it rejects", async () => {
    const root = makeRepository(workspace);
    await expect(read(`${root}/gone`)).rejects.toThrow("ENOENT");
    const reason = new Error("enough");
    await expect(read(root, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

test("depth: only what is asked for is looked for", async () => {
  const text = `import { withPolicy } from "@reprise/msg-rr/os";
export function f(bytes: Uint8Array): void { Date.now(); withPolicy({ policyId: "p" }, f); }`;
  const root = makeRepository({ "a.ts": text, "b.ts": text });
  const all = { ambient: true, policies: true, budgets: "functions" as const, unbranded: true };
  const none = { ambient: false, policies: false, budgets: false as const, unbranded: false };
  const { modules } = await read(root, { depthOf: ({ id }) => (id === "a" ? all : none) });
  const counts = [...modules.values()].map(({ facts }) => [
    facts.ambient.length,
    facts.policies.length,
    facts.unbranded.length,
    facts.budgets?.functions.length,
  ]);
  expect(counts).toEqual([
    [1, 1, 1, 1],
    [0, 0, 0, undefined],
  ]);
});

test("budgets: a file that opens no scope has nothing to say, unless its functions are asked for", async () => {
  const root = makeRepository({
    "a.ts": "export function f() { return scopeFromArch('p', () => 1); }",
    "b.ts": "export function g() { return 1; }",
    "c.ts": "export const h = () => b.scope\\u0046romArch('p', () => 1);",
  });
  const read = async (budgets: "scopes" | "functions") => {
    const { modules } = await readGraph({ root, depthOf: () => ({ ...shallow, budgets }) });
    return [...modules.values()].map(({ facts }) => [
      facts.budgets?.scopes.length,
      facts.budgets?.functions.length,
    ]);
  };
  expect(await read("functions")).toEqual([
    [1, 1],
    [0, 1],
    [1, 1],
  ]);
  expect(await read("scopes")).toEqual([
    [1, 1],
    [undefined, undefined],
    [1, 1],
  ]);
});

test("too many modules: said alike, whatever the order that folders are listed in", async () => {
  const root = makeRepository({
    "a/1.ts": "",
    "b/1.ts": "",
    "b/2.ts": "",
    "b/3.ts": "",
    "c/1.ts": "",
    "c/2.ts": "",
  });
  const exceeded = async (turn: -1 | 1) => {
    const listFolder: ListFolder = (folder) =>
      readdirSync(folder, { withFileTypes: true }).sort((x, y) => (x.name < y.name ? -turn : turn));
    return (await readGraph({ root, limits: { modulesMax: 2 }, listFolder })).exceeded;
  };
  const stop = { budget: "max_modules", limit: 2, actual: 3 };
  expect([await exceeded(1), await exceeded(-1)]).toEqual([stop, stop]);
});
