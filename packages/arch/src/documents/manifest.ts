/**
 * The manifest, `arch/manifest.x07arch.json`, as it is once its schema has been checked: X07's
 * member names, so that what is read is what is written.
 */
import type { World } from "@reprise/worlds";

export const manifestVersion = "x07.arch.manifest@0.3.0";

export type TrustZone = "verified_core" | "certified_capsule" | "test_only" | "untrusted";
export type Enforce = "error" | "warn" | "off";

export interface ManifestNode {
  readonly id: string;
  readonly match: {
    readonly module_prefixes: readonly string[];
    readonly path_globs: readonly string[];
  };
  readonly world: World;
  readonly trust_zone: TrustZone;
  readonly visibility: {
    readonly mode: "public" | "restricted";
    readonly visible_to: readonly string[];
  };
  readonly imports: {
    readonly deny_prefixes: readonly string[];
    readonly allow_prefixes: readonly string[];
  };
  readonly contracts?: { readonly smoke_entry?: string };
}

export interface DepsRule {
  readonly kind: "deps_v1";
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly mode: "deny" | "allow";
}

/** The first listed layer is the lowest. */
export interface LayersRule {
  readonly kind: "layers_v1";
  readonly id: string;
  readonly layers: readonly string[];
  readonly direction: "down";
}

export interface DenyCyclesRule {
  readonly kind: "deny_cycles_v1";
  readonly id: string;
  readonly scope: "nodes" | "modules";
}

export type ManifestRule = DepsRule | LayersRule | DenyCyclesRule;

export interface ManifestChecks {
  readonly deny_cycles: boolean;
  readonly deny_orphans: boolean;
  readonly enforce_visibility: boolean;
  readonly enforce_world_caps: boolean;
  readonly allowlist_mode?: {
    readonly enabled: boolean;
    readonly default_allow_external: boolean;
    readonly default_allow_internal: boolean;
  };
  readonly brand_boundary_v1?: { readonly enabled: boolean };
  readonly world_of_imported_v1?: { readonly enabled: boolean };
}

export interface ToolBudgets {
  readonly max_modules: number;
  readonly max_edges: number;
  readonly max_diags: number;
  readonly contracts_budgets?: {
    readonly max_contract_files: number;
    readonly max_contract_bytes: number;
  };
}

export interface Manifest {
  readonly schema_version: string;
  readonly repo: { readonly id: string; readonly root: string };
  readonly externals: {
    readonly allowed_import_prefixes: readonly string[];
    readonly allowed_exact: readonly string[];
  };
  readonly nodes: readonly ManifestNode[];
  readonly rules: readonly ManifestRule[];
  readonly checks: ManifestChecks;
  readonly tool_budgets: ToolBudgets;
  readonly contracts_v1?: Contracts;
}

/** A group of contracts that is an index and what the index names. `enforce` is "error" where absent. */
export interface ContractGroup {
  readonly index_path: string;
  readonly enforce: Enforce;
}

/** The groups that this checker reads, and those of X07 that it only knows by name. */
export const checkedGroups = ["msg", "msg_kafka", "msg_amqp", "cli", "obs"] as const;
export const skippedGroups = [
  "archive",
  "boundaries",
  "crawl",
  "crypto",
  "db",
  "net",
  "sm",
  "stream_plugins",
  "tasks",
  "web",
] as const;

export type CheckedGroup = (typeof checkedGroups)[number];
export type SkippedGroup = (typeof skippedGroups)[number];

export type Contracts = {
  readonly canonical_json: { readonly mode: "jcs_rfc8785_v1" };
  readonly rr?: {
    readonly index_path: string;
    readonly gen_dir: string;
    readonly require_policy_for_os_calls: boolean;
  };
  readonly budgets?: {
    readonly index_path: string;
    readonly gen_dir: string;
    readonly require_scopes: boolean;
  };
} & { readonly [Group in CheckedGroup]?: ContractGroup } & {
  readonly [Group in SkippedGroup]?: { readonly index_path: string };
};
