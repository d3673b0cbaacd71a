/** The rules about edges between nodes: who may see, depend on and reach whom. */
import type { DepsRule, LayersRule, ManifestRule } from "../documents/manifest.js";
import { type EdgeFault, type EdgeJudge, edgeRule, isInner } from "./edge-rule.js";
import type { ModuleEdge, Rule } from "./rule-input.js";

export const visibility: Rule = edgeRule(
  { code: "E_ARCH_VISIBILITY", message: "target node is not visible to importing node" },
  ({ manifest }) => {
    if (!manifest.checks.enforce_visibility) return undefined;
    return (edge) => {
      const { fromNode, toNode } = edge;
      if (isInner(edge) || toNode.visibility.mode !== "restricted") return [];
      if (toNode.visibility.visible_to.includes(fromNode.id)) return [];
      const next = `import a node that ${fromNode.id} may see, or add ${fromNode.id} to visibility.visible_to of ${toNode.id}`;
      return [{ next }];
    };
  },
);

export const deniedDependencies: Rule = edgeRule(
  { code: "E_ARCH_DEPS_DENY", message: "dependency is denied by deps_v1 rule" },
  ({ manifest }) => {
    const denials = depsRules(manifest.rules, "deny");
    return (edge) =>
      isInner(edge)
        ? []
        : denials
            .filter((rule) => covers(rule, edge))
            .map(({ id }) => ({
              data: { rule_id: id },
              next: `take the import away: the rule ${id} of the manifest denies it`,
            }));
  },
);

export const layers: Rule = edgeRule(
  { code: "E_ARCH_LAYERS_VIOLATION", message: "dependency violates layers_v1 direction=down" },
  ({ manifest }) => {
    const stacks = manifest.rules.filter((rule) => rule.kind === "layers_v1");
    return (edge) =>
      stacks
        .filter((stack) => climb(stack, edge) > 0)
        .map(({ id }) => ({
          data: { rule_id: id },
          next: `${edge.toNode.id} is above ${edge.fromNode.id} in the rule ${id}: move what is needed down, or hand it in as an argument`,
        }));
  },
);

export const allowedEdges: Rule = edgeRule(
  {
    code: "E_ARCH_EDGE_NOT_ALLOWED",
    message: "internal edge is not allowed by layers_v1 or deps_v1 allow rules",
  },
  ({ manifest: { checks, rules } }): EdgeJudge | undefined => {
    const mode = checks.allowlist_mode;
    if (mode === undefined || !mode.enabled || mode.default_allow_internal) return undefined;
    return (edge) => (isListed(rules, edge) || isDenied(rules, edge) ? [] : [unlisted(edge)]);
  },
);

function unlisted({ fromNode, toNode }: ModuleEdge): EdgeFault {
  const edge = `from ${fromNode.id} to ${toNode.id}`;
  return { next: `take the import away, or add a deps_v1 rule that allows the edge ${edge}` };
}

export const trustZones: Rule = edgeRule(
  {
    code: "E_ARCH_TRUST_ZONE_EDGE",
    message: "verified_core nodes may only depend on verified_core or certified_capsule nodes",
  },
  () => (edge) => {
    const { fromNode, toNode } = edge;
    const [from, to] = [fromNode.trust_zone, toNode.trust_zone];
    if (from !== "verified_core" || to === "verified_core" || to === "certified_capsule") return [];
    const next = `${toNode.id} is ${to}: move what is needed into a trusted node, or hand it in as an argument`;
    return [{ data: { from_zone: from, to_zone: to }, next }];
  },
);

function depsRules(rules: readonly ManifestRule[], mode: DepsRule["mode"]): readonly DepsRule[] {
  return rules.filter((rule) => rule.kind === "deps_v1").filter((rule) => rule.mode === mode);
}

function covers({ from, to }: DepsRule, { fromNode, toNode }: ModuleEdge): boolean {
  return from === fromNode.id && to.includes(toNode.id);
}

/** How far up the edge goes: 0 or less is fine. undefined: the stack does not list both ends. */
function levels({ layers }: LayersRule, { fromNode, toNode }: ModuleEdge): number | undefined {
  const from = layers.indexOf(fromNode.id);
  const to = layers.indexOf(toNode.id);
  return from === -1 || to === -1 ? undefined : to - from;
}

function climb(stack: LayersRule, edge: ModuleEdge): number {
  return levels(stack, edge) ?? 0;
}

function isListed(rules: readonly ManifestRule[], edge: ModuleEdge): boolean {
  return rules.some((rule) => {
    if (rule.kind === "deps_v1") return rule.mode === "allow" && covers(rule, edge);
    return rule.kind === "layers_v1" && (levels(rule, edge) ?? 1) <= 0;
  });
}

/** Another rule has said so already. */
function isDenied(rules: readonly ManifestRule[], edge: ModuleEdge): boolean {
  return rules.some((rule) => {
    if (rule.kind === "deps_v1") {
      return rule.mode === "deny" && !isInner(edge) && covers(rule, edge);
    }
    return rule.kind === "layers_v1" && climb(rule, edge) > 0;
  });
}
