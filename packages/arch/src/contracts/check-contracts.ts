/**
 * All contracts of a repository: each group by itself, then one against another, then against the
 * code, then against the locks. Groups come in the order in which they refer to each other, so that
 * every reference is to something that has been read.
 */
import type { Diagnostic, Findings } from "../diagnostic.js";
import {
  type ContractHashes,
  contractsLockFindings,
  type LockKind,
  repriseLock,
  x07Lock,
} from "../documents/contracts-lock.js";
import { readDocument } from "../documents/json-document.js";
import type { Contracts } from "../documents/manifest.js";
import type { DocumentSource, UsableManifest } from "../documents/read-manifest.js";
import { checkTopologies } from "./amqp-topologies.js";
import { checkBudgetContracts } from "./budget-contracts.js";
import { scanBudgetScopes, scanBudgetSelectors } from "./budget-scan.js";
import { checkCliContracts } from "./cli-contracts.js";
import { type ScannedCode, scanPolicies } from "./code-scan.js";
import {
  type ContractBudget,
  type ContractSession,
  createContractSession,
} from "./contract-session.js";
import { checkDriverContracts, type DriverFile, type Known } from "./driver-contracts.js";
import { checkDriverOperations } from "./driver-operations.js";
import { checkEndpoints } from "./endpoints.js";
import { checkLimits } from "./limits.js";
import { checkMsgContracts } from "./msg-contracts.js";
import { checkObsContracts } from "./obs-contracts.js";
import { checkRrContracts } from "./rr-contracts.js";
import { checkSkippedGroups } from "./skipped-groups.js";
import { checkKafkaTopicNames } from "./topic-names.js";
import { checkUnreferenced, type Referrers } from "./unreferenced-files.js";

export interface ContractsInput extends DocumentSource {
  readonly manifest: UsableManifest;
  readonly code: ScannedCode;
  /** Locks are not compared: they are about to be written. */
  readonly writing?: boolean;
  /** Where the lock of the manifest is, if it is not at its usual place. */
  readonly lockPath?: string | undefined;
}

/** What the lock files should hold; undefined: there are no contracts, or no overlay. */
export interface LockedHashes {
  readonly contracts: ContractHashes | undefined;
  readonly reprise: ContractHashes | undefined;
}

export interface CheckedContracts extends Findings, LockedHashes {}

/** What X07 takes where the manifest does not say. */
const defaultBudget: ContractBudget = { filesMax: 2000, bytesMax: 67_108_864 };

export function checkContracts(input: ContractsInput): CheckedContracts {
  const { manifest, files, validate } = input;
  const { contracts_v1: declared, tool_budgets } = manifest.manifest;
  const { overlayDocument } = manifest;
  if (declared === undefined && overlayDocument === undefined) {
    return { diagnostics: [], patches: [], contracts: undefined, reprise: undefined };
  }
  const said = tool_budgets.contracts_budgets;
  const budget: ContractBudget =
    said === undefined
      ? defaultBudget
      : { filesMax: said.max_contract_files, bytesMax: said.max_contract_bytes };
  const session = createContractSession({ files, validate }, budget);
  if (overlayDocument !== undefined) {
    session.reprise.indexes.set(overlayDocument.path, overlayDocument.hash());
  }
  checkGroups(session, input, declared ?? noContracts);
  const hashes: LockedHashes = {
    contracts: declared === undefined ? undefined : session.contracts,
    reprise: overlayDocument === undefined ? undefined : session.reprise,
  };
  if (declared !== undefined) checkUnreferenced(session, referrersOf(input, declared));
  const locks = input.writing === true ? [] : lockFindings(session, hashes);
  const { diagnostics, patches } = session.findings();
  return { diagnostics: [...diagnostics, ...locks], patches, ...hashes };
}

const noContracts: Contracts = { canonical_json: { mode: "jcs_rfc8785_v1" } };

function referrersOf({ manifest, lockPath }: ContractsInput, contracts: Contracts): Referrers {
  const { document, overlay } = manifest;
  const paths = [document.path, ...(lockPath === undefined ? [] : [lockPath])];
  return { contracts, overlay, paths };
}

function checkGroups(
  session: ContractSession,
  { manifest, code }: ContractsInput,
  contracts: Contracts,
): void {
  const { overlay, document } = manifest;
  const rr = checkRrContracts(session, contracts.rr);
  const budgets = checkBudgetContracts(session, contracts.budgets);
  const known: Known = { rr, budgets };
  const topics = checkMsgContracts(session, contracts.msg, rr);
  const drivers: readonly DriverFile[] = [
    ...checkDriverContracts(session, "kafka", { group: contracts.msg_kafka, known }),
    ...checkDriverContracts(session, "amqp", { group: contracts.msg_amqp, known }),
    ...checkDriverContracts(session, "redis", { group: overlay.msg_redis, known }),
  ];
  checkCliContracts(session, contracts.cli);
  checkObsContracts(session, contracts.obs, budgets);

  checkLimits(session, { topics, rr, drivers });
  if (topics !== undefined && contracts.msg_kafka !== undefined) {
    checkKafkaTopicNames(session, topics);
  }
  checkTopologies(session, drivers);
  checkDriverOperations(session, drivers, rr);
  checkEndpoints(session, { drivers, rr, overlay });

  if (rr !== undefined && contracts.rr !== undefined) {
    scanPolicies(session, code, { rr, group: contracts.rr });
  }
  if (budgets !== undefined) {
    if (contracts.budgets?.require_scopes === true) scanBudgetSelectors(session, code, budgets);
    scanBudgetScopes(session, code, budgets);
  }
  checkSkippedGroups(session, contracts, document);
}

/** A repository whose overlay names no contract has nothing of ours to lock, until it locks it. */
function lockFindings(
  session: ContractSession,
  { contracts, reprise }: LockedHashes,
): readonly Diagnostic[] {
  const found = contracts === undefined ? [] : lockFinding(session, x07Lock, contracts);
  if (reprise === undefined) return found;
  const isEmpty = reprise.indexes.size <= 1 && reprise.files.size === 0;
  const isLocked = session.files.read(repriseLock.path).kind !== "missing";
  return isEmpty && !isLocked ? found : [...found, ...lockFinding(session, repriseLock, reprise)];
}

function lockFinding(
  { files, validate, spend }: ContractSession,
  kind: LockKind,
  hashes: ContractHashes,
): readonly Diagnostic[] {
  const read = readDocument(files, kind.path);
  if (read.kind === "document" && !spend(read.document.bytes)) return [];
  return contractsLockFindings(kind, read, { hashes, validate });
}
