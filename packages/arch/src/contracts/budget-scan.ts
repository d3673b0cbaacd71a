/** Budgets against the code: scopes that are opened, and functions that must be one. */

import { byBytes } from "../documents/canonical-hash.js";
import type { BudgetProfileEntry, BudgetSelector } from "../documents/contract-documents.js";
import type { SourceModule } from "../module-graph.js";
import { locationIn, locationOf } from "../rules/finding.js";
import type { BudgetProfiles } from "./budget-contracts.js";
import type { ScannedCode } from "./code-scan.js";
import type { ContractSession } from "./contract-session.js";

const worldMessage = "budget profile is not allowed in this world";

/** Every scope that the code opens. */
export function scanBudgetScopes(
  session: ContractSession,
  { graph, nodeOf }: ScannedCode,
  profiles: BudgetProfiles,
): void {
  for (const { path, facts } of graph.modules.values()) {
    const world = nodeOf(path)?.world;
    if (world === undefined) continue;
    for (const { id, start, end } of facts.budgets?.scopes ?? []) {
      const loc = locationIn(path, { start, end });
      const profile = id === undefined ? undefined : profiles.get(id);
      if (id === undefined) {
        const message = "budget.scope_from_arch_v1 profile_id must be bytes.lit for arch check";
        const notes = ["write the profile's id as a string literal in this call"];
        const code = "W_ARCH_CONTRACT_OPAQUE_USAGE";
        session.report({ code, severity: "warning", message, loc, notes });
      } else if (profile === undefined) {
        const message = "budget profile_id is not declared in arch/budgets index";
        const code = "E_ARCH_BUDGET_PROFILE_NOT_FOUND";
        session.report({ code, message, loc, data: { profile_id: id } });
      } else if (!allows(profile, world)) {
        const data = { profile_id: id, world };
        session.report({ code: "E_ARCH_BUDGET_WORLD_VIOLATION", message: worldMessage, loc, data });
      }
    }
  }
}

/** An empty list allows every world. */
function allows({ worlds_allowed }: BudgetProfileEntry, world: string): boolean {
  return worlds_allowed.length === 0 || worlds_allowed.includes(world);
}

/** Every function that a selector names. Asked where the manifest says `require_scopes`. */
export function scanBudgetSelectors(
  session: ContractSession,
  code: ScannedCode,
  profiles: BudgetProfiles,
): void {
  const inOrder = [...profiles.values()].sort((a, b) => byBytes(a.id, b.id));
  for (const profile of inOrder) {
    if (profile.enforce === "off") continue;
    const selectors = [...profile.selectors].sort(
      (a, b) => byBytes(a.module_prefix, b.module_prefix) || byBytes(a.fn, b.fn),
    );
    for (const selector of selectors) scanSelector(session, code, { profile, selector });
  }
}

interface Selected {
  readonly profile: BudgetProfileEntry;
  readonly selector: BudgetSelector;
}

function scanSelector(
  session: ContractSession,
  { graph, nodeOf }: ScannedCode,
  { profile, selector }: Selected,
): void {
  const { module_prefix, fn } = selector;
  const matching = [...graph.modules.values()].filter(({ id }) => id.startsWith(module_prefix));
  if (matching.length === 0) {
    session.report({
      code: "E_ARCH_BUDGET_SELECTOR_MODULE_PREFIX_NOT_FOUND",
      message: "budget selector module_prefix matched no modules",
      data: { profile_id: profile.id, module_prefix, fn },
    });
  }
  for (const module of matching) {
    const world = nodeOf(module.path)?.world;
    if (world === undefined) continue;
    if (!allows(profile, world)) {
      const loc = locationOf(module.path);
      const data = { profile_id: profile.id, world };
      session.report({ code: "E_ARCH_BUDGET_WORLD_VIOLATION", message: worldMessage, loc, data });
    }
    checkFunction(session, module, { profile, selector });
  }
}

function checkFunction(
  session: ContractSession,
  { path, facts }: SourceModule,
  { profile, selector: { fn } }: Selected,
): void {
  const data = { profile_id: profile.id, fn };
  const found = facts.budgets?.functions.find(({ name }) => name === fn);
  if (found === undefined) {
    const message = "budget selector function not found in module";
    const code = "E_ARCH_BUDGET_SELECTOR_FN_NOT_FOUND";
    session.report({ code, message, loc: locationOf(path), data });
    return;
  }
  if (found.scope === profile.id) return;
  session.report({
    code: "E_ARCH_BUDGET_SCOPE_MISSING",
    severity: profile.enforce === "warn" ? "warning" : "error",
    message: "function must be wrapped in budget.scope_from_arch_v1",
    loc: locationIn(path, found),
    data,
    notes: [`make its whole body: return scopeFromArch(${JSON.stringify(profile.id)}, () => ...)`],
  });
}
