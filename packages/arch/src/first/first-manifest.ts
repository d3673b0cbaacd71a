/**
 * A first manifest, from what is there: a node for the shipped code of each package (where there is
 * only one, for each folder of its sources), one for its `src/os`, one for its tests and tools; the strictest world that holds today; and the edges that
 * there are, as the only ones allowed. What it allows is what is; whatever comes on top is seen.
 */
import type { Manifest, ManifestNode, ManifestRule } from "../documents/manifest.js";
import { manifestVersion } from "../documents/manifest.js";
import type { Overlay } from "../documents/overlay.js";
import type { ModuleGraph, SourceModule } from "../module-graph.js";
import { isDevelopment } from "../rules/dependency-use.js";
import { forbiddenCapability } from "../rules/external-capability.js";
import { importName } from "../rules/import-name.js";
import { createRuleInput, type RuleInput } from "../rules/rule-input.js";
import { strongComponents } from "../rules/strong-components.js";
import { coverFolders } from "./folder-cover.js";

export interface FirstManifestOptions {
  readonly graph: ModuleGraph;
  readonly overlay: Overlay;
  /** Used where the root's package.json has no name. */
  readonly folderName: string;
}

export function firstManifest({ graph, overlay, folderName }: FirstManifestOptions): Manifest {
  const groups = groupModules(graph);
  const nodes = firstNodes(graph, groups);
  const root = graph.packages.find(({ folder }) => folder === "");
  const draft: Manifest = {
    schema_version: manifestVersion,
    repo: { id: idFrom(root?.name ?? folderName), root: "." },
    // Modules of node are the worlds' business.
    externals: { allowed_import_prefixes: ["node:"], allowed_exact: packageNames(graph) },
    nodes,
    rules: [],
    checks: {
      deny_cycles: true,
      deny_orphans: true,
      enforce_visibility: true,
      enforce_world_caps: true,
      allowlist_mode: {
        enabled: true,
        default_allow_external: true,
        default_allow_internal: false,
      },
      brand_boundary_v1: { enabled: false },
      world_of_imported_v1: { enabled: true },
    },
    tool_budgets: {
      max_modules: roomFor(graph.modules.size),
      max_edges: roomFor(10 * graph.modules.size),
      max_diags: 2000,
    },
  };
  const input = createRuleInput({ graph, manifest: draft, overlay });
  const pure = pureNodes(input, groups);
  return {
    ...draft,
    nodes: nodes.map((node) => (pure.has(node.id) ? { ...node, world: "solve-pure" } : node)),
    rules: firstRules(input),
  };
}

/** Twice what there is, and not less than a thousand. */
function roomFor(count: number): number {
  return Math.max(1000, 1000 * Math.ceil((2 * count) / 1000));
}

type Part = "code" | "os" | "dev";

interface Group {
  readonly id: string;
  readonly part: Part;
  readonly modules: readonly SourceModule[];
}

interface Draft {
  readonly folder: string;
  readonly part: Part;
  /** Of the only package: the folder of its sources. */
  readonly inner: string;
  readonly modules: SourceModule[];
}

export function groupModules(
  graph: ModuleGraph,
  modules: Iterable<SourceModule> = graph.modules.values(),
  taken: readonly string[] = [],
): readonly Group[] {
  const single = graph.packages.length <= 1;
  const found = new Map<string, Draft>();
  for (const module of modules) {
    const part = partOf(module);
    const inner = part === "code" && single ? sourceFolder(module) : "";
    const key = JSON.stringify([module.packageFolder, part, inner]);
    const group = found.get(key) ?? { folder: module.packageFolder, part, inner, modules: [] };
    group.modules.push(module);
    found.set(key, group);
  }
  const used = new Set(taken);
  return [...found.values()].map(({ folder, part, inner, modules: inside }) => {
    const name = graph.packages.find((each) => each.folder === folder)?.name ?? folder;
    const suffix = part === "code" ? inner : part;
    const id = freeId(`${idFrom(name)}${suffix === "" ? "" : `.${idFrom(suffix)}`}`, used);
    return { id, part, modules: inside };
  });
}

function partOf(module: SourceModule): Part {
  const { path, packageFolder } = module;
  if (isDevelopment(module, packageFolder, undefined)) return "dev";
  const inside = packageFolder === "" ? path : path.slice(packageFolder.length + 1);
  return /^((src\/)?os|bin)\//.test(inside) ? "os" : "code";
}

