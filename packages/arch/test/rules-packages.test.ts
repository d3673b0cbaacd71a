/*
 * Goal: what is imported is declared where it must be, what is declared is imported.
 * Method: packages and modules written by hand; each case is one import and one package.json, and the
 * table says whether they fit.
 */
import { describe, expect, test } from "vitest";
import {
  foundIn,
  type HandPackage,
  handGraph,
  handInput,
  handManifest,
  placesOf,
} from "./hand-graph.ts";

const undeclared = "E_ARCH_DEPENDENCY_UNDECLARED";
const unused = "E_ARCH_DEPENDENCY_UNUSED";
const manifest = handManifest({ all: { in: ["**"] } });

function input(
  imports: readonly string[],
  a: Partial<HandPackage>,
  path = "packages/a/src/x.ts",
  root: Partial<HandPackage> = {},
) {
  const graph = handGraph(
    { [path]: imports, "packages/b/src/index.ts": [], "tools/shared.ts": [] },
    {
      "": { name: "root", private: true, ...root },
      "packages/a": { name: "@x/a", ...a },
      "packages/b": { name: "@x/b" },
    },
  );
  return handInput(graph, manifest);
}

describe("undeclared", () => {
  test.each<
    [string, number, readonly string[], Partial<HandPackage>, string?, Partial<HandPackage>?]
  >([
    ["not declared", 1, ["yaml"], {}],
    ["declared", 0, ["yaml"], { dependencies: ["yaml"] }],
    ["a subpath of one declared", 0, ["yaml/util"], { dependencies: ["yaml"] }],
    ["one that only begins like it", 1, ["yaml-2"], { dependencies: ["yaml"] }],
    ["scoped, by a subpath", 0, ["@noble/hashes/sha2.js"], { dependencies: ["@noble/hashes"] }],
    ["another of the scope", 1, ["@noble/curves"], { dependencies: ["@noble/hashes"] }],
    ["a peer", 0, ["kafkajs"], { peerDependencies: ["kafkajs"] }],
    ["shipped, but only for development", 1, ["yaml"], { devDependencies: ["yaml"] }],
    ["its types alone", 0, ["type yaml"], { devDependencies: ["yaml"] }],
    [
      "its types from DefinitelyTyped",
      0,
      ["type amqplib"],
      { devDependencies: ["@types/amqplib"] },
    ],
    [
      "for development, in a private package",
      0,
      ["yaml"],
      { devDependencies: ["yaml"], private: true },
    ],
    ["of node", 0, ["node:fs"], {}],
    ["itself", 0, ["@x/a"], {}],
    [
      "a test, declared at the root",
      0,
      ["vitest"],
      {},
      "packages/a/test/x.test.ts",
      { devDependencies: ["vitest"] },
    ],
    ["a test, declared nowhere", 1, ["vitest"], {}, "packages/a/test/x.test.ts"],
    [
      "shipped, declared at the root",
      1,
      ["vitest"],
      {},
      "packages/a/src/x.ts",
      { dependencies: ["vitest"] },
    ],
    ["configuration", 0, ["tsup"], { devDependencies: ["tsup"] }, "packages/a/tsup.config.ts"],
  ])("%s: %i", (_, count, imports, a, path, root) => {
    expect(foundIn(input(imports, a, path, root), undeclared)).toHaveLength(count);
  });

  test("it stands at the import, once for each module, and says where to declare it", () => {
    expect(foundIn(input(["type yaml", "yaml"], {}), undeclared)).toMatchObject([
      {
        severity: "error",
        loc: { span: { file: "packages/a/src/x.ts", start: { line: 2 } } },
        data: { package: "@x/a", import: "yaml", package_json: "packages/a/package.json" },
        notes: ["add yaml to dependencies in packages/a/package.json"],
      },
    ]);
    const [moved] = foundIn(input(["yaml"], { devDependencies: ["yaml"] }), undeclared);
    expect(moved?.notes?.[0]).toMatch(/^move yaml from devDependencies to dependencies/);
  });

  test("another package by path, though it is declared; a file of the root by path is none", () => {
    const found = foundIn(
      input(["packages/b/src/index.ts"], { dependencies: ["@x/b"] }),
      undeclared,
    );
    expect(found).toMatchObject([
      { message: "import of another package by path, not by its name", data: { import: "@x/b" } },
    ]);
    expect(placesOf(input(["tools/shared.ts"], {}), undeclared)).toEqual([]);
  });

  test("an import of types alone, or by name, hides no worse one", () => {
    const graph = handGraph(
      {
        "packages/a/src/x.ts": ["type yaml", "yaml", "type @x/b", "packages/b/src/index.ts"],
        "packages/b/src/index.ts": [],
      },
      { "packages/a": { name: "@x/a" }, "packages/b": { name: "@x/b" } },
    );
    const found = foundIn(
      handInput(graph, manifest, { type_only_imports: "separate" }),
      undeclared,
    );
    expect(
      found.map(({ severity, data, loc }) => `${severity} ${data?.import} ${loc?.span.start.line}`),
    ).toEqual(expect.arrayContaining(["error yaml 2", "error @x/b 4"]));
  });

  test("a test_only node is for development, wherever it is", () => {
    const graph = handGraph(
      { "lib/x.ts": ["yaml"] },
      { "": { name: "root", devDependencies: ["yaml"] } },
    );
    const zone = (trust_zone: "test_only" | "untrusted") =>
      placesOf(handInput(graph, handManifest({ all: { in: ["**"], trust_zone } })), undeclared);
    expect([zone("test_only"), zone("untrusted")]).toEqual([[], [`${undeclared} lib/x.ts:1`]]);
  });
});

describe("unused", () => {
  test("at its line of package.json", () => {
    expect(foundIn(input(["yaml"], { dependencies: ["yaml", "left-pad"] }), unused)).toMatchObject([
      {
        message: "declared dependency is imported by nothing",
        loc: { span: { file: "packages/a/package.json", start: { line: 5 } } },
        data: { package: "@x/a", dependency: "left-pad", kind: "dependencies" },
      },
    ]);
  });

  test("of the root's own package, by its name", () => {
    const graph = handGraph(
      { "src/index.ts": [], "examples/one/x.ts": ["src/index.ts"] },
      { "": { name: "lib" }, "examples/one": { name: "one", dependencies: ["lib"] } },
    );
    const [by] = graph.modules.get("examples/one/x.ts")?.imports ?? [];
    expect(placesOf(handInput(graph, manifest), unused)).toHaveLength(1);
    Object.assign(by ?? {}, { specifier: "lib" });
    expect(placesOf(handInput(graph, manifest), unused, undeclared)).toEqual([]);
  });

  test("used by types, by a test, or not for anybody to say", () => {
    expect(placesOf(input(["type yaml"], { dependencies: ["yaml"] }), unused)).toEqual([]);
    expect(
      placesOf(input(["yaml"], { dependencies: ["yaml"] }, "packages/a/test/x.test.ts"), unused),
    ).toEqual([]);
    const others = { devDependencies: ["turbo"], peerDependencies: ["react"] };
    expect(placesOf(input([], others), unused)).toEqual([]);
    expect(
      placesOf(input(["amqplib"], { dependencies: ["amqplib", "@types/amqplib"] }), unused),
    ).toEqual([]);
  });
});
