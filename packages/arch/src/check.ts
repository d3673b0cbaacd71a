/**
 * The check, from beginning to end, without a file being touched: `prepareCheck` reads manifest,
 * overlay, lock and baseline through ports and says which files are modules; whoever has read the
 * graph of those hands it to `finishCheck`, which runs every rule and gives a report, an exit status,
 * and the files that should be written.
 *
 * | status | |
 * |---|---|
 * | 0 | no error; there may be warnings |
 * | 2 | an error |
 * | 3 | the manifest, a lock, the overlay or the baseline cannot be used: nothing was checked |
 * | 4 | a budget is exceeded |
 *
 * It is never the number of errors: 256 of them would be a success.
 */
import { type CheckedContracts, checkContracts } from "./contracts/check-contracts.js";
import type { Diagnostic, SuggestedPatch } from "./diagnostic.js";
import { locationAt } from "./documents/document-findings.js";
import { lockTexts } from "./documents/lock-texts.js";
import type { Contracts, ManifestNode } from "./documents/manifest.js";
import {
  manifestLockFindings,
  type ReadManifestLock,
  readManifestLock,
  type ScanGlobs,
  scanGlobs,
} from "./documents/manifest-lock.js";
import {
  type DocumentSource,
  manifestPath,
  readManifest,
  type UsableManifest,
} from "./documents/read-manifest.js";
import type { FactDepth } from "./facts/extract-facts.js";
import { completed } from "./finished-diagnostics.js";
import { type KnownBaseline, readKnown } from "./known-baseline.js";
import { manifestPatches } from "./manifest-patches.js";
import type { ModuleGraph } from "./module-graph.js";
import { inOrder } from "./report/diagnostic-order.js";
import { noStats, type Report, type ReportStats, tallyOf } from "./report/report.js";
import { applyBaseline, baselineText, knownFrom } from "./rules/baseline.js";
import { applyExceptions } from "./rules/inline-exceptions.js";
import { createNodeFinder, type ModuleName } from "./rules/node-assignment.js";
import { createRuleInput, type RuleInput } from "./rules/rule-input.js";
import { checkRules } from "./rules.js";
import { budgetFinding, type ToolLimits, toolLimits } from "./tool-limits.js";

export interface CheckSettings {
  readonly manifestPath?: string | undefined;
  readonly lockPath?: string | undefined;
  readonly writeLock?: boolean | undefined;
  /** undefined: that of the overlay, if it is there. */
  readonly baselinePath?: string | undefined;
  readonly writeBaseline?: boolean | undefined;
  readonly prune?: boolean | undefined;
  readonly limits?: Partial<ToolLimits> | undefined;
}

export type CheckStatus = 0 | 2 | 3 | 4;

/** A file to be written, relative to the repository. */
export interface WrittenFile {
  readonly path: string;
  readonly text: string;
}

export interface FinishedCheck {
  readonly kind: "finished";
  readonly report: Report;
  readonly status: CheckStatus;
  /** What was asked to be written: locks, a baseline. */
  readonly writes: readonly WrittenFile[];
  /** What the rules saw; undefined where they were not run. */
  readonly input: RuleInput | undefined;
}

export interface PreparedCheck {
  readonly kind: "prepared";
  readonly source: DocumentSource;
  readonly settings: CheckSettings;
  readonly manifest: UsableManifest;
  readonly lock: ReadManifestLock;
  readonly scan: ScanGlobs;
  readonly limits: ToolLimits;
  readonly baseline: KnownBaseline;
  /** Which of the facts that cost most must be read of a module. */
  depthOf(module: ModuleName): FactDepth;
}