/** `lib` for `src/lib/deep/x.ts`; "" for a file beside it. */
function sourceFolder({ path, packageFolder }: SourceModule): string {
  const inside = packageFolder === "" ? path : path.slice(packageFolder.length + 1);
  const [first = "", ...rest] = inside.replace(/^src\//, "").split("/");
  return rest.length === 0 ? "" : first;
}

/** `@acme/money-core` becomes `money-core`: 1 to 128 letters, digits, dots, lines. */
export function idFrom(name: string): string {
  const bare = name.slice(name.lastIndexOf("/") + 1).replace(/[^A-Za-z0-9._-]+/g, "-");
  return bare.replace(/^[^A-Za-z0-9]+/, "").slice(0, 100) || "root";
}

function freeId(wanted: string, used: Set<string>): string {
  let id = wanted;
  for (let number = 2; used.has(id); number += 1) id = `${wanted}-${number}`;
  used.add(id);
  return id;
}

function firstNodes(graph: ModuleGraph, groups: readonly Group[]): readonly ManifestNode[] {
  const globs = coverFolders(
    groups.flatMap(({ id, modules }) =>
      modules.map(({ path, packageFolder }) => ({ path, group: id, floor: packageFolder })),
    ),
  );
  const nodes = groups.map(({ id, part }) => nodeFor(id, part, globs.get(id) ?? []));
  return nodes.sort((a, b) => (a.id < b.id ? -1 : 1)).filter(() => graph.modules.size > 0);
}

export function nodeFor(id: string, part: Part, globs: readonly string[]): ManifestNode {
  return {
    id,
    match: { module_prefixes: [], path_globs: globs },
    world: "run-os",
    trust_zone: part === "dev" ? "test_only" : "untrusted",
    visibility: { mode: "public", visible_to: [] },
    imports: { deny_prefixes: [], allow_prefixes: [] },
  };
}

function packageNames(graph: ModuleGraph): readonly string[] {
  const names = new Set<string>();
  for (const { imports } of graph.modules.values()) {
    for (const by of imports) {
      const { target } = by;
      if (target.kind === "external" && !target.builtin) names.add(importName(by, graph));
    }
  }
  return [...names].sort();
}

/** Ids of the nodes of shipped code that reach nothing today, and depend on none that does. */
function pureNodes(input: RuleInput, groups: readonly Group[]): ReadonlySet<string> {
  const pure = new Set(
    groups
      .filter(({ part, modules }) => part === "code" && modules.every(reachesNothing(input)))
      .map(({ id }) => id),
  );
  for (let before = -1; before !== pure.size; ) {
    before = pure.size;
    for (const { fromNode, toNode } of input.edges) {
      if (!pure.has(toNode.id)) pure.delete(fromNode.id);
    }
  }
  return pure;
}

function reachesNothing({ graph, overlay, importsOf }: RuleInput) {
  return (module: SourceModule): boolean =>
    module.facts.ambient.length === 0 &&
    importsOf(module).every(
      (by) =>
        by.target.kind !== "external" ||
        forbiddenCapability(importName(by, graph), "solve-pure", overlay) === undefined,
    );
}

/** The edges that there are; and no cycles, where there are none. */
function firstRules({ edges }: RuleInput): readonly ManifestRule[] {
  const targets = new Map<string, Set<string>>();
  const successors = new Map<string, string[]>();
  for (const { fromNode, toNode, from, to } of edges) {
    targets.set(fromNode.id, (targets.get(fromNode.id) ?? new Set()).add(toNode.id));
    successors.set(from.path, [...(successors.get(from.path) ?? []), to.path]);
  }
  const allowed = [...targets]
    .map(
      ([from, to]): ManifestRule => ({
        kind: "deps_v1",
        id: idFrom(`${from}.may-use`),
        from,
        to: [...to].sort(),
        mode: "allow",
      }),
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const round = (scope: "nodes" | "modules"): ManifestRule => ({
    kind: "deny_cycles_v1",
    id: `no-cycles-between-${scope}`,
    scope,
  });
  const between = new Map([...targets].map(([from, to]) => [from, [...to]] as const));
  const scopes = [
    ...(strongComponents(between).length > 0 ? [] : (["nodes"] as const)),
    ...(strongComponents(successors).length > 0 ? [] : (["modules"] as const)),
  ];
  return [...allowed, ...scopes.map(round)];
}
