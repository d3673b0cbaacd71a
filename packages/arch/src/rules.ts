/** Every rule over the graph and the manifest. The order does not matter: reports are sorted. */
import type { Diagnostic } from "./diagnostic.js";
import { ambientUses } from "./rules/ambient-rule.js";
import { orphans, overlaps } from "./rules/assignment-rules.js";
import { cycles } from "./rules/cycles.js";
import { declaredDependencies } from "./rules/declared-dependencies.js";
import {
  allowedEdges,
  deniedDependencies,
  layers,
  trustZones,
  visibility,
} from "./rules/edge-rules.js";
import {
  duplicateIds,
  emptyScan,
  unparsedModules,
  unreadableFiles,
  unresolvedImports,
} from "./rules/graph-faults.js";
import { externals, importPrefixes } from "./rules/import-rules.js";
import { publicBytes, smokeEntries } from "./rules/node-contracts.js";
import type { Rule, RuleInput } from "./rules/rule-input.js";
import { worldCapabilities, worldEdges } from "./rules/world-rules.js";

export const rules: readonly Rule[] = [
  emptyScan,
  unreadableFiles,
  unparsedModules,
  duplicateIds,
  unresolvedImports,
  orphans,
  overlaps,
  externals,
  importPrefixes,
  visibility,
  deniedDependencies,
  layers,
  cycles,
  allowedEdges,
  worldEdges,
  worldCapabilities,
  ambientUses,
  trustZones,
  smokeEntries,
  publicBytes,
  declaredDependencies,
];

export function checkRules(input: RuleInput): readonly Diagnostic[] {
  return rules.flatMap((rule) => rule(input));
}
