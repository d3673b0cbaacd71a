/**
 * Policies: what a session may record and replay, and how large its cassette may grow. Two documents
 * say it together: the entry in `arch/rr/index.x07rr.json` and the policy file that it names. A third,
 * optional and ours (`<policy file>.matching.json`), says how strict replay compares.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { MsgError, readContract } from "@reprise/msg-core";
import * as v from "valibot";
import type { Budgets } from "./budgets.js";
import { type MatchMode, type Mode, modeOf } from "./modes.js";

/** In what order publishes may come in strict replay. */
export type PublishOrder = "exact" | "per-key" | "any";

export interface PolicyIndexEntry {
  readonly id: string;
  readonly policyPath: string;
  readonly sanitizeId: string;
  readonly sanitizePath: string;
  readonly worldsAllowed: readonly string[];
  readonly kindsAllowed: readonly string[];
  readonly opsAllowed: readonly string[];
}

export interface PolicyIndex {
  readonly policies: ReadonlyMap<string, PolicyIndexEntry>;
  readonly modesAllowed: readonly Mode[];
}

export interface Policy {
  readonly id: string;
  readonly modeDefault: Mode;
  readonly matchMode: MatchMode;
  readonly budgets: Budgets;
}

/** How strict replay compares a publish with the recorded one. */
export interface Matching {
  readonly order: PublishOrder;
  /** JSON Pointers of what is not compared: `/key`, `/headers/<name>`, `/value/<member>...`. */
  readonly volatile: readonly string[];
}

export const defaultMatching: Matching = { order: "per-key", volatile: [] };

const id = v.pipe(
  v.string(),
  v.maxLength(128),
  v.regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, "is not an id: letters, digits, . _ -"),
);
const path = v.pipe(
  v.string(),
  v.minLength(1),
  v.maxLength(1024),
  v.check((text) => isRelativePath(text), "is not a relative path inside the folder"),
);
const texts = (maximum: number) =>
  v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(maximum)));
const mode = v.picklist(["off", "record_v1", "replay_v1", "record_missing_v1", "rewrite_v1"]);
const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const cassetteBrand = "std.rr.cassette_v1";

function isRelativePath(text: string): boolean {
  if (text.startsWith("/") || text.startsWith("\\") || /^[A-Za-z]:/.test(text)) return false;
  if (text.includes("\0")) return false;
  return !text.split(/[/\\]/).includes("..");
}

const indexSchema = v.strictObject({
  schema_version: v.literal("x07.arch.rr.index@0.1.0"),
  policies: v.array(
    v.strictObject({
      id,
      policy_path: path,
      sanitize_id: id,
      sanitize_path: path,
      worlds_allowed: texts(64),
      kinds_allowed: texts(64),
      ops_allowed: texts(256),
      cassette_brand: v.literal(cassetteBrand),
    }),
  ),
  defaults: v.optional(v.strictObject({ record_modes_allowed: v.array(mode) })),
});

/** Reads `x07.arch.rr.index@0.1.0`. Throws CONTRACT_INVALID. */
export function readPolicyIndex(document: JsonValue): PolicyIndex {
  const index = readContract(indexSchema, document, "arch/rr index");
  const policies = new Map<string, PolicyIndexEntry>();
  for (const [position, entry] of index.policies.entries()) {
    if (policies.has(entry.id)) {
      const pointer = `/policies/${position}/id`;
      const message = `arch/rr index: ${pointer}: policy ${entry.id} is there twice`;
      throw new MsgError("CONTRACT_INVALID", message, { pointer });
    }
    policies.set(entry.id, {
      id: entry.id,
      policyPath: entry.policy_path,
      sanitizeId: entry.sanitize_id,
      sanitizePath: entry.sanitize_path,
      worldsAllowed: entry.worlds_allowed,
      kindsAllowed: entry.kinds_allowed,
      opsAllowed: entry.ops_allowed,
    });
  }
  const allowed = index.defaults?.record_modes_allowed ?? (["replay_v1"] as const);
  return { policies, modesAllowed: allowed.map(modeOf) };
}

const policySchema = v.strictObject({
  schema_version: v.literal("x07.arch.rr.policy@0.1.0"),
  id,
  v: v.pipe(v.number(), v.integer(), v.minValue(1)),
  mode_default: mode,
  match_mode: v.picklist(["lookup_v1", "transcript_v1"]),
  budgets: v.strictObject({
    max_cassette_bytes: amount,
    max_entries: amount,
    max_req_bytes: amount,
    max_resp_bytes: amount,
    max_key_bytes: amount,
  }),
  http: v.optional(v.record(v.string(), v.unknown())),
});

/** Reads `x07.arch.rr.policy@0.1.0`. Throws CONTRACT_INVALID. */
export function readPolicy(document: JsonValue): Policy {
  const policy = readContract(policySchema, document, "rr policy");
  return {
    id: policy.id,
    modeDefault: modeOf(policy.mode_default),
    matchMode: policy.match_mode === "lookup_v1" ? "lookup" : "transcript",
    budgets: {
      maxCassetteBytes: policy.budgets.max_cassette_bytes,
      maxEntries: policy.budgets.max_entries,
      maxReqBytes: policy.budgets.max_req_bytes,
      maxRespBytes: policy.budgets.max_resp_bytes,
      maxKeyBytes: policy.budgets.max_key_bytes,
    },
  };
}

const matchingSchema = v.strictObject({
  schema_version: v.literal("reprise.rr.matching@0.1.0"),
  order: v.optional(v.picklist(["exact", "per-key", "any"])),
  volatile: v.optional(
    v.array(
      v.pipe(
        v.string(),
        v.regex(
          /^\/(key|headers\/([^/~]|~[01])+|value(\/([^/~]|~[01])*)*)$/,
          "is not /key, /headers/<name>, /value or a JSON Pointer below /value",
        ),
      ),
    ),
  ),
});

/** Reads `reprise.rr.matching@0.1.0`. Throws CONTRACT_INVALID. */
export function readMatching(document: JsonValue): Matching {
  const matching = readContract(matchingSchema, document, "rr matching");
  return { order: matching.order ?? "per-key", volatile: matching.volatile ?? [] };
}
