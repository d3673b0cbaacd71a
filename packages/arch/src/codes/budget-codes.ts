/** Codes of budgets. */
import type { CodeRow } from "./code-row.js";

export type BudgetCode =
  | "E_ARCH_BUDGETS_DIR_MISSING"
  | "E_ARCH_BUDGETS_GEN_DIR_MISSING"
  | "E_ARCH_BUDGETS_INDEX_READ"
  | "E_ARCH_BUDGETS_INDEX_JSON_PARSE"
  | "E_ARCH_BUDGETS_INDEX_SCHEMA_VERSION"
  | "E_ARCH_BUDGETS_INDEX_SCHEMA_INVALID"
  | "E_ARCH_BUDGET_PROFILE_READ"
  | "E_ARCH_BUDGET_PROFILE_JSON_PARSE"
  | "E_ARCH_BUDGET_PROFILE_SCHEMA_VERSION"
  | "E_ARCH_BUDGET_PROFILE_SCHEMA_INVALID"
  | "E_ARCH_BUDGET_SELECTOR_MODULE_PREFIX_NOT_FOUND"
  | "E_ARCH_BUDGET_SELECTOR_FN_NOT_FOUND"
  | "E_ARCH_BUDGET_SCOPE_MISSING"
  | "E_ARCH_BUDGET_WORLD_VIOLATION"
  | "E_ARCH_BUDGET_PROFILE_NOT_FOUND";

export const budgetCodes: Readonly<Record<BudgetCode, CodeRow>> = {
  E_ARCH_BUDGETS_DIR_MISSING: {
    says: "The manifest has a group budgets, and there is no folder arch/budgets.",
    next: "add arch/budgets with its index, or take the group out of contracts_v1",
    example: '"budgets": { "index_path": ... }   and no folder arch/budgets',
  },
  E_ARCH_BUDGETS_GEN_DIR_MISSING: {
    says: "The folder that contracts_v1.budgets.gen_dir names is not there.",
    next: "make the folder (an empty file .gitkeep keeps it), or correct gen_dir",
    example: '"gen_dir": "arch/gen/budgets"   and no such folder',
  },
  E_ARCH_BUDGETS_INDEX_READ: {
    says: "The index of budgets that the contracts name is missing, or cannot be read.",
    next: "add the file, or correct contracts_v1.budgets.index_path",
    example: '"arch/budgets/index.x07budgets.json" is named, and there is no such file.',
  },
  E_ARCH_BUDGETS_INDEX_JSON_PARSE: {
    says: "The index of budgets is not JSON, or has a key twice, or a byte order mark.",
    next: "mend the file at the place that is shown",
    example: '{ "id": "a", "id": "b" }',
  },
  E_ARCH_BUDGETS_INDEX_SCHEMA_VERSION: {
    says: "The index of budgets is of another version than this tool reads.",
    next: "write the version that the schema in packages/arch/schemas has, or use the tool that knows this one",
    example:
      '"schema_version": "x07.arch.budgets.index@9.0.0", and this tool reads x07.arch.budgets.index@0.1.0.',
  },
  E_ARCH_BUDGETS_INDEX_SCHEMA_INVALID: {
    says: "The index of budgets does not fit its schema.",
    next: "compare it with the schema x07.arch.budgets.index@0.1.0; an editor completes from it",
    example: '{ "schema_version": "x07.arch.budgets.index@0.1.0", "unknown": 1 }',
  },
  E_ARCH_BUDGET_PROFILE_READ: {
    says: "The budget profile that the contracts name is missing, or cannot be read.",
    next: "add the file, or correct profile_path in the index",
    example: '"arch/budgets/profiles/a.budget.json" is named, and there is no such file.',
  },
  E_ARCH_BUDGET_PROFILE_JSON_PARSE: {
    says: "The budget profile is not JSON, or has a key twice, or a byte order mark.",
    next: "mend the file at the place that is shown",
    example: '{ "id": "a", "id": "b" }',
  },
  E_ARCH_BUDGET_PROFILE_SCHEMA_VERSION: {
    says: "The budget profile is of another version than this tool reads.",
    next: "write the version that the schema in packages/arch/schemas has, or use the tool that knows this one",
    example:
      '"schema_version": "x07.budget.profile@9.0.0", and this tool reads x07.budget.profile@0.1.0.',
  },
  E_ARCH_BUDGET_PROFILE_SCHEMA_INVALID: {
    says: "The budget profile does not fit its schema.",
    next: "compare it with the schema x07.budget.profile@0.1.0; an editor completes from it",
    example: '{ "schema_version": "x07.budget.profile@0.1.0", "unknown": 1 }',
  },
  E_ARCH_BUDGET_SELECTOR_MODULE_PREFIX_NOT_FOUND: {
    says: "A selector names modules that there are not.",
    next: "correct module_prefix, or remove the selector",
    example: '"module_prefix": "@acme/orderz/"',
  },
  E_ARCH_BUDGET_SELECTOR_FN_NOT_FOUND: {
    says: "A selector names a function that a module it selects does not have at its top level.",
    next: "correct fn, narrow module_prefix, or remove the selector",
    example: '"fn": "priceOff", and the module has priceOf',
  },
  E_ARCH_BUDGET_SCOPE_MISSING: {
    says: "A function that a selector names does not do all its work in the scope of its budget.",
    next: 'make the scope the whole body: return scopeFromArch("profile", () => ...)',
    example: `export function priceOf(order: Order) {
  return order.total;              // no scope
}
"enforce": "warn" makes it a warning.`,
  },
  E_ARCH_BUDGET_WORLD_VIOLATION: {
    says: "A budget is used in a world that it does not allow.",
    next: "add the world to worlds_allowed, or use another budget",
    example: 'scopeFromArch("lab_driver_v1", body) in a node of world solve-pure',
  },
  E_ARCH_BUDGET_PROFILE_NOT_FOUND: {
    says: "Code opens the scope of a budget that is not in the index.",
    next: "add the profile to the index, or correct the id",
    example: 'scopeFromArch("lab_drvier_v1", body)',
  },
};
