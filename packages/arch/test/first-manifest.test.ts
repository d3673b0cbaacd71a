/*
 * Goal: what `init` writes passes the check it is for, puts every module in exactly one node, gives
 * each the strictest world that holds, and leaves a tree as it was where it can do nothing.
 * Method: the globs against random trees (a partition must come out, and new files of a folder fall to
 * its node); `init` and `check`, one after the other, in small repositories of several kinds.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Manifest } from "../src/documents/manifest.ts";
import { idFrom } from "../src/first/first-manifest.ts";
import { coverFolders, type GroupedFile } from "../src/first/folder-cover.ts";
import { compileGlobs } from "../src/path-globs.ts";
import { shopFiles } from "./small-shop.ts";
import { emptyFolder, run, type TreeFiles, writeTree } from "./temporary-tree.ts";

describe("globs of a partition", () => {
  const name = fc.constantFrom(
    "a",
    "b",
    "os",
    "[id]",
    "(group)",
    "x.test",
    "y!z",
    "{q}",
    "src",
    "@s",
  );
  const file = fc.constantFrom(
    "x.ts",
    "y.test.ts",
    "z.config.js",
    "[id].ts",
    "index.ts",
    ".hidden.ts",
  );
  const path = fc
    .tuple(fc.array(name, { maxLength: 4 }), file)
    .map(([folders, last]) => [...folders, last].join("/"));
  const files = fc.uniqueArray(path, { maxLength: 40 }).chain((paths) =>
    fc.tuple(
      ...paths.map((each) =>
        fc.record({
          path: fc.constant(each),
          group: fc.constantFrom("one", "two", "three"),
          floor: fc.constantFrom("", ...(each.startsWith("a/") ? ["a"] : [])),
        }),
      ),
    ),
  );

  test("every file is matched by its group, and by no other", () => {
    fc.assert(
      fc.property(files, (list: readonly GroupedFile[]) => {
        const matchers = [...coverFolders(list)].map(
          ([group, globs]) => [group, compileGlobs(globs)] as const,
        );
        for (const { path: each, group } of list) {
          const groups = matchers.filter(([, matches]) => matches(each)).map(([id]) => id);
          expect(groups, each).toEqual([group]);
        }
      }),
      { numRuns: 200 },
    );
  });

  test("a folder of one group takes what comes later, the folder of a package does not", () => {
    const cover = coverFolders([
      { path: "p/src/x.ts", group: "code", floor: "p" },
      { path: "p/src/deep/y.ts", group: "code", floor: "p" },
      { path: "p/build.ts", group: "code", floor: "p" },
      { path: "p/src/os/z.ts", group: "os", floor: "p" },
    ]);
    expect(Object.fromEntries(cover)).toEqual({
      code: ["p/build.ts", "p/src/*", "p/src/deep/**"],
      os: ["p/src/os/**"],
    });
  });
});

test("ids are ones", () => {
  expect(["@acme/money", "shop", "  odd name!", "", "---", "ä"].map(idFrom)).toEqual([
    "money",
    "shop",
    "odd-name-",
    "root",
    "root",
    "root",
  ]);
  expect(idFrom("x".repeat(500))).toHaveLength(100);
});

async function initAndCheck(files: TreeFiles) {
  const cwd = writeTree(files);
  const init = await run(["init"], { cwd });
  const check = await run(["check"], { cwd });
  const manifest: Manifest = JSON.parse(
    readFileSync(join(cwd, "arch/manifest.x07arch.json"), "utf8"),
  );
  const worlds = Object.fromEntries(manifest.nodes.map(({ id, world }) => [id, world]));
  return { cwd, init, check, manifest, worlds };
}

describe("init", () => {
  test("a workspace: nodes for its packages, pure where nothing is reached; and the check passes", async () => {
    const { init, check, worlds, manifest } = await initAndCheck({
      ...shopFiles,
      "packages/money/test/total.test.ts": 'import { total } from "@shop/money";\ntotal([]);\n',
    });
    expect([init.status, check.status, check.stderr]).toEqual([0, 0, ""]);
    expect(check.stdout).toBe("no violations (4 modules, 3 nodes, 3 edges)\n");
    expect(worlds).toEqual({ money: "solve-pure", "money.dev": "run-os", "server.os": "run-os" });
    expect(manifest.rules.filter(({ kind }) => kind === "deny_cycles_v1")).toHaveLength(2);
    expect(init.stdout).toContain("  pure: money (");
    expect(init.stdout).toContain("the check passes:");
  });

  test("one package: a node for each folder of its sources", async () => {
    const { check, worlds } = await initAndCheck({
      "package.json": { name: "@acme/tool", dependencies: { express: "4" } },
      "src/index.ts": 'import "express";\nimport "./price/price.js";\n',
      "src/price/price.ts": "export const price = 1;\n",
      "src/price/price.test.ts": 'import "./price.js";\n',
    });
    expect(worlds).toEqual({ tool: "run-os", "tool.price": "solve-pure", "tool.dev": "run-os" });
    expect(check.status).toBe(0);
  });

  test("what is pure today must stay so; what only depends on what is not, is not", async () => {
    const { cwd, worlds } = await initAndCheck({
      "package.json": { name: "tool" },
      "src/a/a.ts": 'import "../b/b.js";\n',
      "src/b/b.ts": "export const now = Date.now();\n",
      "src/c/c.ts": "export const c = 1;\n",
    });
    expect(worlds).toEqual({ "tool.a": "run-os", "tool.b": "run-os", "tool.c": "solve-pure" });
    writeTree({ "src/c/d.ts": 'import "node:fs";\n' }, cwd);
    const { status, stdout } = await run(["check"], { cwd });
    expect(status).toBe(2);
    expect(stdout).toContain("error E_ARCH_WORLD_CAPABILITY src/c/d.ts:1:1");
  });

  test("cycles that are there are not forbidden, and that is said", async () => {
    const { init, check, manifest } = await initAndCheck({
      "package.json": { name: "tool" },
      "src/a/a.ts": 'import "../b/b.js";\n',
      "src/b/b.ts": 'import "../a/a.js";\n',
    });
    expect(check.status).toBe(0);
    expect(init.stdout).toContain("cycles between nodes: there are some");
    expect(manifest.rules.filter(({ kind }) => kind === "deny_cycles_v1")).toEqual([]);
  });

  test("what no manifest can allow is told, with how to go on from there", async () => {
    const { cwd, init, check } = await initAndCheck({
      "package.json": { name: "tool", dependencies: { unused: "1" } },
      "src/a.ts": 'import "undeclared";\nimport "./nowhere.js";\n',
    });
    expect([init.status, check.status]).toEqual([0, 2]);
    expect(init.stdout).toContain("the check finds 3 errors that no manifest can allow:\n");
    expect(init.stdout).toContain("      1  E_ARCH_IMPORT_UNRESOLVED\n");
    expect((await run(["check", "--write-baseline"], { cwd })).status).toBe(0);
    expect((await run(["check"], { cwd })).status).toBe(0);
  });

  test("nothing is overwritten, and nothing written where nothing is found", async () => {
    const { cwd } = await initAndCheck(shopFiles);
    const before = readFileSync(join(cwd, "arch/manifest.x07arch.json"), "utf8");
    const again = await run(["init"], { cwd });
    expect([again.status, again.stdout]).toEqual([3, ""]);
    expect(again.stderr).toContain("MANIFEST_EXISTS");
    expect(readFileSync(join(cwd, "arch/manifest.x07arch.json"), "utf8")).toBe(before);
    const empty = emptyFolder();
    expect((await run(["init"], { cwd: empty })).stderr).toContain("NOTHING_FOUND");
    expect(existsSync(join(empty, "arch"))).toBe(false);
  });

  test("the same tree gives the same manifest, whatever its folder", async () => {
    const text = async () =>
      readFileSync(join((await initAndCheck(shopFiles)).cwd, "arch/manifest.x07arch.json"), "utf8");
    expect(await text()).toBe(await text());
  });
});
