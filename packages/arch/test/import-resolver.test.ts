/**
 * Goal: an import leads where node, the compiler and the package manager would take it, with nothing
 * installed and nothing built; and where it leads nowhere, that is said, with the reason.
 * Method: small repositories in temporary folders; what each import must lead to stands beside it.
 */
import { symlinkSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readGraph } from "../src/os/read-graph.ts";
import {
  type FolderFiles,
  expectTargets as leads,
  makeRepository,
  targetsOf,
} from "./repository-folder.ts";

describe("relative", () => {
  test("with the extension that it is built to, its own, or none", async () => {
    await leads(
      {
        "./a.js": "src/a.ts",
        "./a.ts": "src/a.ts",
        "./a": "src/a.ts",
        "./b.js": "src/b.tsx",
        "./b.jsx": "src/b.tsx",
        "./c.mjs": "src/c.mts",
        "./d.cjs": "src/d.cts",
        "./e.js": "src/e.js",
        "./f": "src/f/index.ts",
        "./f/": "src/f/index.ts",
        "./f/index.js": "src/f/index.ts",
        "./g.test.js": "src/g.test.ts",
        "./h": "src/h.d.ts",
        "./i.js": "src/i.js",
        "../top.js": "top.ts",
        ".": "src/index.ts",
        "..": "index.ts",
      },
      {
        "src/a.ts": "",
        "src/b.tsx": "",
        "src/c.mts": "",
        "src/d.cts": "",
        "src/e.js": "",
        "src/f/index.ts": "",
        "src/g.test.ts": "",
        "src/h.d.ts": "",
        "src/i.js": "",
        "src/i.d.ts": "",
        "src/index.ts": "",
        "top.ts": "",
        "index.ts": "",
      },
    );
  });

  test("to what is no module", async () => {
    await leads(
      {
        "./a.json": "asset src/a.json",
        "./b.css": "asset src/b.css",
        "./b.css?inline": "asset src/b.css",
        "./c.ts?worker": "src/c.ts",
        "../package.json": "asset package.json",
      },
      { "src/a.json": "{}", "src/b.css": "", "src/c.ts": "", "package.json": {} },
    );
  });

  test("to nothing", async () => {
    await leads(
      {
        "./gone.js": "unresolved no file src/gone.js",
        "./A.js": "unresolved no file src/A.js",
        "./f": "unresolved no file src/f",
        "../../out.js": "unresolved it leads out of the repository",
        "/etc/passwd": "unresolved an absolute path leads out of the repository",
        "file:///etc/passwd": "unresolved a file URL leads out of the repository",
        "": "unresolved it names nothing",
        "../gen/a.js": "unresolved gen/a.js is left out of the scan",
      },
      { "src/a.ts": "", "src/f/other.ts": "", "gen/a.ts": "" },
    );
  });

  test("to a built file, built or not", async () => {
    await leads(
      {
        "../dist/a.js": "src/a.ts",
        "../dist/gone.js": "unresolved dist/gone.js is left out of the scan",
      },
      { "package.json": {}, "src/a.ts": "", "dist/a.js": "" },
    );
  });
});

test("node's modules, with and without the scheme", async () => {
  await leads(
    {
      "node:fs": "builtin node:fs",
      fs: "builtin node:fs",
      "fs/promises": "builtin node:fs",
      "node:fs/promises": "builtin node:fs",
      "node:sqlite": "builtin node:sqlite",
      test: "external test",
      "fs-extra": "external fs-extra",
      "fs/other": "external fs",
    },
    {},
  );
});

test("packages from outside, which are not looked up", async () => {
  await leads(
    {
      kafkajs: "external kafkajs",
      "kafkajs/a/b.js": "external kafkajs",
      "@scope/name": "external @scope/name",
      "@scope/name/sub": "external @scope/name",
      "https://example.org/a.js": "external https://example.org/a.js",
      "data:text/javascript,1": "external data:",
      "virtual:icons": "external virtual:icons",
      "@/alias": "unresolved no package can be called so, and no tsconfig maps it to a file",
      "~/alias": "external ~",
    },
    {},
  );
});

const members = { "package.json": { name: "root", workspaces: ["packages/*"] } };

