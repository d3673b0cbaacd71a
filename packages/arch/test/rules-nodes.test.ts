/*
 * Goal: every module is in one node, every import is one that the manifest and the node allow, and a
 * node keeps what it promised to export.
 * Method: for each code a graph written by hand that breaks the rule, and one nearly the same that
 * does not; what is found is compared whole, place and data included.
 */
import { describe, expect, test } from "vitest";
import { foundIn, handGraph, handInput, handManifest, placesOf } from "./hand-graph.ts";

const a = "packages/a/src/a.ts";
const b = "packages/b/src/b.ts";

describe("assignment", () => {
  test("a module in no node is an orphan, by prefix or by glob it is none", () => {
    const graph = handGraph({ [a]: [], [b]: [] }, { "packages/a": { name: "@x/a" } });
    expect(foundIn(handInput(graph, handManifest({ a: { prefixes: ["@x/a/"] } })))).toEqual([
      {
        code: "E_ARCH_NODE_ORPHAN_MODULE",
        severity: "error",
        stage: "lint",
        message: "module matched no node",
        loc: {
          kind: "text",
          span: { file: b, start: { line: 1, col: 1 }, end: { line: 1, col: 1 } },
        },
        data: { module_id: "packages/b/src/b", module_path: b },
        notes: [expect.stringContaining("add it to match of a node")],
      },
    ]);
    const both = handManifest({ a: { prefixes: ["@x/a/"] }, b: { in: ["packages/b/**"] } });
    expect(foundIn(handInput(graph, both))).toEqual([]);
  });

  test("orphans are let be where the manifest says so", () => {
    const checks = { ...handManifest({}).checks, deny_orphans: false };
    expect(foundIn(handInput(handGraph({ [a]: [] }), handManifest({}, { checks })))).toEqual([]);
  });

  test("a module in two nodes is an overlap, and has no edges", () => {
    const graph = handGraph({ [a]: [b], [b]: [] });
    const nodes = {
      a: { in: ["packages/a/**"] },
      all: { in: ["packages/*/src/a.ts"] },
      b: { in: ["packages/b/**"], visibility: { mode: "restricted", visible_to: [] } },
    } as const;
    const found = foundIn(handInput(graph, handManifest(nodes)));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      code: "E_ARCH_NODE_OVERLAP_MODULE",
      message: "module matched multiple nodes",
      data: { module_path: a, matched_nodes: ["a", "all"] },
    });
    const { all: _, ...apart } = nodes;
    expect(placesOf(handInput(graph, handManifest(apart)))).toEqual([`E_ARCH_VISIBILITY ${a}:1`]);
  });

  test("a node that both its prefix and its glob match is one node", () => {
    const graph = handGraph({ [a]: [] });
    const manifest = handManifest({ a: { in: ["**/a.ts"], prefixes: ["packages/"] } });
    expect(foundIn(handInput(graph, manifest))).toEqual([]);
  });

  test("a star stays in its folder, two go on, and dot files are files", () => {
    const matched = (glob: string, path: string): boolean =>
      foundIn(handInput(handGraph({ [path]: [] }), handManifest({ a: { in: [glob] } }))).length ===
      0;
    expect(matched("src/*.ts", "src/a.ts")).toBe(true);
    expect(matched("src/*.ts", "src/deep/a.ts")).toBe(false);
    expect(matched("src/**", "src/deep/a.ts")).toBe(true);
    expect(matched("src/**", "src/.hidden/a.ts")).toBe(true);
    expect(matched("src/!(os)/**", "src/os/a.ts")).toBe(false);
    expect(matched("src", "src/a.ts")).toBe(false);
    expect(matched("!src/**", "lib/a.ts")).toBe(false);
    expect(matched("{src,lib}/**", "lib/a.ts")).toBe(true);
  });
});

describe("externals", () => {
  const graph = handGraph({ [a]: ["lodash/get", "node:fs", "lodash/get"] });
  const nodes = { a: { in: ["**"] } };
  const externals = (exact: readonly string[], prefixes: readonly string[] = []) => ({
    externals: { allowed_exact: exact, allowed_import_prefixes: prefixes },
  });
  const code = "E_ARCH_EXTERNAL_IMPORT_NOT_ALLOWED";

  test("what is not listed is refused, once for each module", () => {
    const found = foundIn(handInput(graph, handManifest(nodes, externals(["node:fs"]))), code);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      message: "external import is not allowed by externals policy",
      loc: { span: { file: a, start: { line: 1, col: 20 }, end: { line: 1, col: 29 } } },
      data: { module_id: "packages/a/src/a", module_path: a, import: "lodash/get" },
    });
  });

  test("exact is exact, a prefix is compared letter by letter", () => {
    const left = (...given: Parameters<typeof externals>) =>
      foundIn(handInput(graph, handManifest(nodes, externals(...given))), code).map(
        ({ data }) => data?.import,
      );
    expect(left(["lodash", "node:fs"])).toEqual(["lodash/get"]);
    expect(left(["lodash/get"], ["node:"])).toEqual([]);
    expect(left([], ["lod", "node:"])).toEqual([]);
    expect(left([], [])).toEqual(["lodash/get", "node:fs"]);
  });

  test("in allowlist mode without externals no prefix counts, what is exact does", () => {
    const mode = (enabled: boolean, external: boolean) =>
      handManifest(nodes, {
        ...externals(["node:fs"], ["lodash"]),
        checks: {
          ...handManifest({}).checks,
          allowlist_mode: {
            enabled,
            default_allow_external: external,
            default_allow_internal: true,
          },
        },
      });
    expect(placesOf(handInput(graph, mode(true, false)), code)).toEqual([`${code} ${a}:1`]);
    expect(placesOf(handInput(graph, mode(true, true)), code)).toEqual([]);
    expect(placesOf(handInput(graph, mode(false, false)), code)).toEqual([]);
  });

  test("an alias does not hide the package behind it, nor a missing scheme a module of node", () => {
    const aliased = handGraph({ [a]: ["kafka", "fs/promises"] });
    const [first, second] = aliased.modules.get(a)?.imports ?? [];
    Object.assign(first ?? {}, { target: { kind: "external", name: "kafkajs", builtin: false } });
    Object.assign(second ?? {}, { target: { kind: "external", name: "fs", builtin: true } });
    const manifest = handManifest(nodes, externals(["kafka", "fs/promises"]));
    expect(foundIn(handInput(aliased, manifest), code).map(({ data }) => data?.import)).toEqual([
      "kafkajs",
      "node:fs/promises",
    ]);
  });
});

