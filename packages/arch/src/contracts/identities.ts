/** Ids: the same in the index as in the file, and each once. */

import { locationAt } from "../documents/document-findings.js";
import type { JsonDocument } from "../documents/json-document.js";
import { pointerTo } from "../documents/json-position.js";
import type { Enforce } from "../documents/manifest.js";
import type { ContractSession, DocumentKind } from "./contract-session.js";
import { memberOf } from "./contract-session.js";

export interface IndexList {
  /** The member of the index: `policies`, `profiles`, `topics`. */
  readonly list: string;
  /** What must be distinct, by member: ids, and paths where a file belongs to one entry alone. */
  readonly entries: readonly { readonly [member: string]: string }[];
  /** What an entry is called: "policy". */
  readonly what: string;
  readonly enforce?: Enforce;
}

/** One error for each entry whose id or path an earlier one has. */
export function reportDuplicates(
  session: ContractSession,
  document: JsonDocument,
  { list, entries, what, enforce }: IndexList,
): void {
  const seen = new Map<string, number>();
  for (const [position, entry] of entries.entries()) {
    for (const [member, value] of Object.entries(entry)) {
      const key = `${member} ${value}`;
      const first = seen.get(key);
      if (first === undefined) {
        seen.set(key, position);
        continue;
      }
      const isPath = member !== "id";
      session.report(
        {
          code: isPath ? "E_ARCH_CONTRACT_DUPLICATE_PATH" : "E_ARCH_CONTRACT_DUPLICATE_ID",
          message: `${what} ${member} is declared twice in ${list}[]`,
          loc: locationAt(document, pointerTo(list, position, member)),
          data: { index_path: document.path, [member]: value },
          related: [
            { message: "first here", loc: locationAt(document, pointerTo(list, first, member)) },
          ],
        },
        enforce,
      );
    }
  }
}

/** The error where a file calls itself otherwise than the index does. */
export function reportIdMismatch(
  session: ContractSession,
  document: JsonDocument,
  { id, kind, enforce }: { id: string; kind: DocumentKind; enforce?: Enforce },
): void {
  const own = memberOf(document.value, "id");
  if (typeof own !== "string" || own === id) return;
  session.report(
    {
      code: "E_ARCH_CONTRACT_ID_MISMATCH",
      message: `${kind.name} id does not match index entry`,
      loc: locationAt(document, "/id"),
      data: { id, doc_id: own, path: document.path },
    },
    enforce,
  );
}
