/** The group rr: the index of policies, and by way of it their files. */

import { byBytes } from "../documents/canonical-hash.js";
import type { RrIndex, RrPolicy, RrPolicyEntry } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import type { JsonDocument } from "../documents/json-document.js";
import { pointerTo } from "../documents/json-position.js";
import type { Contracts } from "../documents/manifest.js";
import { locationOf } from "../rules/finding.js";
import {
  type ContractSession,
  type DocumentKind,
  type OpenedDocument,
  versionFinding,
} from "./contract-session.js";
import { reportDuplicates } from "./identities.js";
import { kindOfOperation } from "./operation-kinds.js";
import { checkPolicyFiles } from "./rr-policy-files.js";

const indexKind: DocumentKind = {
  version: "x07.arch.rr.index@0.1.0",
  name: "RR index",
  codes: {
    read: "E_ARCH_RR_INDEX_READ",
    parse: "E_ARCH_RR_INDEX_JSON_PARSE",
    version: "E_ARCH_RR_INDEX_SCHEMA_VERSION",
    schema: "E_ARCH_RR_INDEX_SCHEMA_INVALID",
  },
};

const cassetteBrand = "std.rr.cassette_v1";
const defaultModes: readonly string[] = ["replay_v1"];

/** A policy as other contracts refer to it. */
export interface KnownPolicy {
  readonly entry: RrPolicyEntry;
  /** undefined: its file cannot be read as a policy. */
  readonly policy: RrPolicy | undefined;
}

export interface RrContracts {
  /** By id; the last of two with one id, as X07 has it. */
  readonly policies: ReadonlyMap<string, KnownPolicy>;
  /** Every operation that some policy allows, sorted: what can be recorded at all. */
  readonly operations: readonly string[];
}

/** undefined: there is no group rr, or its index cannot be read. */
export function checkRrContracts(
  session: ContractSession,
  group: Contracts["rr"],
): RrContracts | undefined {
  if (group === undefined) return undefined;
  checkFolders(session, group.gen_dir);
  const path = group.index_path;
  const opened = session.open({ path, kind: indexKind, lock: "indexes" });
  if (opened === undefined || !opened.shaped) return undefined;
  if (!opened.current) session.report(versionFinding(indexKind, opened.document));
  return checkIndex(session, opened);
}

function checkFolders(session: ContractSession, genDir: string): void {
  if (!session.files.isFolder("arch/rr")) {
    const message = "RR contracts directory is missing (expected arch/rr/)";
    session.report({ code: "E_ARCH_RR_DIR_MISSING", message });
  }
  if (!session.files.isFolder(genDir)) {
    const message = "RR gen_dir directory is missing";
    const code = "E_ARCH_RR_GEN_DIR_MISSING";
    session.report({ code, message, loc: locationOf(genDir), data: { gen_dir: genDir } });
  }
}

function checkIndex(session: ContractSession, { document }: OpenedDocument): RrContracts {
  // It has the shape of the type: only bounds and vocabularies can be off.
  const index = document.value as unknown as RrIndex;
  const modes = index.defaults?.record_modes_allowed ?? defaultModes;
  checkOrder(session, document, index);
  reportDuplicates(session, document, {
    list: "policies",
    entries: index.policies.map(({ id, policy_path }) => ({ id, policy_path })),
    what: "policy",
  });
  for (const [position, entry] of index.policies.entries()) {
    const place: EntryPlace = { document, position, entry };
    checkSorted(session, place);
    checkEntry(session, place);
  }
  const policies = new Map<string, KnownPolicy>();
  for (const [position, entry] of index.policies.entries()) {
    const from = locationAt(document, pointerTo("policies", position, "policy_path"));
    policies.set(entry.id, { entry, policy: checkPolicyFiles(session, { entry, modes, from }) });
  }
  const operations = new Set(index.policies.flatMap(({ ops_allowed }) => ops_allowed));
  return { policies, operations: [...operations].sort(byBytes) };
}

function checkOrder(session: ContractSession, document: JsonDocument, index: RrIndex): void {
  const data = { index_path: document.path };
  if (!isSorted(index.policies.map(({ id }) => id))) {
    const message = "policies[] must be sorted by id";
    const loc = locationAt(document, "/policies");
    session.report({ code: "E_ARCH_RR_INDEX_NOT_SORTED", message, loc, data });
  }
  const modes = index.defaults?.record_modes_allowed ?? defaultModes;
  const loc = locationAt(document, "/defaults/record_modes_allowed");
  if (!isSorted(modes)) {
    const message = "defaults.record_modes_allowed[] must be sorted";
    session.report({ code: "E_ARCH_RR_INDEX_DEFAULTS_NOT_SORTED", message, loc, data });
  }
  if (new Set(modes).size !== modes.length) {
    const message = "defaults.record_modes_allowed[] must not contain duplicates";
    session.report({ code: "E_ARCH_RR_INDEX_DEFAULTS_DUP", message, loc, data });
  }
}

interface EntryPlace {
  readonly document: JsonDocument;
  readonly position: number;
  readonly entry: RrPolicyEntry;
}

const sortedArrays = [
  { member: "worlds_allowed", code: "E_ARCH_RR_POLICY_WORLDS_NOT_SORTED" },
  { member: "kinds_allowed", code: "E_ARCH_RR_POLICY_KINDS_NOT_SORTED" },
  { member: "ops_allowed", code: "E_ARCH_RR_POLICY_OPS_NOT_SORTED" },
] as const;

function checkSorted(session: ContractSession, { document, position, entry }: EntryPlace): void {
  for (const { member, code } of sortedArrays) {
    const values = entry[member];
    if (isSorted(values)) continue;
    const path = pointerTo("policies", position, member);
    const message = `${member}[] must be sorted`;
    session.report({
      code,
      message,
      loc: locationAt(document, path),
      data: { policy_id: entry.id },
    });
    session.suggest({
      path: document.path,
      patch: [{ op: "replace", path, value: [...values].sort(byBytes) }],
      note: "Auto-sort RR index arrays.",
    });
  }
}

function checkEntry(session: ContractSession, { document, position, entry }: EntryPlace): void {
  const { id, cassette_brand, kinds_allowed, ops_allowed } = entry;
  const at = (...keys: readonly (string | number)[]) =>
    locationAt(document, pointerTo("policies", position, ...keys));
  if (cassette_brand.trim() !== cassetteBrand) {
    session.report({
      code: "E_ARCH_RR_CASSETTE_BRAND_UNSUPPORTED",
      message: `cassette_brand is not supported (expected ${cassetteBrand})`,
      loc: at("cassette_brand"),
      data: { policy_id: id, cassette_brand },
    });
  }
  for (const [place, op] of ops_allowed.entries()) {
    const kind = kindOfOperation(op);
    const loc = at("ops_allowed", place);
    if (kind === undefined) {
      const message = "op kind is unknown to arch check";
      session.report({
        code: "E_ARCH_RR_OP_KIND_UNKNOWN",
        message,
        loc,
        data: { policy_id: id, op },
      });
    } else if (!kinds_allowed.includes(kind)) {
      const message = "op kind is not included in kinds_allowed";
      const data = { policy_id: id, op, kind };
      session.report({ code: "E_ARCH_RR_OP_KIND_NOT_ALLOWED", message, loc, data });
    }
  }
}

/** As Rust sorts strings: by bytes; equal neighbours are fine. */
function isSorted(values: readonly string[]): boolean {
  return values.every(
    (value, index) => index === 0 || byBytes(values[index - 1] ?? "", value) <= 0,
  );
}
