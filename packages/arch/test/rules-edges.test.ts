/*
 * Goal: the rules about edges between nodes find what they forbid, and that alone.
 * Method: graphs of a few modules written by hand, each rule with an edge that breaks it and one that
 * nearly does; cycles are compared with circles drawn by hand.
 */
import { describe, expect, test } from "vitest";
import type { ManifestRule } from "../src/documents/manifest.ts";
import {
  foundIn,
  type HandNode,
  handGraph,
  handInput,
  handManifest,
  placesOf,
} from "./hand-graph.ts";

const nodes = (...names: readonly string[]): Record<string, HandNode> =>
  Object.fromEntries(names.map((name) => [name, { in: [`${name}/**`] }]));
const abc = nodes("a", "b", "c");
const deps = (from: string, to: readonly string[], mode: "deny" | "allow"): ManifestRule => ({
  kind: "deps_v1",
  id: `${mode}_${from}`,
  from,
  to,
  mode,
});

describe("visibility", () => {
  const graph = handGraph({ "a/x.ts": ["b/x.ts"], "b/x.ts": ["b/y.ts"], "b/y.ts": [] });
  const restricted = (
    visible_to: readonly string[],
    mode: "restricted" | "public" = "restricted",
  ) => handManifest({ ...abc, b: { in: ["b/**"], visibility: { mode, visible_to } } });

  test("a restricted node is seen by those it names, and by itself", () => {
    expect(foundIn(handInput(graph, restricted(["c"])))).toMatchObject([
      {
        code: "E_ARCH_VISIBILITY",
        severity: "error",
        message: "target node is not visible to importing node",
        loc: { span: { file: "a/x.ts", start: { line: 1, col: 20 }, end: { line: 1, col: 29 } } },
        data: {
          node_from: "a",
          node_to: "b",
          module_path: "a/x.ts",
          module_id: "a/x",
          import: "b/x",
        },
      },
    ]);
    expect(foundIn(handInput(graph, restricted(["a"])))).toEqual([]);
    expect(foundIn(handInput(graph, restricted([], "public")))).toEqual([]);
    const manifest = restricted([]);
    const checks = { ...manifest.checks, enforce_visibility: false };
    expect(foundIn(handInput(graph, { ...manifest, checks }))).toEqual([]);
  });
});

describe("deps_v1", () => {
  const graph = handGraph({ "a/x.ts": ["c/x.ts", "b/x.ts"], "b/x.ts": ["c/x.ts"], "c/x.ts": [] });

  test("a denied edge, at its import; not the others", () => {
    const manifest = handManifest(abc, { rules: [deps("a", ["b"], "deny")] });
    expect(foundIn(handInput(graph, manifest))).toMatchObject([
      {
        code: "E_ARCH_DEPS_DENY",
        message: "dependency is denied by deps_v1 rule",
        loc: { span: { file: "a/x.ts", start: { line: 2 } } },
        data: { rule_id: "deny_a", node_from: "a", node_to: "b", import: "b/x" },
      },
    ]);
    const other = handManifest(abc, {
      rules: [deps("b", ["a"], "deny"), deps("a", ["b"], "allow")],
    });
    expect(foundIn(handInput(graph, other))).toEqual([]);
  });

  test("each importing module is told, once", () => {
    const twice = handGraph({ "a/x.ts": ["b/x.ts", "b/x.ts"], "a/y.ts": ["b/x.ts"], "b/x.ts": [] });
    const manifest = handManifest(abc, { rules: [deps("a", ["b"], "deny")] });
    expect(placesOf(handInput(twice, manifest))).toEqual([
      "E_ARCH_DEPS_DENY a/x.ts:1",
      "E_ARCH_DEPS_DENY a/y.ts:1",
    ]);
  });
});

describe("layers_v1", () => {
  const stack: ManifestRule = {
    kind: "layers_v1",
    id: "stack",
    layers: ["a", "b"],
    direction: "down",
  };

  test("the first layer is the lowest: up is refused, down and sideways are not", () => {
    const graph = handGraph({
      "a/x.ts": ["a/y.ts", "b/x.ts", "c/x.ts"],
      "a/y.ts": [],
      "b/x.ts": ["a/y.ts"],
      "c/x.ts": [],
    });
    expect(foundIn(handInput(graph, handManifest(abc, { rules: [stack] })))).toMatchObject([
      {
        code: "E_ARCH_LAYERS_VIOLATION",
        message: "dependency violates layers_v1 direction=down",
        loc: { span: { file: "a/x.ts", start: { line: 2 } } },
        data: { rule_id: "stack", node_from: "a", node_to: "b" },
      },
    ]);
  });
});

