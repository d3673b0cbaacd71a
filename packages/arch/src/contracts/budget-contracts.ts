/** The group budgets: the index, its profiles' files, and the functions that its selectors name. */
import type { BudgetProfileEntry, BudgetsIndex } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import { pointerTo } from "../documents/json-position.js";
import type { Contracts } from "../documents/manifest.js";
import { locationOf } from "../rules/finding.js";
import {
  type ContractSession,
  type DocumentKind,
  type OpenedDocument,
  versionFinding,
} from "./contract-session.js";
import { reportDuplicates, reportIdMismatch } from "./identities.js";

const indexKind: DocumentKind = {
  version: "x07.arch.budgets.index@0.1.0",
  name: "budgets index",
  codes: {
    read: "E_ARCH_BUDGETS_INDEX_READ",
    parse: "E_ARCH_BUDGETS_INDEX_JSON_PARSE",
    version: "E_ARCH_BUDGETS_INDEX_SCHEMA_VERSION",
    schema: "E_ARCH_BUDGETS_INDEX_SCHEMA_INVALID",
  },
};

const profileKind: DocumentKind = {
  version: "x07.budget.profile@0.1.0",
  name: "budget profile",
  codes: {
    read: "E_ARCH_BUDGET_PROFILE_READ",
    parse: "E_ARCH_BUDGET_PROFILE_JSON_PARSE",
    version: "E_ARCH_BUDGET_PROFILE_SCHEMA_VERSION",
    schema: "E_ARCH_BUDGET_PROFILE_SCHEMA_INVALID",
  },
};

/** By id; the last of two with one id, as X07 has it. */
export type BudgetProfiles = ReadonlyMap<string, BudgetProfileEntry>;

/** undefined: there is no group budgets, or its index cannot be read. */
export function checkBudgetContracts(
  session: ContractSession,
  group: Contracts["budgets"],
): BudgetProfiles | undefined {
  if (group === undefined) return undefined;
  checkFolders(session, group.gen_dir);
  const path = group.index_path;
  const opened = session.open({ path, kind: indexKind, lock: "indexes" });
  if (opened === undefined || !opened.shaped) return undefined;
  if (!opened.current) session.report(versionFinding(indexKind, opened.document));
  return checkProfiles(session, opened);
}

function checkFolders(session: ContractSession, genDir: string): void {
  if (!session.files.isFolder("arch/budgets")) {
    const message = "budgets contracts directory is missing (expected arch/budgets/)";
    session.report({ code: "E_ARCH_BUDGETS_DIR_MISSING", message });
  }
  if (!session.files.isFolder(genDir)) {
    const message = "budgets gen_dir directory is missing";
    const code = "E_ARCH_BUDGETS_GEN_DIR_MISSING";
    session.report({ code, message, loc: locationOf(genDir), data: { gen_dir: genDir } });
  }
}

function checkProfiles(session: ContractSession, { document }: OpenedDocument): BudgetProfiles {
  // It has the shape of the type: only bounds and vocabularies can be off.
  const { profiles } = document.value as unknown as BudgetsIndex;
  reportDuplicates(session, document, {
    list: "profiles",
    entries: profiles.map(({ id, profile_path }) => ({ id, profile_path })),
    what: "budget profile",
  });
  for (const [position, { id, profile_path: path }] of profiles.entries()) {
    const from = locationAt(document, pointerTo("profiles", position, "profile_path"));
    const opened = session.open({ path, kind: profileKind, from, lock: "files" });
    // X07 does not compare these; a profile under another's name is still a mistake.
    if (opened !== undefined) reportIdMismatch(session, opened.document, { id, kind: profileKind });
  }
  return new Map(profiles.map((profile) => [profile.id, profile]));
}
