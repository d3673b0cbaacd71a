/** The group obs: the registry of metrics, and exporters. */
import type { MetricsRegistry, ObsIndex } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import type { JsonDocument } from "../documents/json-document.js";
import { pointerTo } from "../documents/json-position.js";
import type { ContractGroup, Enforce } from "../documents/manifest.js";
import type { BudgetProfiles } from "./budget-contracts.js";
import { type ContractSession, kindWithOneCode } from "./contract-session.js";
import { reportDuplicates, reportIdMismatch } from "./identities.js";
import { metricProblems } from "./metrics.js";

const indexKind = kindWithOneCode(
  "x07.arch.obs.index@0.1.0",
  "obs index",
  "E_ARCH_OBS_INDEX_MISSING",
);
const registryKind = kindWithOneCode(
  "x07.obs.metrics.registry@0.1.0",
  "metrics registry",
  "E_ARCH_OBS_REGISTRY_MISSING",
);
const exporterKind = kindWithOneCode(
  "x07.obs.exporter.profile@0.1.0",
  "exporter profile",
  "E_ARCH_OBS_EXPORTER_PROFILE_INVALID",
);

export function checkObsContracts(
  session: ContractSession,
  group: ContractGroup | undefined,
  budgets: BudgetProfiles | undefined,
): void {
  if (group === undefined) return;
  const { enforce = "error", index_path } = group;
  const opened = session.open({ path: index_path, kind: indexKind, enforce, lock: "indexes" });
  if (opened === undefined || !opened.shaped) return;
  const { document } = opened;
  // It has the shape of the type: only bounds and vocabularies can be off.
  const index = document.value as unknown as ObsIndex;
  checkRegistry(session, document, { path: index.metrics_registry_path, enforce });
  checkExporters(session, document, { index, budgets, enforce });
}

function checkRegistry(
  session: ContractSession,
  index: JsonDocument,
  { path, enforce }: { path: string; enforce: Enforce },
): void {
  const from = locationAt(index, "/metrics_registry_path");
  const opened = session.open({ path, kind: registryKind, enforce, from, lock: "files" });
  if (opened === undefined || !opened.shaped) return;
  const { document } = opened;
  // It has the shape of the type: only bounds and vocabularies can be off.
  const { metrics } = document.value as unknown as MetricsRegistry;
  reportDuplicates(session, document, {
    list: "metrics",
    entries: metrics.map(({ id }) => ({ id })),
    what: "metric",
    enforce,
  });
  for (const { pointer, metric, problem } of metricProblems(metrics)) {
    const loc = locationAt(document, pointer);
    const data = { file: path, instance_path: pointer, metric_id: metric };
    session.report({ code: "E_ARCH_OBS_METRIC_INVALID", message: problem, loc, data }, enforce);
  }
}

interface Exporters {
  readonly index: ObsIndex;
  readonly budgets: BudgetProfiles | undefined;
  readonly enforce: Enforce;
}

function checkExporters(
  session: ContractSession,
  document: JsonDocument,
  { index: { exporters, defaults }, budgets, enforce }: Exporters,
): void {
  reportDuplicates(session, document, {
    list: "exporters",
    entries: exporters.map(({ id, profile_path }) => ({ id, profile_path })),
    what: "exporter",
    enforce,
  });
  const chosen = defaults?.default_exporter_id;
  if (chosen !== undefined && !exporters.some(({ id }) => id === chosen)) {
    const message = "defaults.default_exporter_id does not exist in exporters[]";
    const loc = locationAt(document, "/defaults/default_exporter_id");
    const data = { default_exporter_id: chosen };
    session.report({ code: "E_ARCH_OBS_DEFAULT_EXPORTER_MISSING", message, loc, data }, enforce);
  }
  for (const [position, { id, profile_path, budget_profile_id }] of exporters.entries()) {
    const at = (key: string) => locationAt(document, pointerTo("exporters", position, key));
    if (budgets?.has(budget_profile_id) !== true) {
      const message = "exporter references missing budget_profile_id";
      const data = { exporter_id: id, budget_profile_id };
      const loc = at("budget_profile_id");
      session.report({ code: "E_ARCH_OBS_BUDGET_PROFILE_MISSING", message, loc, data }, enforce);
    }
    const from = at("profile_path");
    const file = { path: profile_path, kind: exporterKind, enforce, from, lock: "files" } as const;
    const opened = session.open(file);
    if (opened === undefined) continue;
    reportIdMismatch(session, opened.document, { id, kind: exporterKind, enforce });
  }
}