export function prepareCheck(
  source: DocumentSource,
  settings: CheckSettings,
): PreparedCheck | FinishedCheck {
  const path = settings.manifestPath ?? manifestPath;
  const manifest = readManifest(source, path);
  if (manifest.kind === "unusable") return unusable(path, manifest.diagnostics, manifest.hash);
  const lock = readManifestLock(source, {
    path: settings.lockPath,
    writing: settings.writeLock ?? false,
  });
  if (lock.kind === "unusable") return unusable(path, lock.diagnostics, manifest.hash);
  const baseline = readKnown(source.files, manifest.overlay.baseline_path, settings);
  if (baseline.kind === "unusable") return unusable(path, baseline.diagnostics, manifest.hash);
  return {
    kind: "prepared",
    source,
    settings,
    manifest,
    lock,
    baseline,
    limits: toolLimits(manifest.manifest, settings.limits ?? {}),
    scan: scanGlobs(manifest.overlay, lock),
    depthOf: createDepth(manifest),
  };
}

function unusable(
  path: string,
  diagnostics: readonly Diagnostic[],
  hash: string | undefined,
): FinishedCheck {
  const report = {
    manifest: { path, jcs_sha256_hex: hash },
    stats: noStats,
    diagnostics: inOrder(completed(diagnostics)),
    patches: [],
  };
  return { kind: "finished", report, status: 3, writes: [], input: undefined };
}

/** Ambient uses matter in solve nodes, bytes in public ones, policies wherever there are contracts. */
function createDepth({ manifest }: UsableManifest): (module: ModuleName) => FactDepth {
  const { checks, contracts_v1: contracts } = manifest;
  const brands = checks.brand_boundary_v1?.enabled !== false;
  const budgets = contracts?.budgets === undefined ? false : scopesOrMore(contracts.budgets);
  const nodesOf = createNodeFinder(manifest);
  return (module) => {
    const nodes = nodesOf(module);
    return {
      ambient: nodes.some(({ world }) => world.startsWith("solve-")),
      policies: contracts?.rr !== undefined && nodes.length > 0,
      budgets: nodes.length > 0 && budgets,
      unbranded: brands && nodes.some(({ visibility }) => visibility.mode === "public"),
    };
  };
}

/** Without selectors to be looked at, a file that opens no scope has nothing to say of budgets. */
function scopesOrMore({
  require_scopes,
}: NonNullable<Contracts["budgets"]>): "scopes" | "functions" {
  return require_scopes ? "functions" : "scopes";
}

export function finishCheck(prepared: PreparedCheck, graph: ModuleGraph): FinishedCheck {
  const { manifest, limits } = prepared;
  if (graph.exceeded !== undefined) return stopped(prepared, budgetFinding(graph.exceeded));
  const input = createRuleInput({
    graph,
    manifest: manifest.manifest,
    overlay: manifest.overlay,
    placeInManifest: (pointer) => locationAt(manifest.document, pointer),
  });
  const stats = statsOf(input);
  if (stats.module_edges > limits.edgesMax) {
    const exceeded = {
      budget: "max_edges",
      limit: limits.edgesMax,
      actual: stats.module_edges,
    } as const;
    return stopped(prepared, budgetFinding(exceeded));
  }
  const contracts = checkContracts({
    ...prepared.source,
    manifest,
    code: { graph, nodeOf: (path) => shippedNode(input, path) },
    writing: prepared.settings.writeLock ?? false,
    lockPath: prepared.settings.lockPath,
  });
  const found = applyExceptions([...checkRules(input), ...contracts.diagnostics], graph);
  const tolerated = tolerate(prepared, [...found, ...lockFindings(prepared)]);
  const { diagnostics, overflowed } = withinLimit(
    inOrder(completed(tolerated.diagnostics)),
    limits.diagnosticsMax,
  );
  const patches = mergePatches([
    ...manifestPatches(input, diagnostics, manifest.document.path),
    ...contracts.patches,
  ]);
  const { errors } = tallyOf(diagnostics);
  return {
    kind: "finished",
    report: { manifest: reportManifest(prepared), stats, diagnostics, patches },
    status: overflowed || isOverBudget(diagnostics) ? 4 : errors > 0 ? 2 : 0,
    writes: [...tolerated.writes, ...lockWrites(prepared, contracts)],
    input,
  };
}

