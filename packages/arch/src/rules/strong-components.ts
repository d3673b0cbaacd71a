/**
 * Strongly connected components of a directed graph (Tarjan, without recursion: a chain of imports
 * may be longer than the stack is deep), and the shortest cycle in one.
 */

export type Successors = ReadonlyMap<string, readonly string[]>;

/** Components of two vertices and more, each sorted, in order of their first. */
export function strongComponents(successors: Successors): readonly (readonly string[])[] {
  const search: Search = { index: new Map(), low: new Map(), open: [], isOpen: new Set() };
  const components: string[][] = [];
  for (const root of successors.keys()) {
    if (!search.index.has(root)) visit(root, successors, search, components);
  }
  return components.sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
}

interface Search {
  readonly index: Map<string, number>;
  readonly low: Map<string, number>;
  readonly open: string[];
  readonly isOpen: Set<string>;
}

function visit(root: string, successors: Successors, search: Search, components: string[][]): void {
  const path: { readonly vertex: string; next: number }[] = [];
  const enter = (vertex: string): void => {
    search.index.set(vertex, search.index.size);
    search.low.set(vertex, search.index.size - 1);
    search.open.push(vertex);
    search.isOpen.add(vertex);
    path.push({ vertex, next: 0 });
  };
  enter(root);
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const target = successors.get(top.vertex)?.[top.next];
    if (target === undefined) {
      path.pop();
      const above = path.at(-1);
      if (above !== undefined) lower(search, above.vertex, search.low.get(top.vertex));
      closeComponent(top.vertex, search, components);
      continue;
    }
    top.next += 1;
    if (!search.index.has(target)) enter(target);
    else if (search.isOpen.has(target)) lower(search, top.vertex, search.index.get(target));
  }
}

function lower({ low }: Search, vertex: string, value = Number.POSITIVE_INFINITY): void {
  low.set(vertex, Math.min(low.get(vertex) ?? value, value));
}

function closeComponent(vertex: string, search: Search, components: string[][]): void {
  if (search.low.get(vertex) !== search.index.get(vertex)) return;
  const members: string[] = [];
  for (let member = search.open.pop(); member !== undefined; member = search.open.pop()) {
    search.isOpen.delete(member);
    members.push(member);
    if (member === vertex) break;
  }
  if (members.length > 1) components.push(members.sort());
}

/** Beyond so many steps the cycle shown is the shortest through the first member only. */
const searchStepsMax = 2_000_000;

/** The vertices of a shortest cycle, from its first by name; of a component all vertices are given. */
export function shortestCycle(
  component: readonly string[],
  successors: Successors,
): readonly string[] {
  const inside = new Set(component);
  const tries = Math.max(1, Math.min(component.length, searchStepsMax / component.length ** 2));
  let best: readonly string[] = [];
  for (const start of component.slice(0, tries)) {
    const found = shortestPath(
      start,
      (vertex) => (successors.get(vertex) ?? []).filter((each) => inside.has(each)),
      (vertex) => vertex === start,
    );
    const cycle = found.slice(0, -1);
    if (cycle.length > 1 && (best.length === 0 || cycle.length < best.length)) best = cycle;
    if (best.length === 2) break;
  }
  return best;
}

/**
 * A shortest way from `start`, over at least one edge, to a vertex that is a goal; both ends are in
 * it. Empty: there is none. Among equally short ones the first in order of edges.
 */
export function shortestPath(
  start: string,
  nextOf: (vertex: string) => readonly string[],
  isGoal: (vertex: string) => boolean,
): readonly string[] {
  const cameFrom = new Map<string, string>();
  let edge = [start];
  while (edge.length > 0) {
    const further: string[] = [];
    for (const vertex of edge) {
      for (const next of nextOf(vertex)) {
        if (next !== vertex && isGoal(next)) return [...wayTo(vertex, start, cameFrom), next];
        if (next === start || cameFrom.has(next)) continue;
        cameFrom.set(next, vertex);
        further.push(next);
      }
    }
    edge = further;
  }
  return [];
}

function wayTo(
  vertex: string,
  start: string,
  cameFrom: ReadonlyMap<string, string>,
): readonly string[] {
  const way = [vertex];
  for (let at = vertex; at !== start; ) {
    at = cameFrom.get(at) ?? start;
    way.push(at);
  }
  return way.reverse();
}
