/**
 * What a check hands back: X07's report, with the text of its files at hand for those forms that show
 * it. Every form is a pure function from this to text.
 */
import type { Diagnostic, SuggestedPatch } from "../diagnostic.js";

export const reportVersion = "x07.arch.report@0.1.0";

export interface ReportStats {
  readonly modules: number;
  readonly nodes: number;
  /** Between modules that are each in exactly one node; one for each pair. */
  readonly module_edges: number;
  /** Between nodes, those inside a node among them. */
  readonly node_edges: number;
}

export interface Report {
  readonly manifest: { readonly path: string; readonly jcs_sha256_hex: string | undefined };
  readonly stats: ReportStats;
  /** In order. */
  readonly diagnostics: readonly Diagnostic[];
  /** In order of path; one for each path. */
  readonly patches: readonly SuggestedPatch[];
}

export const noStats: ReportStats = { modules: 0, nodes: 0, module_edges: 0, node_edges: 0 };

export interface Tally {
  readonly errors: number;
  readonly warnings: number;
}

export function tallyOf(diagnostics: readonly Diagnostic[]): Tally {
  const count = (severity: Diagnostic["severity"]): number =>
    diagnostics.filter((each) => each.severity === severity).length;
  return { errors: count("error"), warnings: count("warning") };
}

/** `1 node`, `2 nodes`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
