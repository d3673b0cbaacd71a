/**
 * Groups of X07 that this tool does not check. They are said to be skipped, and they stay in the
 * contracts lock, so that X07 finds the lock it expects: the index by the manifest, what the index
 * names by what X07 wrote into the lock before.
 */
import { type ContractsLock, contractsLockPath } from "../documents/contracts-lock.js";
import { locationAt } from "../documents/document-findings.js";
import { type JsonDocument, readDocument } from "../documents/json-document.js";
import { pointerTo } from "../documents/json-position.js";
import { type Contracts, skippedGroups } from "../documents/manifest.js";
import { type ContractSession, memberOf } from "./contract-session.js";

export function checkSkippedGroups(
  session: ContractSession,
  contracts: Contracts,
  manifest: JsonDocument,
): void {
  const names = skippedGroups.filter((name) => contracts[name] !== undefined);
  for (const name of names) {
    const path = contracts[name]?.index_path ?? "";
    session.referenced.add(path);
    session.report({
      code: "I_ARCH_CONTRACT_GROUP_SKIPPED",
      severity: "info",
      message: `contract group ${name} is not checked by this tool`,
      loc: locationAt(manifest, pointerTo("contracts_v1", name)),
      data: { group: name, index_path: path },
    });
    lockIndex(session, name, path);
  }
  if (names.length > 0) keepLocked(session);
}

/** X07 puts the index of boundaries under its name, and the file among the files. */
function lockIndex({ files, contracts }: ContractSession, name: string, path: string): void {
  const read = readDocument(files, path);
  if (read.kind !== "document") return;
  const hash = read.document.hash();
  contracts.indexes.set(name === "boundaries" ? name : path, hash);
  if (name === "boundaries") contracts.files.set(path, hash);
}

function keepLocked({ files, contracts }: ContractSession): void {
  const read = readDocument(files, contractsLockPath);
  if (read.kind !== "document") return;
  const locked = memberOf(read.document.value, "files" satisfies keyof ContractsLock);
  if (typeof locked !== "object" || locked === null) return;
  for (const path of Object.keys(locked)) {
    if (contracts.files.has(path)) continue;
    const file = readDocument(files, path);
    if (file.kind === "document") contracts.files.set(path, file.document.hash());
  }
}
