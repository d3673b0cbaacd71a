/**
 * `arch/reprise.arch.json`: what TypeScript needs to be said, and X07's manifest has no place for.
 * X07 refuses a manifest with a member that it does not know, so whatever is ours stands here and the
 * manifest stays valid for both tools. Members are those of the document, each with its default; a
 * repository without the file has all defaults.
 */
import type { ContractGroup } from "./manifest.js";

export const overlayVersion = "reprise.arch.overlay@0.1.0";
export const overlayPath = "arch/reprise.arch.json";

/**
 * What an import counts for that is gone when types are stripped. `separate`: it is checked like the
 * others, but what rests on it alone is a warning.
 */
export type TypeOnlyImports = "counted" | "separate" | "ignored";

export interface Overlay {
  /** Globs of the files that are modules; undefined: what the lock says, else every source file. */
  readonly include: readonly string[] | undefined;
  /** Globs of files and folders that are left out, besides those of the lock, or else the usual ones. */
  readonly exclude: readonly string[] | undefined;
  /** One tsconfig for all files; undefined: each file by the nearest one above it. */
  readonly tsconfig: string | undefined;
  readonly type_only_imports: TypeOnlyImports;
  /** The same, of cycles between modules, which types alone do no harm in; undefined: no difference. */
  readonly type_only_cycles: TypeOnlyImports | undefined;
  /** Folders of a package that are left out of its modules' ids. */
  readonly source_roots: readonly string[];
  /** Packages known to reach nothing, in this repository; the rest of the table is in worlds. */
  readonly pure_externals: readonly string[];
  /** Known violations, as `--baseline` takes them. */
  readonly baseline_path: string;
  /** The contract group that X07 does not have. */
  readonly msg_redis: ContractGroup | undefined;
  /** Files `x07.run-os-policy@0.1.0`; one of them must allow each endpoint that is used in a sandbox. */
  readonly sandbox_policies: readonly string[];
  /** Files below `arch/`, or folders with a final `/`, that are used though no contract names them. */
  readonly also_referenced: readonly string[];
}

export const defaultOverlay: Overlay = {
  include: undefined,
  exclude: undefined,
  tsconfig: undefined,
  type_only_imports: "counted",
  type_only_cycles: undefined,
  source_roots: ["src"],
  pure_externals: [],
  baseline_path: "arch/baseline.json",
  msg_redis: undefined,
  sandbox_policies: [],
  also_referenced: [],
};
