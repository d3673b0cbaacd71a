/**
 * The graph as a picture or as data: nodes of the manifest with the edges between them, or modules.
 * Solve worlds and OS worlds look different, so that an arrow in the wrong direction is seen.
 */
import type { JsonObject } from "@reprise/canonical-json";
import { isSolve } from "../rules/external-capability.js";
import type { RuleInput } from "../rules/rule-input.js";
import { sortedJson } from "./sorted-json.js";

export const graphForms = ["mermaid", "dot", "json"] as const;
export type GraphForm = (typeof graphForms)[number];

export interface GraphView {
  readonly vertices: readonly Vertex[];
  readonly edges: readonly ViewEdge[];
}

interface Vertex {
  readonly id: string;
  /** undefined: a module in no node, or in several. */
  readonly world: string | undefined;
  readonly solve: boolean;
  /** Of a module: its node. */
  readonly node?: string;
  /** Of a node: how many modules it has. */
  readonly modules?: number;
}

interface ViewEdge {
  readonly from: string;
  readonly to: string;
  /** Imports between modules that make it. */
  readonly imports: number;
  /** Nothing of it is there at run time. */
  readonly typeOnly: boolean;
}

/** Nodes with the edges between different ones. */
export function nodeView({ manifest, nodes, edges }: RuleInput): GraphView {
  const vertices = manifest.nodes.map(({ id, world }) => ({
    id,
    world,
    solve: isSolve(world),
    modules: nodes.modulesOf.get(id)?.length ?? 0,
  }));
  const between = edges
    .filter(({ fromNode, toNode }) => fromNode !== toNode)
    .map(({ fromNode, toNode, by }) => ({
      from: fromNode.id,
      to: toNode.id,
      typeOnly: by.typeOnly,
    }));
  return { vertices: [...vertices].sort(byId), edges: merged(between) };
}

/** All modules, those in no node too, with the edges between them that rules look at. */
export function moduleView({ graph, nodes, edges }: RuleInput): GraphView {
  const vertices = [...graph.modules.values()].map(({ id, path }) => {
    const node = nodes.nodeOf.get(path);
    return {
      id,
      world: node?.world,
      solve: node !== undefined && isSolve(node.world),
      ...(node === undefined ? {} : { node: node.id }),
    };
  });
  const between = edges.map(({ from, to, by }) => ({
    from: from.id,
    to: to.id,
    typeOnly: by.typeOnly,
  }));
  return { vertices: [...vertices].sort(byId), edges: merged(between) };
}

function byId(a: { readonly id: string }, b: { readonly id: string }): number {
  return a.id < b.id ? -1 : 1;
}

function merged(
  edges: readonly { readonly from: string; readonly to: string; readonly typeOnly: boolean }[],
): readonly ViewEdge[] {
  const found = new Map<string, ViewEdge>();
  for (const { from, to, typeOnly } of edges) {
    const key = JSON.stringify([from, to]);
    const { imports = 0, typeOnly: before = true } = found.get(key) ?? {};
    found.set(key, { from, to, imports: imports + 1, typeOnly: before && typeOnly });
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, edge]) => edge);
}

export function drawGraph(view: GraphView, form: GraphForm): string {
  if (form === "mermaid") return mermaid(view);
  return form === "dot" ? dot(view) : json(view);
}

/** Ids are numbers: mermaid has words of its own that a name must not be. */
function mermaid({ vertices, edges }: GraphView): string {
  const number = new Map(vertices.map(({ id }, index) => [id, `n${index}`] as const));
  const label = (id: string): string => id.replaceAll('"', "#quot;");
  const solve = vertices.filter((each) => each.solve).map(({ id }) => number.get(id));
  return [
    "graph TD",
    ...vertices.map(({ id, solve: isPure }) => {
      const [open, close] = isPure ? ["(", ")"] : ["[", "]"];
      return `  ${number.get(id)}${open}"${label(id)}"${close}`;
    }),
    ...edges.map(
      ({ from, to, typeOnly }) =>
        `  ${number.get(from)} ${typeOnly ? "-.->" : "-->"} ${number.get(to)}`,
    ),
    ...(solve.length === 0
      ? []
      : ["  classDef solve fill:#e6f4ea,stroke:#137333", `  class ${solve.join(",")} solve`]),
    "",
  ].join("\n");
}

function dot({ vertices, edges }: GraphView): string {
  const quoted = (id: string): string => `"${id.replace(/["\\]/g, "\\$&")}"`;
  return [
    "digraph arch {",
    '  node [shape=box, fontname="sans-serif"];',
    ...vertices.map(({ id, solve }) =>
      solve ? `  ${quoted(id)} [style="rounded,filled", fillcolor="#e6f4ea"];` : `  ${quoted(id)};`,
    ),
    ...edges.map(
      ({ from, to, typeOnly }) =>
        `  ${quoted(from)} -> ${quoted(to)}${typeOnly ? " [style=dashed]" : ""};`,
    ),
    "}",
    "",
  ].join("\n");
}

function json({ vertices, edges }: GraphView): string {
  return sortedJson({
    vertices: vertices.map(
      ({ id, world, node, modules }): JsonObject => ({
        id,
        world: world ?? null,
        ...(node === undefined ? {} : { node }),
        ...(modules === undefined ? {} : { modules }),
      }),
    ),
    edges: edges.map(({ from, to, imports, typeOnly }) => ({
      from,
      to,
      imports,
      type_only: typeOnly,
    })),
  });
}
