/** The group cli: profiles of command lines. */
import type { CliIndex } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import { pointerTo } from "../documents/json-position.js";
import type { ContractGroup } from "../documents/manifest.js";
import { type ContractSession, kindWithOneCode } from "./contract-session.js";
import { reportDuplicates, reportIdMismatch } from "./identities.js";

const indexKind = kindWithOneCode(
  "x07.arch.cli.index@0.1.0",
  "cli index",
  "E_ARCH_CLI_INDEX_MISSING",
);
const profileKind = kindWithOneCode(
  "x07.arch.cli.profile@0.1.0",
  "cli profile",
  "E_ARCH_CLI_PROFILE_INVALID",
);

export function checkCliContracts(
  session: ContractSession,
  group: ContractGroup | undefined,
): void {
  if (group === undefined) return;
  const { enforce = "error", index_path } = group;
  const opened = session.open({ path: index_path, kind: indexKind, enforce, lock: "indexes" });
  if (opened === undefined || !opened.shaped) return;
  const { document } = opened;
  // It has the shape of the type: only bounds and vocabularies can be off.
  const { profiles, defaults } = document.value as unknown as CliIndex;
  reportDuplicates(session, document, {
    list: "profiles",
    entries: profiles.map(({ id, path }) => ({ id, path })),
    what: "cli profile",
    enforce,
  });
  const chosen = defaults?.default_profile_id ?? "";
  if (chosen !== "" && !profiles.some(({ id }) => id === chosen)) {
    const message = "defaults.default_profile_id does not exist in profiles[]";
    const loc = locationAt(document, "/defaults/default_profile_id");
    const data = { default_profile_id: chosen };
    session.report({ code: "E_ARCH_CLI_INDEX_MISSING", message, loc, data }, enforce);
  }
  for (const [position, { id, path }] of profiles.entries()) {
    const from = locationAt(document, pointerTo("profiles", position, "path"));
    const file = session.open({ path, kind: profileKind, enforce, from, lock: "files" });
    if (file === undefined) continue;
    reportIdMismatch(session, file.document, { id, kind: profileKind, enforce });
  }
}