describe("packages of the workspace", () => {
  test("by exports, back to the source", async () => {
    await leads(
      {
        "@a/one": "packages/one/src/index.ts",
        "@a/one/os": "packages/one/src/os/index.ts",
        "@a/one/deep/x": "packages/one/src/deep/x.ts",
        "@a/one/plain.js": "packages/one/src/plain.tsx",
        "@a/one/package.json": "asset packages/one/package.json",
        "@a/one/hidden": 'unresolved packages/one/package.json does not export "./hidden"',
        "@a/one/deep/secret":
          'unresolved packages/one/package.json does not export "./deep/secret"',
        "@a/one/unbuilt": "unresolved no source is known for ./dist/unbuilt.js of packages/one",
        "@a/onemore": "external @a/onemore",
      },
      {
        ...members,
        "packages/one/package.json": {
          name: "@a/one",
          exports: {
            ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
            "./os": { import: "./dist/os/index.mjs", require: "./dist/os/index.cjs" },
            "./deep/*": "./dist/deep/*.js",
            "./deep/secret": null,
            "./plain.js": ["./lib/plain.js"],
            "./package.json": "./package.json",
            "./unbuilt": "./dist/unbuilt.js",
          },
        },
        "packages/one/src/index.ts": "",
        "packages/one/src/os/index.ts": "",
        "packages/one/src/deep/x.ts": "",
        "packages/one/src/deep/secret.ts": "",
        "packages/one/src/hidden.ts": "",
        "packages/one/src/plain.tsx": "",
      },
      "packages/two/src/main.ts",
    );
  });

  test.each<[string, object, string]>([
    ["main", { main: "dist/index.js" }, "packages/one/src/index.ts"],
    ["main without extension", { main: "./lib/index" }, "packages/one/src/index.ts"],
    [
      "module before main",
      { module: "dist/esm/index.js", main: "gone.js" },
      "packages/one/src/index.ts",
    ],
    ["types", { types: "dist/types/index.d.ts" }, "packages/one/src/index.ts"],
    ["source", { source: "src/other.ts", main: "dist/index.js" }, "packages/one/src/other.ts"],
    ["nothing at all", {}, "packages/one/src/index.ts"],
    ["a text", { exports: "./dist/other.js" }, "packages/one/src/other.ts"],
    ["conditions alone", { exports: { import: "./dist/other.mjs" } }, "packages/one/src/other.ts"],
    [
      "a source condition",
      { exports: { ".": { default: "./dist/index.js", "@a/source": "./src/other.ts" } } },
      "packages/one/src/other.ts",
    ],
    [
      "a development condition",
      { exports: { default: "./dist/index.js", development: "./src/other.ts" } },
      "packages/one/src/other.ts",
    ],
    ["a source itself", { exports: "./src/other.ts" }, "packages/one/src/other.ts"],
    ["a build of a build", { exports: "./dist/cjs/src/other.cjs" }, "packages/one/src/other.ts"],
    ["an entry of another folder", { exports: "./dist/tool.js" }, "packages/one/src/bin/tool.ts"],
    [
      "exports without a dot",
      { exports: { "./x": "./dist/x.js" } },
      'unresolved packages/one/package.json does not export "."',
    ],
    [
      "exports before main",
      { exports: {}, main: "dist/index.js" },
      'unresolved packages/one/package.json does not export "."',
    ],
    [
      "an entry that two have",
      { exports: "./dist/twin.js" },
      "unresolved no source is known for ./dist/twin.js of packages/one",
    ],
    [
      "a path out of it",
      { exports: "../../../x.js" },
      "unresolved no source is known for ../../../x.js of packages/one",
    ],
  ])("by %s", async (_, manifest, target) => {
    await leads(
      { "@a/one": target },
      {
        ...members,
        "packages/one/package.json": { name: "@a/one", ...manifest },
        "packages/one/src/index.ts": "",
        "packages/one/src/other.ts": "",
        "packages/one/src/bin/tool.ts": "",
        "packages/one/src/a/twin.ts": "",
        "packages/one/src/b/twin.ts": "",
      },
    );
  });

  test("by the compiler's outDir and rootDir", async () => {
    await leads(
      { "@a/one": "packages/one/code/start.ts" },
      {
        ...members,
        "packages/one/package.json": { name: "@a/one", exports: "./made/start.js" },
        "packages/one/tsconfig.json": { compilerOptions: { outDir: "made", rootDir: "code" } },
        "packages/one/code/start.ts": "",
      },
    );
  });

  test("by a file of it, where there are no exports", async () => {
    await leads(
      {
        "one/lib/a": "packages/one/src/a.ts",
        "one/a.js": "packages/one/src/a.ts",
        "one/b": "packages/one/b.ts",
      },
      {
        ...members,
        "packages/one/package.json": { name: "one" },
        "packages/one/src/a.ts": "",
        "packages/one/b.ts": "",
      },
    );
  });

  test("by its own name from inside, and by the way to its folder", async () => {
    await leads(
      {
        "@a/one/x": "packages/one/src/x.ts",
        "..": "packages/one/src/x.ts",
        "../../one": "packages/one/src/x.ts",
      },
      {
        ...members,
        "packages/one/package.json": {
          name: "@a/one",
          main: "src/x.ts",
          exports: { ".": "./dist/x.js", "./x": "./dist/x.js" },
        },
        "packages/one/src/x.ts": "",
      },
      "packages/one/test/main.ts",
    );
  });

  test.each<[string, FolderFiles]>([
    [
      "pnpm-workspace.yaml",
      {
        "package.json": {},
        "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - '!packages/not'\n",
      },
    ],
    ["workspaces", { "package.json": { workspaces: ["./packages/*/", "!packages/not"] } }],
    [
      "workspaces.packages",
      { "package.json": { workspaces: { packages: ["packages/**", "!**/not"] } } },
    ],
    ["lerna.json", { "package.json": {}, "lerna.json": { packages: ["packages/one"] } }],
    [
      "a dependency by its folder",
      { "package.json": { dependencies: { one: "file:./packages/one" } } },
    ],
  ])("that %s lists, and no others", async (_, files) => {
    await leads(
      { one: "packages/one/index.ts", not: "external not" },
      {
        ...files,
        "packages/one/package.json": { name: "one" },
        "packages/one/index.ts": "",
        "packages/not/package.json": { name: "not" },
        "packages/not/index.ts": "",
      },
    );
  });
});

