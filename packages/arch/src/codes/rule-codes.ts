/** Codes of nodes, worlds, rules, exceptions and the baseline. */
import type { CodeRow } from "./code-row.js";

export type RuleCode = NodeCode | EdgeCode | WorldCode | PackageCode | ToleranceCode;

type NodeCode =
  | "E_ARCH_NODE_ORPHAN_MODULE"
  | "E_ARCH_NODE_OVERLAP_MODULE"
  | "E_ARCH_SMOKE_MISSING"
  | "E_ARCH_PUBLIC_BYTES_UNBRANDED";

const nodeCodes: Readonly<Record<NodeCode, CodeRow>> = {
  E_ARCH_NODE_ORPHAN_MODULE: {
    says: "No node of the manifest matches the module, so no rule would apply to it.",
    next: "add it to match of a node of the manifest (--write adds a node for it), or exclude it in module_scan of the lock",
    example: `packages/new/src/index.ts is there, and no node has "packages/new/src/**" in
match.path_globs or "@acme/new" in match.module_prefixes.`,
  },
  E_ARCH_NODE_OVERLAP_MODULE: {
    says: "Two or more nodes match the module, so nobody can say which rules apply to it.",
    next: "narrow match of the nodes, so that one is left",
    example: `"path_globs": ["packages/orders/src/**"]        of orders
"path_globs": ["packages/*/src/os/**"]          of orders_os
Both match packages/orders/src/os/main.ts. The first should be
"packages/orders/src/!(os)/**", or the like.`,
  },
  E_ARCH_SMOKE_MISSING: {
    says: "A node has contracts.smoke_entry, and none of its modules exports that name.",
    next: "export it, or correct contracts.smoke_entry",
    example: `"contracts": { "smoke_entry": "priceOf" }, and no module of the node has
export function priceOf`,
  },
  E_ARCH_PUBLIC_BYTES_UNBRANDED: {
    says: "An exported function of a public node takes or gives bytes, and its type does not say of what.",
    next: "give the type a brand, or set checks.brand_boundary_v1 to { enabled: false }",
    example: `export function decode(bytes: Uint8Array): Order
instead:
export type OrderBytes = Uint8Array & { readonly __brand: "order_v1" };
export function decode(bytes: OrderBytes): Order`,
  },
};

type EdgeCode =
  | "E_ARCH_EXTERNAL_IMPORT_NOT_ALLOWED"
  | "E_ARCH_IMPORT_PREFIX_DENIED"
  | "E_ARCH_IMPORT_PREFIX_NOT_ALLOWED"
  | "E_ARCH_VISIBILITY"
  | "E_ARCH_DEPS_DENY"
  | "E_ARCH_LAYERS_VIOLATION"
  | "E_ARCH_CYCLE"
  | "E_ARCH_EDGE_NOT_ALLOWED"
  | "E_ARCH_TRUST_ZONE_EDGE";

const edgeCodes: Readonly<Record<EdgeCode, CodeRow>> = {
  E_ARCH_EXTERNAL_IMPORT_NOT_ALLOWED: {
    says: "A module imports from outside the workspace what the manifest's externals do not list.",
    next: "do without it, or add it to externals.allowed_exact of the manifest (--write does, but for what a world refuses)",
    example: `import lodash from "lodash";
and externals has neither "lodash" in allowed_exact, nor a prefix of it in
allowed_import_prefixes. A prefix is compared letter by letter: "lodash/" allows
"lodash/get". With allowlist_mode and default_allow_external false, only allowed_exact
counts.`,
  },
  E_ARCH_IMPORT_PREFIX_DENIED: {
    says: "A module imports what imports.deny_prefixes of its node has a prefix of.",
    next: "do without it, or take the prefix out of imports.deny_prefixes",
    example: `"imports": { "deny_prefixes": ["node:"], "allow_prefixes": [] }
import { readFile } from "node:fs/promises";`,
  },
  E_ARCH_IMPORT_PREFIX_NOT_ALLOWED: {
    says: "imports.allow_prefixes of a node is not empty and has no prefix of what a module of it imports.",
    next: "do without it, or add a prefix of it to imports.allow_prefixes",
    example: `"imports": { "deny_prefixes": [], "allow_prefixes": ["@acme/"] }
import valibot from "valibot";`,
  },
  E_ARCH_VISIBILITY: {
    says: "A module imports from a node that is restricted, and its own is not in visible_to.",
    next: "import a node that it may see, or add its node to visibility.visible_to",
    example: `billing has "visibility": { "mode": "restricted", "visible_to": ["checkout"] },
and a module of the node search imports a module of billing.`,
  },
  E_ARCH_DEPS_DENY: {
    says: "A deps_v1 rule with mode deny names the edge that an import makes.",
    next: "take the import away",
    example: `{ "kind": "deps_v1", "id": "ui_no_db", "from": "ui", "to": ["db"], "mode": "deny" }
and a module of ui imports one of db.`,
  },
  E_ARCH_LAYERS_VIOLATION: {
    says: "A module imports from a layer above its own. The first layer that a layers_v1 rule lists is the lowest.",
    next: "move what is needed down, or hand it in as an argument",
    example: `{ "kind": "layers_v1", "id": "stack", "layers": ["domain", "app", "ui"], "direction": "down" }
and a module of domain imports one of ui.`,
  },
  E_ARCH_CYCLE: {
    says: "Nodes, or modules, import each other in a circle, and a deny_cycles_v1 rule forbids it.",
    next: "take away one import of the cycle: move what both need into a third, or hand it in as an argument",
    example: `orders/src/order.ts   imports customers/src/customer.ts
customers/src/last.ts imports orders/src/order.ts
There is one diagnostic for all that is tangled up; its notes show the shortest cycle.`,
  },
  E_ARCH_EDGE_NOT_ALLOWED: {
    says: "allowlist_mode is on, and no deps_v1 rule with mode allow and no layers_v1 rule lists the edge.",
    next: "take the import away, or add a deps_v1 rule that allows the edge (--write does, but for what a world or a zone refuses)",
    example: `{ "kind": "deps_v1", "id": "orders", "from": "orders", "to": ["orders", "money"], "mode": "allow" }
and a module of orders imports one of customers. Edges inside a node are listed too.`,
  },
  E_ARCH_TRUST_ZONE_EDGE: {
    says: "A node of the zone verified_core depends on one that is neither verified_core nor certified_capsule.",
    next: "move what is needed into a trusted node, or hand it in as an argument",
    example: `ledger is verified_core, and imports a module of reports, which is untrusted.`,
  },
};

