/**
 * Which node of the manifest a module belongs to: the one whose module-id prefix or path glob matches
 * it. Only a module that exactly one node matches has edges and is checked for what it imports.
 */
import type { Manifest, ManifestNode } from "../documents/manifest.js";
import type { ModuleGraph, SourceModule } from "../module-graph.js";
import { compileGlobs } from "../path-globs.js";

export interface NodeAssignment {
  /** By path of the module; without those that no node, or more than one, matches. */
  readonly nodeOf: ReadonlyMap<string, ManifestNode>;
  /** By id of the node, in order of path; a node that matches nothing has an empty list. */
  readonly modulesOf: ReadonlyMap<string, readonly SourceModule[]>;
  readonly orphans: readonly SourceModule[];
  readonly overlaps: readonly {
    readonly module: SourceModule;
    readonly nodes: readonly ManifestNode[];
  }[];
}

export function assignNodes(manifest: Manifest, graph: ModuleGraph): NodeAssignment {
  const nodesOf = createNodeFinder(manifest);
  const nodeOf = new Map<string, ManifestNode>();
  const modulesOf = new Map<string, SourceModule[]>(manifest.nodes.map(({ id }) => [id, []]));
  const orphans: SourceModule[] = [];
  const overlaps: { module: SourceModule; nodes: readonly ManifestNode[] }[] = [];
  for (const module of graph.modules.values()) {
    const nodes = nodesOf(module);
    const [node] = nodes;
    if (node === undefined) orphans.push(module);
    else if (nodes.length > 1) overlaps.push({ module, nodes });
    else {
      nodeOf.set(module.path, node);
      modulesOf.get(node.id)?.push(module);
    }
  }
  return { nodeOf, modulesOf, orphans, overlaps };
}

export interface ModuleName {
  readonly id: string;
  readonly path: string;
}

/** The nodes that match a module, in order of the manifest. */
export function createNodeFinder(
  manifest: Manifest,
): (module: ModuleName) => readonly ManifestNode[] {
  const matchers = manifest.nodes.map((node) => ({ node, matches: createMatcher(node) }));
  return (module) => matchers.filter(({ matches }) => matches(module)).map(({ node }) => node);
}

function createMatcher({ match }: ManifestNode): (module: ModuleName) => boolean {
  const matchesPath = compileGlobs(match.path_globs);
  return ({ id, path }) =>
    match.module_prefixes.some((prefix) => id.startsWith(prefix)) || matchesPath(path);
}
