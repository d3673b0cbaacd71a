/** How far a check goes: the manifest's budgets, and what the command line says instead. */
import type { Diagnostic } from "./diagnostic.js";
import type { Manifest } from "./documents/manifest.js";
import { finding } from "./rules/finding.js";

export interface ToolLimits {
  readonly modulesMax: number;
  readonly edgesMax: number;
  readonly diagnosticsMax: number;
  /** undefined: the manifest has no such budget, and the reader's own limit holds. */
  readonly bytesMax: number | undefined;
}

export function toolLimits(
  { tool_budgets: budgets }: Manifest,
  given: Partial<ToolLimits>,
): ToolLimits {
  return {
    modulesMax: given.modulesMax ?? budgets.max_modules,
    edgesMax: given.edgesMax ?? budgets.max_edges,
    diagnosticsMax: given.diagnosticsMax ?? budgets.max_diags,
    bytesMax: given.bytesMax,
  };
}

export interface ExceededBudget {
  readonly budget: "max_modules" | "max_edges" | "max_diags" | "max_bytes_in";
  readonly limit: number;
  readonly actual: number;
}

const messages: Readonly<Record<ExceededBudget["budget"], string>> = {
  max_modules: "too many modules",
  max_edges: "too many module edges",
  max_diags: "too many diagnostics",
  max_bytes_in: "max_bytes_in exceeded during module scan",
};

export function budgetFinding({ budget, limit, actual }: ExceededBudget): Diagnostic {
  const option = `--${budget.replaceAll("_", "-")}`;
  const remedy =
    budget === "max_bytes_in"
      ? `give a larger ${option}, or leave files out of the scan`
      : `raise tool_budgets.${budget} of the manifest, or give ${option}`;
  // The scan stops at the first that is too many.
  const isPartOfAll = budget === "max_modules" || budget === "max_bytes_in";
  const counted = isPartOfAll ? `at least ${actual}` : String(actual);
  return finding({
    code: "E_ARCH_TOOL_BUDGET_EXCEEDED",
    message: messages[budget],
    data: {
      budget: budget === "max_bytes_in" ? budget : `tool_budgets.${budget}`,
      limit,
      actual,
    },
    notes: [`${remedy}; it is ${limit}, and there are ${counted}`],
  });
}
