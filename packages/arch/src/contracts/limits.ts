/**
 * Limits that cannot hold: a topic allows values that a driver or a policy then refuses. What is
 * counted is the least that a message of that size takes, with no key and no headers, so whatever is
 * found here fails for certain.
 *
 * ```
 * envelope  32 + topic + value                       msg.envelope_v1
 * entry     36 + endpoint + envelope                 msg.rr.entry_v1, a policy's response
 * frame     84 + endpoint + 2 + op + envelope + entry   one entry of a cassette; 2 is the kind, "rr"
 * ```
 */
import type { JsonObject } from "@reprise/canonical-json";
import type { Location } from "../diagnostic.js";
import type {
  AmqpProfile,
  KafkaProfile,
  RedisProfile,
  RrPolicy,
} from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import { pointerTo } from "../documents/json-position.js";
import type { Enforce } from "../documents/manifest.js";
import type { ContractSession } from "./contract-session.js";
import type { DriverFile } from "./driver-contracts.js";
import { operationsOf } from "./driver-operations.js";
import type { TopicContracts } from "./msg-contracts.js";
import type { RrContracts } from "./rr-contracts.js";

const envelopeOverhead = 32;
const entryOverhead = 36;
const frameOverhead = 84;
const kindLength = 2;

const encoder = new TextEncoder();

export interface LimitedContracts {
  readonly topics: TopicContracts | undefined;
  readonly rr: RrContracts | undefined;
  readonly drivers: readonly DriverFile[];
}

export function checkLimits(session: ContractSession, contracts: LimitedContracts): void {
  const { topics, rr, drivers } = contracts;
  const profiles = drivers.filter(({ kind }) => kind === "profile");
  for (const profile of profiles) checkKeyLength(session, profile, rr);
  if (topics === undefined) return;
  const { index, document, enforce } = topics;
  const told = new Set<string>();
  for (const [position, { id, max_value_bytes }] of index.topics.entries()) {
    const envelope = envelopeOverhead + byteLength(id) + max_value_bytes;
    const loc = locationAt(document, pointerTo("topics", position, "max_value_bytes"));
    const topic: SizedTopic = { id, envelope, loc, enforce, told };
    const own = { id: index.rr_policy_id, policy: rr?.policies.get(index.rr_policy_id)?.policy };
    // The shortest endpoint that there can be: which one it is, the index does not say.
    checkPolicy(session, topic, { ...own, endpoint: 1, op: operationsOf("amqp").event });
    for (const profile of profiles) checkProfile(session, topic, { profile, rr });
  }
}

interface SizedTopic {
  readonly id: string;
  /** Bytes of the envelope around its longest value. */
  readonly envelope: number;
  readonly loc: Location;
  readonly enforce: Enforce;
  /** Two contracts may lead to one and the same limit: it is told of once. */
  readonly told: Set<string>;
}

function checkProfile(
  session: ContractSession,
  topic: SizedTopic,
  { profile, rr }: { profile: DriverFile; rr: RrContracts | undefined },
): void {
  const { reference, document } = profile;
  const [limit, member] = limitOf(profile);
  if (topic.envelope > limit) {
    const related = [{ message: "the limit", loc: locationAt(document, `/limits/${member}`) }];
    const data = { topic: topic.id, profile_id: reference.id, limit, actual: topic.envelope };
    reportConflict(session, topic, { what: `driver's ${member}`, data, related });
  }
  const { rr_policy_id: id } = reference;
  const policy = rr?.policies.get(id)?.policy;
  const endpoint = byteLength(reference.id);
  const op = operationsOf(profile.broker).publish;
  checkPolicy(session, topic, { id, policy, endpoint, op });
}

/** The limit of the profile's kind of driver, and its member. */
function limitOf({ broker, document: { value } }: DriverFile): readonly [number, string] {
  // A profile that was opened has the shape of its broker's type.
  const profile = value as unknown;
  switch (broker) {
    case "kafka":
      return [(profile as KafkaProfile).limits.max_message_bytes, "max_message_bytes"];
    case "amqp":
      return [(profile as AmqpProfile).limits.max_body_bytes, "max_body_bytes"];
    case "redis":
      return [(profile as RedisProfile).limits.max_entry_bytes, "max_entry_bytes"];
  }
}

interface PolicyInUse {
  readonly id: string;
  readonly policy: RrPolicy | undefined;
  /** Bytes of the endpoint's name. */
  readonly endpoint: number;
  readonly op: string;
}

function checkPolicy(
  session: ContractSession,
  topic: SizedTopic,
  { id, policy, endpoint, op }: PolicyInUse,
): void {
  if (policy === undefined) return;
  const { envelope } = topic;
  const entry = entryOverhead + endpoint + envelope;
  const frame = frameOverhead + endpoint + kindLength + byteLength(op) + envelope + entry;
  const needs = [
    { member: "max_req_bytes", actual: envelope },
    { member: "max_resp_bytes", actual: entry },
    { member: "max_cassette_bytes", actual: frame },
  ] as const;
  for (const { member, actual } of needs) {
    const limit = policy.budgets[member];
    if (actual <= limit) continue;
    const data = { topic: topic.id, policy_id: id, limit, actual };
    reportConflict(session, topic, { what: `rr policy's ${member}`, data });
  }
}

/** The key of an entry is the profile's id. */
function checkKeyLength(
  session: ContractSession,
  { reference, document, enforce }: DriverFile,
  rr: RrContracts | undefined,
): void {
  const policy = rr?.policies.get(reference.rr_policy_id)?.policy;
  const actual = byteLength(reference.id);
  if (policy === undefined || actual <= policy.budgets.max_key_bytes) return;
  const limit = policy.budgets.max_key_bytes;
  const message = "profile id is longer than the rr policy's max_key_bytes";
  const data = { profile_id: reference.id, policy_id: reference.rr_policy_id, limit, actual };
  const loc = locationAt(document, "/id");
  session.report({ code: "E_ARCH_CONTRACT_LIMIT_CONFLICT", message, loc, data }, enforce);
}

interface Conflict {
  readonly what: string;
  readonly data: JsonObject;
  readonly related?: readonly { readonly message: string; readonly loc: Location }[];
}

function reportConflict(
  session: ContractSession,
  { id, loc, enforce, told }: SizedTopic,
  { what, data, related = [] }: Conflict,
): void {
  const key = JSON.stringify([id, what, data.policy_id ?? data.profile_id ?? ""]);
  if (told.has(key)) return;
  told.add(key);
  const message = `topic max_value_bytes cannot hold: its envelope exceeds the ${what}`;
  session.report({ code: "E_ARCH_CONTRACT_LIMIT_CONFLICT", message, loc, data, related }, enforce);
}

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
