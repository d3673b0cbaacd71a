/**
 * The form of a rule about edges between nodes: for each edge it says what is wrong with it, nothing
 * or several things. One diagnostic is made for each importing module, at its import.
 */
import type { JsonObject } from "@reprise/canonical-json";
import type { DiagnosticCode } from "../codes.js";
import { type FindingParts, finding, locationIn } from "./finding.js";
import type { ModuleEdge, Rule, RuleInput } from "./rule-input.js";

export interface EdgeFault {
  /** Beside both nodes, the module and its import. */
  readonly data?: JsonObject;
  readonly next: string;
  readonly related?: FindingParts["related"];
}

/** Says what is wrong with an edge. A new one is made for each run. */
export type EdgeJudge = (edge: ModuleEdge) => readonly EdgeFault[];

export function edgeRule(
  told: { readonly code: DiagnosticCode; readonly message: string },
  createJudge: (input: RuleInput) => EdgeJudge | undefined,
): Rule {
  return (input) => {
    const judge = createJudge(input);
    if (judge === undefined) return [];
    return input.edges.flatMap((edge) =>
      judge(edge).map(({ data, next, related = [] }) =>
        finding({
          ...told,
          severity: input.severityOf(edge.by),
          loc: locationIn(edge.from.path, edge.by),
          data: { ...data, ...edgeData(edge) },
          notes: [next],
          related,
        }),
      ),
    );
  };
}

/** An edge inside a node: only the list of allowed edges has a say on it. */
export function isInner({ fromNode, toNode }: ModuleEdge): boolean {
  return fromNode === toNode;
}

export function edgeData({ from, to, fromNode, toNode, by }: ModuleEdge): JsonObject {
  return {
    node_from: fromNode.id,
    node_to: toNode.id,
    module_id: from.id,
    module_path: from.path,
    import: to.id,
    ...(by.typeOnly ? { type_only: true } : {}),
  };
}
