/**
 * What every rule is given: the graph with its modules sorted into nodes, and the edges between them.
 * A rule is a function from this to what it finds; `rules.ts` lists them.
 */
import type { Diagnostic, Location } from "../diagnostic.js";
import type { Manifest, ManifestNode } from "../documents/manifest.js";
import type { Overlay } from "../documents/overlay.js";
import type { ModuleGraph, ModuleImport, SourceModule } from "../module-graph.js";
import { assignNodes, type NodeAssignment } from "./node-assignment.js";

/** One module imports another, both in exactly one node. */
export interface ModuleEdge {
  readonly from: SourceModule;
  readonly to: SourceModule;
  readonly fromNode: ManifestNode;
  readonly toNode: ManifestNode;
  /** The import that makes it: the first that is there at run time, else the first. */
  readonly by: ModuleImport;
}

export interface RuleInput {
  readonly graph: ModuleGraph;
  readonly manifest: Manifest;
  readonly overlay: Overlay;
  readonly nodes: NodeAssignment;
  /** In order of the paths of both ends; one for each pair. */
  readonly edges: readonly ModuleEdge[];
  /** Those imports of a module that count, in order. */
  importsOf(module: SourceModule): readonly ModuleImport[];
  /** An error, but for what rests on an import of types alone where those are kept apart. */
  severityOf(by: ModuleImport): "error" | "warning";
  /** Of a JSON Pointer; undefined where the manifest is no file. */
  placeInManifest(pointer: string): Location | undefined;
}

export type Rule = (input: RuleInput) => readonly Diagnostic[];

export interface RuleSource {
  readonly graph: ModuleGraph;
  readonly manifest: Manifest;
  readonly overlay: Overlay;
  /** By JSON Pointer; undefined where the manifest is no file. */
  readonly placeInManifest?: ((pointer: string) => Location) | undefined;
}

export function createRuleInput(source: RuleSource): RuleInput {
  const { graph, manifest, overlay, placeInManifest } = source;
  const typeOnly = overlay.type_only_imports;
  const importsOf = ({ imports }: SourceModule): readonly ModuleImport[] =>
    typeOnly === "ignored" ? imports.filter((each) => !each.typeOnly) : imports;
  const nodes = assignNodes(manifest, graph);
  return {
    graph,
    manifest,
    overlay,
    nodes,
    edges: moduleEdges(graph, nodes, importsOf),
    importsOf,
    severityOf: (by) => (typeOnly === "separate" && by.typeOnly ? "warning" : "error"),
    placeInManifest: (pointer) => placeInManifest?.(pointer),
  };
}

function moduleEdges(
  graph: ModuleGraph,
  { nodeOf }: NodeAssignment,
  importsOf: RuleInput["importsOf"],
): readonly ModuleEdge[] {
  const edges: ModuleEdge[] = [];
  for (const from of graph.modules.values()) {
    const fromNode = nodeOf.get(from.path);
    if (fromNode === undefined) continue;
    for (const [path, by] of importedModules(importsOf(from))) {
      const to = graph.modules.get(path);
      const toNode = nodeOf.get(path);
      if (to !== undefined && toNode !== undefined) edges.push({ from, to, fromNode, toNode, by });
    }
  }
  return edges;
}

/** The modules that these imports lead to, in order of path, each with the import that counts most. */
function importedModules(
  imports: readonly ModuleImport[],
): readonly (readonly [path: string, by: ModuleImport])[] {
  const found = new Map<string, ModuleImport>();
  for (const each of imports) {
    if (each.target.kind !== "module") continue;
    const before = found.get(each.target.path);
    if (before === undefined || (before.typeOnly && !each.typeOnly)) {
      found.set(each.target.path, each);
    }
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}