test("imports of package.json", async () => {
  await leads(
    {
      "#a": "src/a.ts",
      "#lib/b": "src/lib/b.ts",
      "#built": "src/a.ts",
      "#out": "external kafkajs",
      "#fs": "builtin node:fs",
      "#loop": 'unresolved "imports" maps it to #loop, which is not there',
      "#gone": 'unresolved "imports" maps it to ./src/gone.ts, which is not there',
      "#other": 'unresolved the package.json above it has no "imports" for #other',
    },
    {
      "package.json": {
        imports: {
          "#a": "./src/a.ts",
          "#lib/*": { types: "./src/lib/*.ts", default: "./dist/lib/*.js" },
          "#built": "./dist/a.js",
          "#out": "kafkajs",
          "#fs": { node: "node:fs", default: "./src/a.ts" },
          "#loop": "#loop",
          "#gone": "./src/gone.ts",
        },
      },
      "src/a.ts": "",
      "src/lib/b.ts": "",
    },
  );
});

test("new URL: a module, a file, a folder, or nothing", async () => {
  const text = [
    'new URL("worker.js", import.meta.url);',
    'new URL("./data.bin?x#y", import.meta.url);',
    'new URL("../data/", import.meta.url);',
    'new URL("..", import.meta.url);',
    'new URL("gone.js", import.meta.url);',
    'new URL("/etc/passwd", import.meta.url);',
    'new URL("../../x", import.meta.url);',
  ].join("\n");
  const files = { "src/main.ts": text, "src/worker.ts": "", "src/data.bin": "", "data/x": "" };
  expect(await targetsOf(files, "src/main.ts")).toEqual([
    "src/worker.ts",
    "asset src/data.bin",
    "asset data",
    "asset ",
    "unresolved no file src/gone.js",
    "unresolved an absolute path leads out of the repository",
    "unresolved it leads out of the repository",
  ]);
});

test("through links to what they lead to", async () => {
  const root = makeRepository({
    "src/main.ts": 'import "./linked/a.js"; import "./file.js"; import "./hop/a.js";',
    "real/a.ts": "",
  });
  symlinkSync("../real", `${root}/src/linked`);
  symlinkSync("../real/a.ts", `${root}/src/file.ts`);
  symlinkSync("linked", `${root}/src/hop`);
  const { modules } = await readGraph({ root });
  const target = { kind: "module", path: "real/a.ts" };
  expect(modules.get("src/main.ts")?.imports.map((each) => each.target)).toEqual([
    target,
    target,
    target,
  ]);
  expect([...modules.keys()]).toEqual(["real/a.ts", "src/main.ts"]);
});

test("two packages with one name: the first by path has it, and the other is reported", async () => {
  const root = makeRepository({
    ...members,
    "packages/b/package.json": { name: "twin" },
    "packages/a/package.json": { name: "twin" },
    "packages/a/index.ts": "",
    "main.ts": 'import "twin";',
  });
  const { modules, unreadable } = await readGraph({ root });
  expect(modules.get("main.ts")?.imports[0]?.target).toEqual({
    kind: "module",
    path: "packages/a/index.ts",
  });
  expect(unreadable).toEqual([
    { path: "packages/b/package.json", message: "packages/a/package.json has the name twin too" },
  ]);
});
