/**
 * Goal: where nothing needs to be built or installed, our resolver, which looks at no disk, leads
 * where oxc-resolver leads, which does.
 * Method: a workspace whose packages export their sources, linked as a package manager links it;
 * every kind of specifier from every module, to both.
 */
import { mkdirSync, symlinkSync } from "node:fs";
import { dirname, relative } from "node:path";
import { ResolverFactory } from "oxc-resolver";
import { expect, test } from "vitest";
import { readGraph } from "../src/os/read-graph.ts";
import { type FolderFiles, makeRepository } from "./repository-folder.ts";

const specifiers = [
  "./a.js",
  "./a",
  "./a.ts",
  "./b.jsx",
  "./c.mjs",
  "./d.cjs",
  "./deep/index.js",
  "./deep",
  "./deep/",
  ".",
  "..",
  "../src",
  "../src/a.js",
  "./data.json",
  "./gone.js",
  "./gone",
  "@a/one",
  "@a/one/x",
  "@a/one/deep/e",
  "@a/one/hidden",
  "@a/one/package.json",
  "@a/two",
  "@a/two/src/a.js",
  "@a/two/src/a.ts",
  "#inner",
  "#deep/e",
  "#gone",
  "#other",
  "@/a",
  "@/deep",
  "@/gone",
  "~/deep/e",
  "exact",
  "lib/a",
  "a",
  "deep",
];

const sources = (imports: string): FolderFiles => ({
  "src/index.ts": imports,
  "src/a.ts": imports,
  "src/b.tsx": "",
  "src/c.mts": imports,
  "src/d.cts": "",
  "src/data.json": "{}",
  "src/deep/index.ts": imports,
  "src/deep/e.ts": imports,
  "test/a.ts": imports,
});

function inFolder(folder: string, files: FolderFiles): FolderFiles {
  return Object.fromEntries(
    Object.entries(files).map(([path, text]) => [`${folder}/${path}`, text]),
  );
}

const paths = { "@/*": ["./src/*"], "~/*": ["./gone/*", "./src/*"], exact: ["./src/a.ts"] };

test("both lead to the same", async () => {
  const imports = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};\n`).join("");
  const root = makeRepository({
    "package.json": { workspaces: ["packages/*"] },
    "packages/one/package.json": {
      name: "@a/one",
      exports: {
        ".": { types: "./src/index.ts" },
        "./x": ["./src/c.mts"],
        "./deep/*": "./src/deep/*.ts",
        "./hidden": null,
      },
      imports: {
        "#inner": "./src/a.ts",
        "#deep/*": { default: "./src/deep/*.ts" },
        "#gone": "./gone.ts",
      },
    },
    "packages/one/tsconfig.json": { compilerOptions: { paths } },
    ...inFolder("packages/one", sources(imports)),
    "packages/two/package.json": { name: "@a/two", main: "./src/index.ts" },
    "packages/two/tsconfig.json": {
      extends: "../one/tsconfig.json",
      compilerOptions: { baseUrl: "./src" },
    },
    ...inFolder("packages/two", sources(imports)),
  });
  mkdirSync(`${root}/node_modules/@a`, { recursive: true });
  for (const name of ["one", "two"])
    symlinkSync(`../../packages/${name}`, `${root}/node_modules/@a/${name}`);
  const resolver = new ResolverFactory({
    tsconfig: "auto",
    extensions: [".ts", ".tsx", ".mts", ".cts"],
    extensionAlias: {
      ".js": [".ts", ".tsx", ".js"],
      ".jsx": [".tsx", ".jsx"],
      ".mjs": [".mts", ".mjs"],
      ".cjs": [".cts", ".cjs"],
    },
    conditionNames: ["types", "import", "node", "default"],
    mainFields: ["main"],
    // A folder with a package.json is its entry, as bundlers have it.
    allowPackageExportsInDirectoryResolve: true,
  });
  const { modules } = await readGraph({ root });
  const differing: unknown[] = [];
  let count = 0;
  for (const module of modules.values()) {
    for (const { specifier = "", target } of module.imports) {
      count += 1;
      const ours = "path" in target ? target.path : undefined;
      const { path } = resolver.resolveFileSync(`${root}/${module.path}`, specifier);
      const theirs = path === undefined ? undefined : relative(root, path);
      if (ours !== theirs) differing.push({ from: dirname(module.path), specifier, ours, theirs });
    }
  }
  expect(differing).toEqual([]);
  expect(count).toBe(12 * specifiers.length);
});