/** Too many contracts do not stop the run, and still end it with the status of a budget. */
function isOverBudget(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some(({ code }) => code === "E_ARCH_TOOL_BUDGET_EXCEEDED");
}

/** What tests do with policies and budgets is their business: they test them. */
function shippedNode({ nodes }: RuleInput, path: string): ManifestNode | undefined {
  const node = nodes.nodeOf.get(path);
  return node?.trust_zone === "test_only" ? undefined : node;
}

function reportManifest({ manifest }: PreparedCheck): Report["manifest"] {
  return { path: manifest.document.path, jcs_sha256_hex: manifest.hash };
}

/** A budget that stops the run: the report has it alone, and whatever the documents said. */
function stopped(prepared: PreparedCheck, found: Diagnostic): FinishedCheck {
  const { manifest } = prepared;
  const report = {
    manifest: reportManifest(prepared),
    stats: { ...noStats, nodes: manifest.manifest.nodes.length },
    diagnostics: inOrder(completed([found, ...lockFindings(prepared)])),
    patches: [],
  };
  return { kind: "finished", report, status: 4, writes: [], input: undefined };
}

function lockFindings({ manifest, lock, settings }: PreparedCheck): readonly Diagnostic[] {
  const mismatches = settings.writeLock === true ? [] : manifestLockFindings(manifest, lock);
  return [...manifest.diagnostics, ...mismatches];
}

function statsOf({ graph, manifest, edges }: RuleInput): ReportStats {
  const nodeEdges = new Set(edges.map(({ fromNode, toNode }) => `${fromNode.id} ${toNode.id}`));
  return {
    modules: graph.modules.size,
    nodes: manifest.nodes.length,
    module_edges: edges.length,
    node_edges: nodeEdges.size,
  };
}

function tolerate(
  { baseline, settings }: PreparedCheck,
  found: readonly Diagnostic[],
): { readonly diagnostics: readonly Diagnostic[]; readonly writes: readonly WrittenFile[] } {
  const { path, known } = baseline;
  if (settings.writeBaseline === true) {
    const first = knownFrom(found);
    return {
      diagnostics: applyBaseline(found, first, path).diagnostics,
      writes: [{ path, text: baselineText(first) }],
    };
  }
  if (known === undefined) return { diagnostics: found, writes: [] };
  const { diagnostics, pruned } = applyBaseline(found, known, path);
  if (settings.prune !== true) return { diagnostics, writes: [] };
  return {
    diagnostics: diagnostics.filter(({ code }) => code !== "E_ARCH_BASELINE_STALE"),
    writes: [{ path, text: baselineText(pruned) }],
  };
}

function withinLimit(
  diagnostics: readonly Diagnostic[],
  limit: number,
): { readonly diagnostics: readonly Diagnostic[]; readonly overflowed: boolean } {
  if (diagnostics.length <= limit) return { diagnostics, overflowed: false };
  const found = budgetFinding({ budget: "max_diags", limit, actual: diagnostics.length });
  const kept = diagnostics.slice(0, Math.max(0, limit - 1));
  return { diagnostics: inOrder(completed([...kept, found])), overflowed: true };
}

/** One entry for each path, in order of path. */
function mergePatches(patches: readonly SuggestedPatch[]): readonly SuggestedPatch[] {
  const byPath = new Map<string, SuggestedPatch>();
  for (const each of patches) {
    const before = byPath.get(each.path);
    byPath.set(
      each.path,
      before === undefined ? each : { ...before, patch: [...before.patch, ...each.patch] },
    );
  }
  return [...byPath.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function lockWrites(
  { manifest, lock, settings }: PreparedCheck,
  { contracts, reprise }: CheckedContracts,
): readonly WrittenFile[] {
  if (settings.writeLock !== true) return [];
  // What the overlay says of the scan is locked with the overlay.
  const scan = scanGlobs({ include: undefined, exclude: undefined }, lock);
  return lockTexts({ manifest, manifestLock: lock, scan, contracts, reprise });
}
