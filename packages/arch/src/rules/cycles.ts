/**
 * No cycles: between nodes, or between modules. There is one diagnostic for each strongly connected
 * component; it stands at the first import of its shortest cycle, and its notes show that cycle.
 */
import type { JsonObject } from "@reprise/canonical-json";
import type { Diagnostic } from "../diagnostic.js";
import type { DenyCyclesRule } from "../documents/manifest.js";
import { finding, locationIn } from "./finding.js";
import type { ModuleEdge, Rule, RuleInput } from "./rule-input.js";
import { type Successors, shortestCycle, strongComponents } from "./strong-components.js";

export const cycles: Rule = (input) => {
  if (!input.manifest.checks.deny_cycles) return [];
  return input.manifest.rules.flatMap((rule) =>
    rule.kind === "deny_cycles_v1" ? cyclesOf(rule, input) : [],
  );
};

interface Ends {
  readonly from: string;
  readonly to: string;
}

function cyclesOf({ id, scope }: DenyCyclesRule, input: RuleInput): readonly Diagnostic[] {
  const endsOf = ({ from, to, fromNode, toNode }: ModuleEdge): Ends =>
    scope === "nodes" ? { from: fromNode.id, to: toNode.id } : { from: from.path, to: to.path };
  const { type_only_imports, type_only_cycles = type_only_imports } = input.overlay;
  const types = scope === "nodes" ? type_only_imports : type_only_cycles;
  const lasting = input.edges.filter(({ by }) => !by.typeOnly);
  const counted = types === "counted" ? input.edges : lasting;
  const found = components(counted, endsOf).map((each) => ({ each, severity: "error" as const }));
  // Cycles that are there at run time come before those that types close.
  const known = new Set(found.flatMap(({ each }) => each.members));
  const typed =
    types === "separate"
      ? components(input.edges, endsOf)
          .filter(({ members }) => members.some((member) => !known.has(member)))
          .map((each) => ({ each, severity: "warning" as const }))
      : [];
  return [...found, ...typed].map(({ each, severity }) =>
    cycleFinding(each, { rule: id, scope, severity, input }),
  );
}

interface Component {
  readonly members: readonly string[];
  /** The edges of the shortest cycle, in turn. */
  readonly cycle: readonly ModuleEdge[];
  /** One for each pair of members. */
  readonly evidence: readonly ModuleEdge[];
}

function components(
  edges: readonly ModuleEdge[],
  endsOf: (edge: ModuleEdge) => Ends,
): readonly Component[] {
  const firstEdge = new Map<string, Map<string, ModuleEdge>>();
  for (const edge of edges) {
    const { from, to } = endsOf(edge);
    if (from === to) continue;
    const targets = firstEdge.get(from) ?? new Map<string, ModuleEdge>();
    if (!targets.has(to)) targets.set(to, edge);
    firstEdge.set(from, targets);
  }
  const successors: Successors = new Map(
    [...firstEdge].map(([from, targets]) => [from, [...targets.keys()]] as const),
  );
  return strongComponents(successors).map((members) => {
    const inside = new Set(members);
    const way = shortestCycle(members, successors);
    const cycle = way.flatMap((from, at) => {
      const edge = firstEdge.get(from)?.get(way[(at + 1) % way.length] ?? "");
      return edge === undefined ? [] : [edge];
    });
    const evidence = members.flatMap((from) =>
      [...(firstEdge.get(from) ?? [])].filter(([to]) => inside.has(to)).map(([, edge]) => edge),
    );
    return { members, cycle, evidence };
  });
}

interface Told {
  readonly rule: string;
  readonly scope: DenyCyclesRule["scope"];
  readonly severity: "error" | "warning";
  readonly input: RuleInput;
}

function cycleFinding(
  { members, cycle, evidence }: Component,
  { rule, scope, severity, input }: Told,
): Diagnostic {
  const [first] = cycle;
  const named =
    scope === "nodes"
      ? { cycle_nodes: members }
      : { cycle_modules: members.map((path) => input.graph.modules.get(path)?.id ?? path) };
  const chain = cycle.map(({ from, fromNode }) => (scope === "nodes" ? fromNode.id : from.path));
  return finding({
    code: "E_ARCH_CYCLE",
    message: `cyclic dependency between ${scope} is forbidden`,
    severity,
    ...(first === undefined ? {} : { loc: locationIn(first.from.path, first.by) }),
    data: { rule_id: rule, ...named, evidence: evidence.map(evidenceData).sort(byModulePath) },
    notes: [
      "take away one import of the cycle: move what both need into a third, or hand it in as an argument",
      `shortest cycle: ${[...chain, chain[0] ?? ""].join(" -> ")}`,
    ],
    related: cycle.map(({ from, to, by }) => ({
      message: `${from.path} imports ${to.path}`,
      loc: locationIn(from.path, by),
    })),
  });
}

function evidenceData({ from, to }: ModuleEdge): {
  readonly module_id: string;
  readonly module_path: string;
  readonly import: string;
} & JsonObject {
  return { module_id: from.id, module_path: from.path, import: to.id };
}

function byModulePath(
  a: { readonly module_path: string; readonly import: string },
  b: { readonly module_path: string; readonly import: string },
): number {
  if (a.module_path !== b.module_path) return a.module_path < b.module_path ? -1 : 1;
  return a.import < b.import ? -1 : 1;
}