describe("allowlist mode", () => {
  const graph = handGraph({
    "a/x.ts": ["a/y.ts", "b/x.ts"],
    "a/y.ts": [],
    "b/x.ts": ["c/x.ts"],
    "c/x.ts": [],
  });
  const mode = (rules: readonly ManifestRule[], enabled = true, internal = false) =>
    handManifest(abc, {
      rules,
      checks: {
        ...handManifest({}).checks,
        allowlist_mode: { enabled, default_allow_external: true, default_allow_internal: internal },
      },
    });
  const found = (...given: Parameters<typeof mode>) => placesOf(handInput(graph, mode(...given)));

  test("an edge that no rule lists is refused, one inside a node too", () => {
    expect(found([])).toEqual([
      "E_ARCH_EDGE_NOT_ALLOWED a/x.ts:1",
      "E_ARCH_EDGE_NOT_ALLOWED a/x.ts:2",
      "E_ARCH_EDGE_NOT_ALLOWED b/x.ts:1",
    ]);
    expect(
      foundIn(handInput(graph, mode([deps("a", ["a"], "allow"), deps("b", ["c"], "allow")]))),
    ).toMatchObject([
      {
        message: "internal edge is not allowed by layers_v1 or deps_v1 allow rules",
        data: { node_from: "a", node_to: "b", module_path: "a/x.ts", import: "b/x" },
      },
    ]);
    expect(found([], false)).toEqual([]);
    expect(found([], true, true)).toEqual([]);
  });

  test("a layers rule lists what goes down and what stays", () => {
    const stack: ManifestRule = {
      kind: "layers_v1",
      id: "s",
      layers: ["c", "b", "a"],
      direction: "down",
    };
    expect(found([stack])).toEqual([]);
  });

  test("what another rule refuses is not told twice", () => {
    const up: ManifestRule = { kind: "layers_v1", id: "s", layers: ["a", "b"], direction: "down" };
    expect(found([up, deps("b", ["c"], "deny")])).toEqual([
      "E_ARCH_DEPS_DENY b/x.ts:1",
      "E_ARCH_LAYERS_VIOLATION a/x.ts:2",
    ]);
  });
});

describe("trust zones", () => {
  const code = "E_ARCH_TRUST_ZONE_EDGE";
  const zones = (from: HandNode["trust_zone"], to: HandNode["trust_zone"]) =>
    handManifest({
      a: { in: ["a/**"], ...(from === undefined ? {} : { trust_zone: from }) },
      b: { in: ["b/**"], ...(to === undefined ? {} : { trust_zone: to }) },
    });
  const graph = handGraph({ "a/x.ts": ["b/x.ts"], "b/x.ts": [] });

  test.each([
    ["verified_core", "untrusted", 1],
    ["verified_core", "test_only", 1],
    ["verified_core", "certified_capsule", 0],
    ["verified_core", "verified_core", 0],
    ["certified_capsule", "untrusted", 0],
    ["untrusted", "test_only", 0],
  ] as const)("%s to %s: %i", (from, to, count) => {
    const found = foundIn(handInput(graph, zones(from, to)), code);
    expect(found).toHaveLength(count);
    if (count > 0) expect(found[0]?.data).toMatchObject({ from_zone: from, to_zone: to });
  });
});

