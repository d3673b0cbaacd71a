/** The files of one policy: the policy itself, its sanitizer, and the companions of both. */
import type { Location, PatchOperation } from "../diagnostic.js";
import type { RrPolicy, RrPolicyEntry } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import type { JsonDocument } from "../documents/json-document.js";
import {
  type ContractSession,
  type DocumentKind,
  kindWithOneCode,
  memberOf,
} from "./contract-session.js";

const policyKind: DocumentKind = {
  version: "x07.arch.rr.policy@0.1.0",
  name: "RR policy",
  codes: {
    read: "E_ARCH_RR_POLICY_READ",
    parse: "E_ARCH_RR_POLICY_JSON_PARSE",
    version: "E_ARCH_RR_POLICY_SCHEMA_VERSION",
    schema: "E_ARCH_RR_POLICY_SCHEMA_INVALID",
  },
};

const sanitizerKind: DocumentKind = {
  version: "x07.arch.rr.sanitize@0.1.0",
  name: "RR sanitizer",
  codes: {
    read: "E_ARCH_RR_SANITIZER_READ",
    parse: "E_ARCH_RR_SANITIZER_JSON_PARSE",
    version: "E_ARCH_RR_SANITIZER_SCHEMA_VERSION",
    schema: "E_ARCH_RR_SANITIZER_SCHEMA_INVALID",
  },
  tellsVersion: true,
};

const companionCode = "E_ARCH_RR_COMPANION_INVALID";
const matchingKind = kindWithOneCode("reprise.rr.matching@0.1.0", "RR matching", companionCode);
const allowKind = kindWithOneCode("reprise.rr.secret-allow@0.1.0", "RR allow list", companionCode);

export interface PolicyFiles {
  readonly entry: RrPolicyEntry;
  /** The modes that the index allows. */
  readonly modes: readonly string[];
  readonly from: Location;
}

/** The policy, where its file can be read as one. */
export function checkPolicyFiles(
  session: ContractSession,
  { entry, modes, from }: PolicyFiles,
): RrPolicy | undefined {
  const path = entry.policy_path;
  const opened = session.open({ path, kind: policyKind, from, lock: "files" });
  openCompanion(session, { path: companionOf(path, "matching"), kind: matchingKind });
  session.referenced.add(entry.sanitize_path);
  if (opened === undefined) return undefined;
  const { document, shaped } = opened;
  checkPolicyId(session, document, entry);
  checkMode(session, document, { entry, modes, from });
  checkSanitizer(session, entry, from);
  // It has the shape of the type: only bounds and vocabularies can be off.
  return shaped ? (document.value as unknown as RrPolicy) : undefined;
}

function checkPolicyId(
  session: ContractSession,
  document: JsonDocument,
  entry: RrPolicyEntry,
): void {
  const id = memberOf(document.value, "id");
  if (typeof id !== "string" || id === entry.id) return;
  session.report({
    code: "E_ARCH_RR_POLICY_ID_MISMATCH",
    message: "RR policy id does not match index entry",
    loc: locationAt(document, "/id"),
    data: { policy_id: entry.id, policy_doc_id: id, policy_path: document.path },
  });
}

function checkMode(
  session: ContractSession,
  document: JsonDocument,
  { entry, modes }: PolicyFiles,
): void {
  const mode = memberOf(document.value, "mode_default");
  if (typeof mode !== "string" || modes.includes(mode)) return;
  session.report({
    code: "E_ARCH_RR_POLICY_MODE_NOT_ALLOWED",
    message: "RR policy mode_default is not allowed by arch/rr index defaults",
    loc: locationAt(document, "/mode_default"),
    data: { policy_id: entry.id, mode_default: mode, index_record_modes_allowed: modes },
  });
}

function checkSanitizer(session: ContractSession, entry: RrPolicyEntry, from: Location): void {
  const path = entry.sanitize_path;
  const opened = session.open({ path, kind: sanitizerKind, from, lock: "files" });
  openCompanion(session, { path: companionOf(path, "allow"), kind: allowKind });
  if (opened === undefined) return;
  const { document, current } = opened;
  if (current) suggestMembers(session, document);
  const id = memberOf(document.value, "id");
  if (typeof id !== "string" || id === entry.sanitize_id) return;
  session.report({
    code: "E_ARCH_RR_SANITIZER_ID_MISMATCH",
    message: "RR sanitizer id does not match index entry",
    loc: locationAt(document, "/id"),
    data: { sanitize_id: entry.sanitize_id, sanitize_doc_id: id, sanitize_path: document.path },
  });
}

const safeMembers = [
  { key: "v", value: 1 },
  { key: "redact_headers", value: [] },
  { key: "redact_token", value: "" },
] as const;

const patchNote = "Fill required RR sanitizer fields with safe defaults.";

function suggestMembers(session: ContractSession, document: JsonDocument): void {
  const { value, path } = document;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  const patch = safeMembers.flatMap(({ key, value: member }): readonly PatchOperation[] =>
    memberOf(value, key) === undefined ? [{ op: "add", path: `/${key}`, value: member }] : [],
  );
  if (patch.length > 0) session.suggest({ path, patch, note: patchNote });
}

/** `a.policy.json` has its companion in `a.policy.matching.json`. */
export function companionOf(path: string, what: "matching" | "allow"): string {
  return path.replace(/(\.json)?$/, `.${what}.json`);
}

function openCompanion(
  session: ContractSession,
  { path, kind }: { path: string; kind: DocumentKind },
): void {
  session.openOptional({ path, kind, lock: "reprise-files" });
}
