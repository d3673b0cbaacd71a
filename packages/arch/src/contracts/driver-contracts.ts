/**
 * The groups msg_kafka, msg_amqp and msg_redis: an index of profiles, and of topologies on AMQP.
 * They differ in names alone, which are in one table.
 */
import type { DiagnosticCode } from "../codes.js";
import type { DriverIndex, DriverReference } from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import type { JsonDocument } from "../documents/json-document.js";
import { pointerTo } from "../documents/json-position.js";
import type { ContractGroup, Enforce } from "../documents/manifest.js";
import type { BudgetProfiles } from "./budget-contracts.js";
import {
  type ContractSession,
  type DocumentKind,
  kindWithOneCode,
  type Reference,
} from "./contract-session.js";
import { reportDuplicates, reportIdMismatch } from "./identities.js";
import type { RrContracts } from "./rr-contracts.js";

export type Broker = "kafka" | "amqp" | "redis";

interface BrokerNames {
  readonly index: DocumentKind;
  readonly profile: DocumentKind;
  readonly topology?: DocumentKind;
  readonly budgetMissing: DiagnosticCode;
  readonly budgetMessage: string;
  /** The member of a reference that is the path. */
  readonly path: "profile_path" | "path";
  /** Data of a missing reference names its kind: AMQP has two. */
  readonly tellsKind: boolean;
  readonly locks: readonly [NonNullable<Reference["lock"]>, NonNullable<Reference["lock"]>];
}

const brokers: Readonly<Record<Broker, BrokerNames>> = {
  kafka: {
    index: kindWithOneCode(
      "x07.arch.msg.kafka.index@0.1.0",
      "msg kafka index",
      "E_ARCH_MSG_KAFKA_INDEX_MISSING",
    ),
    profile: kindWithOneCode(
      "x07.arch.msg.kafka.profile@0.1.0",
      "kafka profile",
      "E_ARCH_MSG_KAFKA_PROFILE_INVALID",
    ),
    budgetMissing: "E_ARCH_MSG_KAFKA_BUDGET_MISSING",
    budgetMessage: "kafka profile references missing budget_profile_id",
    path: "profile_path",
    tellsKind: false,
    locks: ["indexes", "files"],
  },
  amqp: {
    index: kindWithOneCode(
      "x07.arch.msg.amqp.index@0.1.0",
      "msg amqp index",
      "E_ARCH_MSG_AMQP_INDEX_MISSING",
    ),
    profile: kindWithOneCode(
      "x07.arch.msg.amqp.profile@0.1.0",
      "amqp profile",
      "E_ARCH_MSG_AMQP_PROFILE_INVALID",
    ),
    topology: kindWithOneCode(
      "x07.arch.msg.amqp.topology@0.1.0",
      "amqp topology",
      "E_ARCH_MSG_AMQP_TOPOLOGY_INVALID",
    ),
    budgetMissing: "E_ARCH_MSG_AMQP_BUDGET_MISSING",
    budgetMessage: "amqp ref references missing budget_profile_id",
    path: "path",
    tellsKind: true,
    locks: ["indexes", "files"],
  },
  redis: {
    index: kindWithOneCode(
      "x07.arch.msg.redis.index@0.1.0",
      "msg redis index",
      "E_ARCH_MSG_REDIS_INDEX_MISSING",
    ),
    profile: kindWithOneCode(
      "x07.arch.msg.redis.profile@0.1.0",
      "redis profile",
      "E_ARCH_MSG_REDIS_PROFILE_INVALID",
    ),
    budgetMissing: "E_ARCH_MSG_REDIS_BUDGET_MISSING",
    budgetMessage: "redis profile references missing budget_profile_id",
    path: "profile_path",
    tellsKind: false,
    locks: ["reprise-indexes", "reprise-files"],
  },
};

/** A profile or topology whose file can be read as one, for the checks of one against another. */
export interface DriverFile {
  readonly broker: Broker;
  readonly kind: "profile" | "topology";
  readonly reference: DriverReference;
  readonly document: JsonDocument;
  readonly enforce: Enforce;
}

/** What the references of an index may lead to. */
export interface Known {
  readonly rr: RrContracts | undefined;
  readonly budgets: BudgetProfiles | undefined;
}

export function checkDriverContracts(
  session: ContractSession,
  broker: Broker,
  { group, known }: { group: ContractGroup | undefined; known: Known },
): readonly DriverFile[] {
  if (group === undefined) return [];
  const { enforce = "error", index_path: path } = group;
  const { index: kind, locks } = brokers[broker];
  const opened = session.open({ path, kind, enforce, lock: locks[0] });
  if (opened === undefined || !opened.shaped) return [];
  const { document } = opened;
  // It has the shape of the type: only bounds and vocabularies can be off.
  const index = document.value as unknown as DriverIndex;
  const list: IndexedList = { broker, document, enforce, known };
  return [
    ...checkReferences(session, { ...list, kind: "profile", references: index.profiles }),
    ...checkReferences(session, { ...list, kind: "topology", references: index.topologies ?? [] }),
  ];
}

interface IndexedList {
  readonly broker: Broker;
  readonly document: JsonDocument;
  readonly enforce: Enforce;
  readonly known: Known;
}

interface References extends IndexedList {
  readonly kind: "profile" | "topology";
  readonly references: readonly DriverReference[];
}

function checkReferences(session: ContractSession, list: References): readonly DriverFile[] {
  const { broker, document, enforce, kind, references } = list;
  const names = brokers[broker];
  const member = kind === "profile" ? "profiles" : "topologies";
  const fileKind = kind === "profile" ? names.profile : names.topology;
  if (fileKind === undefined) return [];
  reportDuplicates(session, document, {
    list: member,
    entries: references.map((each) => ({ id: each.id, [names.path]: each[names.path] ?? "" })),
    what: `${broker} ${kind}`,
    enforce,
  });
  return references.flatMap((reference, position) => {
    const at = (key: string) => locationAt(document, pointerTo(member, position, key));
    checkKnown(session, list, { reference, at });
    const path = reference[names.path] ?? "";
    const from = at(names.path);
    const lock = names.locks[1];
    const opened = session.open({ path, kind: fileKind, enforce, from, lock });
    if (opened === undefined) return [];
    reportIdMismatch(session, opened.document, { id: reference.id, kind: fileKind, enforce });
    if (!opened.shaped) return [];
    return [{ broker, kind, reference, document: opened.document, enforce }];
  });
}

function checkKnown(
  session: ContractSession,
  { broker, known, kind, enforce }: References,
  {
    reference: { id, rr_policy_id, budget_profile_id },
    at,
  }: { reference: DriverReference; at: (key: string) => ReturnType<typeof locationAt> },
): void {
  const { tellsKind, budgetMissing, budgetMessage } = brokers[broker];
  const who = tellsKind ? { kind, id } : { profile_id: id };
  if (known.rr?.policies.has(rr_policy_id) !== true) {
    const message = "rr_policy_id not found in RR index";
    const data = { ...who, rr_policy_id };
    session.report({ code: "E_ARCH_RR_POLICY_NOT_FOUND", message, loc: at("rr_policy_id"), data });
  }
  if (known.budgets?.has(budget_profile_id) !== true) {
    const data = { ...who, budget_profile_id };
    const loc = at("budget_profile_id");
    session.report({ code: budgetMissing, message: budgetMessage, loc, data }, enforce);
  }
}
