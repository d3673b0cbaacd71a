/** Codes of record and replay: the index, and the code against it. */
import type { CodeRow } from "./code-row.js";

export type RrIndexCode =
  | "E_ARCH_RR_DIR_MISSING"
  | "E_ARCH_RR_GEN_DIR_MISSING"
  | "E_ARCH_RR_INDEX_READ"
  | "E_ARCH_RR_INDEX_JSON_PARSE"
  | "E_ARCH_RR_INDEX_SCHEMA_VERSION"
  | "E_ARCH_RR_INDEX_SCHEMA_INVALID"
  | "E_ARCH_RR_INDEX_NOT_SORTED"
  | "E_ARCH_RR_INDEX_DEFAULTS_NOT_SORTED"
  | "E_ARCH_RR_INDEX_DEFAULTS_DUP"
  | "E_ARCH_RR_CASSETTE_BRAND_UNSUPPORTED"
  | "E_ARCH_RR_OP_KIND_UNKNOWN"
  | "E_ARCH_RR_OP_KIND_NOT_ALLOWED"
  | "E_ARCH_RR_WORLD_VIOLATION"
  | "E_ARCH_RR_OP_NOT_ALLOWED"
  | "W_ARCH_CONTRACT_OPAQUE_USAGE";

export const rrIndexCodes: Readonly<Record<RrIndexCode, CodeRow>> = {
  E_ARCH_RR_DIR_MISSING: {
    says: "The manifest has a group rr, and there is no folder arch/rr.",
    next: "add arch/rr with its index, or take the group out of contracts_v1",
    example: '"rr": { "index_path": "arch/rr/index.x07rr.json", ... }   and no folder arch/rr',
  },
  E_ARCH_RR_GEN_DIR_MISSING: {
    says: "The folder that contracts_v1.rr.gen_dir names is not there.",
    next: "make the folder (an empty file .gitkeep keeps it), or correct gen_dir",
    example: '"gen_dir": "arch/gen/rr"   and no folder arch/gen/rr',
  },
  E_ARCH_RR_INDEX_READ: {
    says: "The index of policies that the contracts name is missing, or cannot be read.",
    next: "add the file, or correct contracts_v1.rr.index_path",
    example: '"arch/rr/index.x07rr.json" is named, and there is no such file.',
  },
  E_ARCH_RR_INDEX_JSON_PARSE: {
    says: "The index of policies is not JSON, or has a key twice, or a byte order mark.",
    next: "mend the file at the place that is shown",
    example: '{ "id": "a", "id": "b" }',
  },
  E_ARCH_RR_INDEX_SCHEMA_VERSION: {
    says: "The index of policies is of another version than this tool reads.",
    next: "write the version that the schema in packages/arch/schemas has, or use the tool that knows this one",
    example:
      '"schema_version": "x07.arch.rr.index@9.0.0", and this tool reads x07.arch.rr.index@0.1.0.',
  },
  E_ARCH_RR_INDEX_SCHEMA_INVALID: {
    says: "The index of policies does not fit its schema.",
    next: "compare it with the schema x07.arch.rr.index@0.1.0; an editor completes from it",
    example: '{ "schema_version": "x07.arch.rr.index@0.1.0", "unknown": 1 }',
  },
  E_ARCH_RR_INDEX_NOT_SORTED: {
    says: "Policies are not in the order of their ids.",
    next: "sort policies[] by id",
    example: '"policies": [{ "id": "b", ... }, { "id": "a", ... }]',
  },
  E_ARCH_RR_INDEX_DEFAULTS_NOT_SORTED: {
    says: "The modes that may be used at all are not sorted.",
    next: "sort defaults.record_modes_allowed",
    example: '"record_modes_allowed": ["replay_v1", "record_v1"]',
  },
  E_ARCH_RR_INDEX_DEFAULTS_DUP: {
    says: "A mode that may be used at all is listed twice.",
    next: "list each mode once",
    example: '"record_modes_allowed": ["record_v1", "record_v1"]',
  },
  E_ARCH_RR_CASSETTE_BRAND_UNSUPPORTED: {
    says: "A policy names a kind of cassette that there is not.",
    next: 'write "cassette_brand": "std.rr.cassette_v1"',
    example: '"cassette_brand": "std.rr.cassette_v2"',
  },
  E_ARCH_RR_OP_KIND_UNKNOWN: {
    says: "A policy allows an operation of no family that can be recorded.",
    next: "correct its name: std.msg., std.rr., std.crawl., std.net., std.fs., std.os. begin what can",
    example: '"ops_allowed": ["kafka.publish"]',
  },
  E_ARCH_RR_OP_KIND_NOT_ALLOWED: {
    says: "A policy allows an operation, and not the kind of entry that it makes.",
    next: "add the kind to kinds_allowed, or take the operation out",
    example: '"kinds_allowed": ["rr"], "ops_allowed": ["std.net.http.fetch_v1"]   needs "http"',
  },
  E_ARCH_RR_WORLD_VIOLATION: {
    says: "Code opens a policy in a world that the policy does not allow.",
    next: "add the world to worlds_allowed, or open another policy",
    example:
      'withPolicy({ policyId: "a", ... }, body) in a node of world run-os, and "worlds_allowed": ["solve-rr"]',
  },
  E_ARCH_RR_OP_NOT_ALLOWED: {
    says: "Code makes a call under a policy that does not allow it.",
    next: "add the operation to ops_allowed of the policy, or use another policy",
    example:
      'withPolicy({ policyId: "a" }, () => openKafkaDriver(profile)), and a allows std.msg.amqp. only',
  },
  W_ARCH_CONTRACT_OPAQUE_USAGE: {
    says: "The id of a policy or a budget is no literal, so nobody can check it.",
    next: "write the id as a string literal in the call",
    example: "withPolicy({ policyId: process.argv[2], ... }, body)",
  },
};