describe("cycles", () => {
  const rule = (scope: "nodes" | "modules"): ManifestRule => ({
    kind: "deny_cycles_v1",
    id: "round",
    scope,
  });
  const manifest = (scope: "nodes" | "modules") =>
    handManifest(nodes("a", "b", "c", "d"), { rules: [rule(scope)] });

  test("between nodes, though no module is in one", () => {
    const graph = handGraph({
      "a/x.ts": ["b/x.ts"],
      "b/x.ts": [],
      "b/y.ts": ["a/y.ts"],
      "a/y.ts": [],
    });
    expect(foundIn(handInput(graph, manifest("nodes")))).toMatchObject([
      {
        code: "E_ARCH_CYCLE",
        message: "cyclic dependency between nodes is forbidden",
        loc: { span: { file: "a/x.ts", start: { line: 1 } } },
        data: {
          rule_id: "round",
          cycle_nodes: ["a", "b"],
          evidence: [
            { module_path: "a/x.ts", module_id: "a/x", import: "b/x" },
            { module_path: "b/y.ts", module_id: "b/y", import: "a/y" },
          ],
        },
        notes: [expect.any(String), "shortest cycle: a -> b -> a"],
        related: [{ message: "a/x.ts imports b/x.ts" }, { message: "b/y.ts imports a/y.ts" }],
      },
    ]);
    expect(foundIn(handInput(graph, manifest("modules")))).toEqual([]);
  });

  test("between modules, inside a node too; a module that imports itself is in none", () => {
    const graph = handGraph({
      "a/x.ts": ["a/y.ts"],
      "a/y.ts": ["a/x.ts"],
      "a/z.ts": ["a/z.ts", "a/x.ts"],
    });
    expect(foundIn(handInput(graph, manifest("modules")))).toMatchObject([
      {
        message: "cyclic dependency between modules is forbidden",
        data: { cycle_modules: ["a/x", "a/y"] },
      },
    ]);
    expect(foundIn(handInput(graph, manifest("nodes")))).toEqual([]);
  });

  test("one diagnostic for each component, with its shortest cycle", () => {
    const graph = handGraph({
      "a/1.ts": ["a/2.ts"],
      "a/2.ts": ["a/3.ts"],
      "a/3.ts": ["a/4.ts", "a/2.ts"],
      "a/4.ts": ["a/1.ts"],
      "b/1.ts": ["b/2.ts", "a/1.ts"],
      "b/2.ts": ["b/1.ts"],
    });
    const found = foundIn(handInput(graph, manifest("modules")));
    expect(found.map(({ data }) => data?.cycle_modules)).toEqual([
      ["a/1", "a/2", "a/3", "a/4"],
      ["b/1", "b/2"],
    ]);
    expect(found[0]?.notes?.[1]).toBe("shortest cycle: a/2.ts -> a/3.ts -> a/2.ts");
  });

  test("a chain of 20,000 modules that closes is one cycle, and one that does not is none", () => {
    const names = Array.from({ length: 20_000 }, (_, at) => `a/m${String(at).padStart(5, "0")}.ts`);
    const graph = handGraph(Object.fromEntries(names.map((name) => [name, []])));
    const linkTo = (path: string) =>
      ({
        kind: "static",
        specifier: "./n",
        typeOnly: false,
        start: { line: 1, col: 1 },
        end: { line: 1, col: 4 },
        target: { kind: "module", path },
      }) as const;
    const link = (closed: boolean) => {
      const modules = [...graph.modules.values()].map((module, at) => {
        const next = names[at + 1] ?? (closed ? names[0] : undefined);
        return [
          module.path,
          { ...module, imports: next === undefined ? [] : [linkTo(next)] },
        ] as const;
      });
      return { ...graph, modules: new Map(modules) };
    };
    const count = (closed: boolean) => foundIn(handInput(link(closed), manifest("modules"))).length;
    expect([count(true), count(false)]).toEqual([1, 0]);
  });

  test("without the rule, or without the check, nobody looks", () => {
    const graph = handGraph({ "a/x.ts": ["b/x.ts"], "b/x.ts": ["a/x.ts"] });
    expect(foundIn(handInput(graph, handManifest(abc)))).toEqual([]);
    const off = {
      ...manifest("nodes"),
      checks: { ...handManifest({}).checks, deny_cycles: false },
    };
    expect(foundIn(handInput(graph, off))).toEqual([]);
  });
});

describe("imports of types alone", () => {
  const graph = handGraph({
    "a/x.ts": ["type b/x.ts"],
    "b/x.ts": ["a/x.ts"],
    "a/y.ts": ["type b/x.ts", "b/x.ts"],
  });
  const manifest = handManifest(abc, {
    rules: [deps("a", ["b"], "deny"), { kind: "deny_cycles_v1", id: "round", scope: "modules" }],
  });
  type Counting = "counted" | "separate" | "ignored";
  const found = (type_only_imports: Counting, type_only_cycles?: Counting) =>
    foundIn(handInput(graph, manifest, { type_only_imports, type_only_cycles })).map(
      ({ code, severity, loc, data }) =>
        `${severity} ${code} ${loc?.span.file}:${loc?.span.start.line} ${data?.type_only ?? false}`,
    );

  test("counted: like any other", () => {
    expect(found("counted")).toEqual([
      "error E_ARCH_DEPS_DENY a/x.ts:1 true",
      "error E_ARCH_DEPS_DENY a/y.ts:2 false",
      "error E_ARCH_CYCLE a/x.ts:1 false",
    ]);
  });

  test("separate: what rests on them alone is a warning", () => {
    expect(found("separate")).toEqual([
      "warning E_ARCH_DEPS_DENY a/x.ts:1 true",
      "error E_ARCH_DEPS_DENY a/y.ts:2 false",
      "warning E_ARCH_CYCLE a/x.ts:1 false",
    ]);
  });

  test("ignored: not there", () => {
    expect(found("ignored")).toEqual(["error E_ARCH_DEPS_DENY a/y.ts:2 false"]);
  });

  test("of cycles between modules they may count for less than of edges", () => {
    const edges = ["error E_ARCH_DEPS_DENY a/x.ts:1 true", "error E_ARCH_DEPS_DENY a/y.ts:2 false"];
    expect(found("counted", "ignored")).toEqual(edges);
    expect(found("counted", "separate")).toEqual([...edges, "warning E_ARCH_CYCLE a/x.ts:1 false"]);
  });
});