type WorldCode = "E_ARCH_WORLD_EDGE_FORBIDDEN" | "E_ARCH_WORLD_CAPABILITY";

const worldCodes: Readonly<Record<WorldCode, CodeRow>> = {
  E_ARCH_WORLD_EDGE_FORBIDDEN: {
    says: "A module of a solve world imports one of a run-os world.",
    next: "hand what it does in as an argument, or move the code that needs it under src/os",
    example: `price.ts of the node pricing (solve-pure):
import { readRates } from "./os/rates.js";
instead:
export function price(order: Order, rates: Rates): Money`,
  },
  E_ARCH_WORLD_CAPABILITY: {
    says: "A module of a solve world imports from outside the workspace what reaches the system, or what nobody has said reaches nothing; or its package.json declares it.",
    next: "hand it in as an argument, move the code under src/os, or, if it reaches nothing, add it to pure_externals of arch/reprise.arch.json",
    example: `import { Kafka } from "kafkajs";        reaches the network
import type { Kafka } from "kafkajs";   so does this, unless type_only_imports is "ignored"
import { orders } from "./legacy.js";   so does this, if legacy.ts is in no solve node and
                                        imports kafkajs: the notes show the whole chain`,
  },
};

type PackageCode = "E_ARCH_DEPENDENCY_UNDECLARED" | "E_ARCH_DEPENDENCY_UNUSED";

const packageCodes: Readonly<Record<PackageCode, CodeRow>> = {
  E_ARCH_DEPENDENCY_UNDECLARED: {
    says: "A module imports a package that its package.json does not declare, or reaches into another package by path.",
    next: "declare it in package.json; what is shipped needs it in dependencies, tests and tools in devDependencies",
    example: `import { parse } from "yaml";                      and no "yaml" in package.json
import { money } from "../../money/src/money.js";   instead: import it as "@acme/money"`,
  },
  E_ARCH_DEPENDENCY_UNUSED: {
    says: "package.json declares a dependency that no module of the package imports.",
    next: "take it out of package.json",
    example: `"dependencies": { "left-pad": "^1.3.0" }, and no module imports left-pad.
devDependencies and peerDependencies are not looked at: a script or the host may need them.`,
  },
};

type ToleranceCode =
  | "E_ARCH_EXCEPTION_REASON"
  | "E_ARCH_EXCEPTION_UNUSED"
  | "E_ARCH_BASELINE_INVALID"
  | "E_ARCH_BASELINE_STALE"
  | "E_ARCH_TOOL_BUDGET_EXCEEDED";

const toleranceCodes: Readonly<Record<ToleranceCode, CodeRow>> = {
  E_ARCH_EXCEPTION_REASON: {
    says: "A comment allows a violation and does not say why.",
    next: "write the reason behind the code",
    example: `// arch-allow E_ARCH_AMBIENT
instead:
// arch-allow E_ARCH_AMBIENT: only for the log, never in a result`,
  },
  E_ARCH_EXCEPTION_UNUSED: {
    says: "A comment allows a violation that is not there.",
    next: "take the comment out, or correct its code",
    example: `// arch-allow E_ARCH_CYCLE: will be mended with the next release
import { money } from "./money.js";     and there is no cycle here any more`,
  },
  E_ARCH_BASELINE_INVALID: {
    says: "The baseline is missing, or is no baseline.",
    next: "restore the file, or write a new one: reprise-arch check --write-baseline",
    example: `--baseline arch/known.json, and the file is not there, is not JSON, or has another
schema_version than reprise.arch.baseline@0.1.0.`,
  },
  E_ARCH_BASELINE_STALE: {
    says: "The baseline knows a violation that is not there any more.",
    next: "take it out: reprise-arch check --prune",
    example: `Somebody has mended packages/orders/src/price.ts. The baseline only shrinks, so that the
violation cannot come back unseen.`,
  },
  E_ARCH_TOOL_BUDGET_EXCEEDED: {
    says: "The repository is larger, or worse, than tool_budgets of the manifest or --max-* let the check go on for.",
    next: "raise the budget, or leave files out of the scan",
    example: `"tool_budgets": { "max_modules": 1000, "max_edges": 10000, "max_diags": 500 }
and there are 1,200 modules. The exit status is 4.`,
  },
};

export const ruleCodes: Readonly<Record<RuleCode, CodeRow>> = {
  ...nodeCodes,
  ...edgeCodes,
  ...worldCodes,
  ...packageCodes,
  ...toleranceCodes,
};
