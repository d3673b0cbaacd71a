/** The group msg: the index of topics. */
import type { MsgIndex } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import type { JsonDocument } from "../documents/json-document.js";
import type { ContractGroup, Enforce } from "../documents/manifest.js";
import { type ContractSession, kindWithOneCode } from "./contract-session.js";
import { reportDuplicates } from "./identities.js";
import type { RrContracts } from "./rr-contracts.js";

const indexKind = kindWithOneCode(
  "x07.arch.msg.index@0.1.0",
  "msg index",
  "E_ARCH_MSG_INDEX_MISSING",
);

export interface TopicContracts {
  readonly index: MsgIndex;
  readonly document: JsonDocument;
  readonly enforce: Enforce;
}

/** undefined: there is no group msg, or its index cannot be read. */
export function checkMsgContracts(
  session: ContractSession,
  group: ContractGroup | undefined,
  rr: RrContracts | undefined,
): TopicContracts | undefined {
  if (group === undefined) return undefined;
  const { enforce = "error", index_path: path } = group;
  const opened = session.open({ path, kind: indexKind, enforce, lock: "indexes" });
  if (opened === undefined || !opened.shaped) return undefined;
  const { document } = opened;
  // It has the shape of the type: only bounds and vocabularies can be off.
  const index = document.value as unknown as MsgIndex;
  const { rr_policy_id, topics } = index;
  if (rr?.policies.has(rr_policy_id) !== true) {
    const message = "rr_policy_id not found in RR index";
    const loc = locationAt(document, "/rr_policy_id");
    session.report({ code: "E_ARCH_RR_POLICY_NOT_FOUND", message, loc, data: { rr_policy_id } });
  }
  reportDuplicates(session, document, {
    list: "topics",
    entries: topics.map(({ id }) => ({ id })),
    what: "topic",
    enforce,
  });
  return { index, document, enforce };
}
