/**
 * The contracts against the code: what each module's facts say of policies, operations and budgets.
 *
 * X07 reads its own syntax; this reads TypeScript, with the same codes and words. There,
 * `withPolicy({ policyId: "x" }, body)` is X07's `std.rr.with_policy_v1`, and the functions that open
 * a driver or a session of one are its recordable operations: a fact's `id` is the operation, or the
 * prefix of all operations of that driver. `scopeFromArch("x", body)` is X07's
 * `budget.scope_from_arch_v1`: a function is wrapped when that call is its whole body.
 */

import type { Contracts } from "../documents/manifest.js";
import type { ModuleGraph, SourceModule } from "../module-graph.js";
import type { FindingParts } from "../rules/finding.js";
import { locationIn } from "../rules/finding.js";
import type { PolicyUse } from "../source-facts.js";
import type { ContractSession } from "./contract-session.js";
import type { RrContracts } from "./rr-contracts.js";

/** The node a module is in, where it is in exactly one. */
export type NodeOf = (
  modulePath: string,
) => { readonly id: string; readonly world: string } | undefined;

export interface ScannedCode {
  readonly graph: Pick<ModuleGraph, "modules">;
  readonly nodeOf: NodeOf;
}

const osWorlds: ReadonlySet<string> = new Set(["run-os", "run-os-sandboxed"]);

/** Policies and recordable operations. Nothing where the rr index cannot be read. */
export function scanPolicies(
  session: ContractSession,
  { graph, nodeOf }: ScannedCode,
  { rr, group }: { rr: RrContracts; group: NonNullable<Contracts["rr"]> },
): void {
  for (const module of graph.modules.values()) {
    const world = nodeOf(module.path)?.world;
    if (world === undefined) continue;
    for (const use of module.facts.policies) {
      const place: PolicyPlace = { rr, group, module, world, use };
      for (const found of use.call === "with-policy" ? scopeFindings(place) : opFindings(place)) {
        session.report({ ...found, loc: locationIn(module.path, use) });
      }
    }
  }
}

interface PolicyPlace {
  readonly rr: RrContracts;
  readonly group: NonNullable<Contracts["rr"]>;
  readonly module: SourceModule;
  readonly world: string;
  readonly use: PolicyUse;
}

function scopeFindings({ rr, world, use: { id } }: PolicyPlace): readonly FindingParts[] {
  if (id === undefined) {
    const message = "std.rr.with_policy_v1 policy_id must be bytes.lit for arch check";
    const notes = ["write the policy's id as a string literal in this call"];
    return [{ code: "W_ARCH_CONTRACT_OPAQUE_USAGE", severity: "warning", message, notes }];
  }
  const policy = rr.policies.get(id);
  if (policy === undefined) {
    const message = "RR policy_id is not declared in arch/rr index";
    return [{ code: "E_ARCH_RR_POLICY_NOT_FOUND", message, data: { policy_id: id } }];
  }
  if (policy.entry.worlds_allowed.includes(world)) return [];
  const message = "RR policy is not allowed in this world";
  return [{ code: "E_ARCH_RR_WORLD_VIOLATION", message, data: { policy_id: id, world } }];
}

function opFindings({ rr, group, world, use }: PolicyPlace): readonly FindingParts[] {
  const [op] = operationsOf(use.id, rr.operations);
  if (op === undefined) return [];
  const { within } = use;
  if (within === undefined) {
    if (!group.require_policy_for_os_calls || !osWorlds.has(world)) return [];
    const message = "recordable op requires std.rr.with_policy_v1 in OS worlds";
    return [{ code: "E_ARCH_RR_POLICY_REQUIRED", message, data: { op, world } }];
  }
  const allowed = rr.policies.get(within)?.entry.ops_allowed;
  if (allowed === undefined) return [];
  const refused = operationsOf(use.id, rr.operations).filter((each) => !allowed.includes(each));
  return refused.slice(0, 1).map((first) => ({
    code: "E_ARCH_RR_OP_NOT_ALLOWED",
    message: "recordable op is not allowed by this RR policy",
    data: { policy_id: within, op: first },
    notes: [`add to ops_allowed of ${within}, or use another policy: ${refused.join(", ")}`],
  }));
}

/** The operations that a call may make, of those that can be recorded at all. */
function operationsOf(id: string | undefined, recordable: readonly string[]): readonly string[] {
  if (id === undefined) return [];
  const prefix = id.endsWith(".") ? id : `${id}.`;
  return recordable.filter((op) => op === id || op.startsWith(prefix));
}