describe("import prefixes", () => {
  const graph = handGraph(
    { [a]: ["node:fs", b, "valibot"], [b]: [] },
    { "packages/b": { name: "@x/b" } },
  );
  const nodes = (deny: readonly string[], allow: readonly string[]) =>
    handManifest({
      a: { in: ["packages/a/**"], imports: { deny_prefixes: deny, allow_prefixes: allow } },
      b: { in: ["packages/b/**"] },
    });
  const denied = "E_ARCH_IMPORT_PREFIX_DENIED";
  const notAllowed = "E_ARCH_IMPORT_PREFIX_NOT_ALLOWED";

  test("a denied prefix, of an external or of a module's id", () => {
    const found = foundIn(handInput(graph, nodes(["node:", "@x/b"], [])), denied, notAllowed);
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({
      code: denied,
      message: "node import policy denies this prefix",
      loc: { span: { file: a, start: { line: 1 } } },
      data: { node: "a", module_path: a, import: "node:fs", denied_prefix: "node:" },
    });
    expect(found[1]).toMatchObject({ data: { import: "@x/b/b", denied_prefix: "@x/b" } });
  });

  test("a list of allowed prefixes refuses the rest, an empty one nothing", () => {
    const found = foundIn(handInput(graph, nodes([], ["@x/", "node:"])), denied, notAllowed);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      code: notAllowed,
      message: "node import policy does not allow this import prefix",
      loc: { span: { file: a, start: { line: 3 } } },
      data: { node: "a", module_id: "packages/a/src/a", module_path: a, import: "valibot" },
    });
    expect(placesOf(handInput(graph, nodes([], [])), denied, notAllowed)).toEqual([]);
    expect(placesOf(handInput(graph, nodes(["node:f"], ["node:"])), denied)).toHaveLength(1);
  });

  test("nothing is looked at where enforce_world_caps is off", () => {
    const manifest = nodes(["node:"], ["@x/"]);
    const off = { ...manifest, checks: { ...manifest.checks, enforce_world_caps: false } };
    expect(placesOf(handInput(graph, off), denied, notAllowed)).toEqual([]);
  });
});

describe("what a node promised", () => {
  test("a smoke entry that nobody exports, one that somebody does, a node without modules", () => {
    const contracts = { smoke_entry: "priceOf" };
    const manifest = handManifest({ a: { in: ["packages/**"], contracts } });
    const found = foundIn(handInput(handGraph({ [a]: { exports: ["priceof"] } }), manifest));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      code: "E_ARCH_SMOKE_MISSING",
      message: "node is missing contracts.smoke_entry export",
      data: { node: "a", smoke_entry: "priceOf" },
    });
    const exported = handGraph({ [a]: [], [b]: { exports: ["priceOf"] } });
    expect(foundIn(handInput(exported, manifest))).toEqual([]);
    expect(foundIn(handInput(handGraph({}), manifest), "E_ARCH_SMOKE_MISSING")).toEqual([]);
    const full = handManifest({
      a: { in: ["**"], contracts: { smoke_entry: "packages/b/src/b#priceOf" } },
    });
    expect(foundIn(handInput(exported, full))).toEqual([]);
  });

  test("bytes of no brand in a public node, not in a restricted one, not where it is off", () => {
    const use = {
      symbol: "decode",
      param: "bytes",
      type: "Uint8Array",
      start: { line: 7, col: 24 },
      end: { line: 7, col: 34 },
    };
    const graph = handGraph({ [a]: { unbranded: [use, { ...use, param: undefined }] } });
    const manifest = handManifest({ a: { in: ["**"] } });
    const found = foundIn(handInput(graph, manifest));
    expect(found.map(({ message }) => message)).toEqual([
      "public exported bytes param is missing a brand",
      "public exported bytes result is missing a brand",
    ]);
    expect(found[0]).toMatchObject({
      code: "E_ARCH_PUBLIC_BYTES_UNBRANDED",
      loc: { span: { file: a, start: use.start, end: use.end } },
      data: { node: "a", module_path: a, symbol: "decode", param: "bytes", ty: "Uint8Array" },
    });
    expect(found[1]?.data).not.toHaveProperty("param");
    const restricted = handManifest({
      a: { in: ["**"], visibility: { mode: "restricted", visible_to: [] } },
    });
    expect(foundIn(handInput(graph, restricted))).toEqual([]);
    const checks = { ...manifest.checks, brand_boundary_v1: { enabled: false } };
    expect(foundIn(handInput(graph, { ...manifest, checks }))).toEqual([]);
  });
});
