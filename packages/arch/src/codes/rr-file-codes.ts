/** Codes of record and replay: policies and sanitizers. */
import type { CodeRow } from "./code-row.js";

export type RrFileCode =
  | "E_ARCH_RR_POLICY_WORLDS_NOT_SORTED"
  | "E_ARCH_RR_POLICY_KINDS_NOT_SORTED"
  | "E_ARCH_RR_POLICY_OPS_NOT_SORTED"
  | "E_ARCH_RR_POLICY_READ"
  | "E_ARCH_RR_POLICY_JSON_PARSE"
  | "E_ARCH_RR_POLICY_SCHEMA_VERSION"
  | "E_ARCH_RR_POLICY_SCHEMA_INVALID"
  | "E_ARCH_RR_POLICY_ID_MISMATCH"
  | "E_ARCH_RR_POLICY_MODE_NOT_ALLOWED"
  | "E_ARCH_RR_SANITIZER_READ"
  | "E_ARCH_RR_SANITIZER_JSON_PARSE"
  | "E_ARCH_RR_SANITIZER_SCHEMA_VERSION"
  | "E_ARCH_RR_SANITIZER_SCHEMA_INVALID"
  | "E_ARCH_RR_SANITIZER_ID_MISMATCH"
  | "E_ARCH_RR_COMPANION_INVALID"
  | "E_ARCH_RR_POLICY_NOT_FOUND"
  | "E_ARCH_RR_POLICY_REQUIRED";

export const rrFileCodes: Readonly<Record<RrFileCode, CodeRow>> = {
  E_ARCH_RR_POLICY_WORLDS_NOT_SORTED: {
    says: "A policy's worlds are not sorted.",
    next: "sort the array; --write does it",
    example: '"worlds_allowed": ["solve-rr", "run-os"]',
  },
  E_ARCH_RR_POLICY_KINDS_NOT_SORTED: {
    says: "A policy's kinds are not sorted.",
    next: "sort the array; --write does it",
    example: '"kinds_allowed": ["rr", "http"]',
  },
  E_ARCH_RR_POLICY_OPS_NOT_SORTED: {
    says: "A policy's operations are not sorted.",
    next: "sort the array; --write does it",
    example: '"ops_allowed": ["std.msg.kafka.publish_env_v1", "std.msg.kafka.poll_env_v1"]',
  },
  E_ARCH_RR_POLICY_READ: {
    says: "The policy that the contracts name is missing, or cannot be read.",
    next: "add the file, or correct policy_path in the index",
    example: '"arch/rr/policies/a.policy.json" is named, and there is no such file.',
  },
  E_ARCH_RR_POLICY_JSON_PARSE: {
    says: "The policy is not JSON, or has a key twice, or a byte order mark.",
    next: "mend the file at the place that is shown",
    example: '{ "id": "a", "id": "b" }',
  },
  E_ARCH_RR_POLICY_SCHEMA_VERSION: {
    says: "The policy is of another version than this tool reads.",
    next: "write the version that the schema in packages/arch/schemas has, or use the tool that knows this one",
    example:
      '"schema_version": "x07.arch.rr.policy@9.0.0", and this tool reads x07.arch.rr.policy@0.1.0.',
  },
  E_ARCH_RR_POLICY_SCHEMA_INVALID: {
    says: "The policy does not fit its schema.",
    next: "compare it with the schema x07.arch.rr.policy@0.1.0; an editor completes from it",
    example: '{ "schema_version": "x07.arch.rr.policy@0.1.0", "unknown": 1 }',
  },
  E_ARCH_RR_POLICY_ID_MISMATCH: {
    says: "A policy file has another id than the index gives it.",
    next: "make both the same",
    example: '"id": "a" in the index, "id": "b" in the file',
  },
  E_ARCH_RR_POLICY_MODE_NOT_ALLOWED: {
    says: "A policy's default mode is none of those that the index allows. Without defaults that is replay_v1 alone.",
    next: "add the mode to defaults.record_modes_allowed, or choose another",
    example: '"mode_default": "record_v1" and "record_modes_allowed": ["replay_v1"]',
  },
  E_ARCH_RR_SANITIZER_READ: {
    says: "The sanitizer that the contracts name is missing, or cannot be read.",
    next: "add the file, or correct sanitize_path in the index",
    example: '"arch/rr/sanitizers/a.sanitize.json" is named, and there is no such file.',
  },
  E_ARCH_RR_SANITIZER_JSON_PARSE: {
    says: "The sanitizer is not JSON, or has a key twice, or a byte order mark.",
    next: "mend the file at the place that is shown",
    example: '{ "id": "a", "id": "b" }',
  },
  E_ARCH_RR_SANITIZER_SCHEMA_VERSION: {
    says: "The sanitizer is of another version than this tool reads.",
    next: "write the version that the schema in packages/arch/schemas has, or use the tool that knows this one",
    example:
      '"schema_version": "x07.arch.rr.sanitize@9.0.0", and this tool reads x07.arch.rr.sanitize@0.1.0.',
  },
  E_ARCH_RR_SANITIZER_SCHEMA_INVALID: {
    says: "The sanitizer does not fit its schema.",
    next: "compare it with the schema x07.arch.rr.sanitize@0.1.0; an editor completes from it",
    example: '{ "schema_version": "x07.arch.rr.sanitize@0.1.0", "unknown": 1 }',
  },
  E_ARCH_RR_SANITIZER_ID_MISMATCH: {
    says: "A sanitizer file has another id than the index gives it.",
    next: "make both the same",
    example: '"sanitize_id": "a" in the index, "id": "b" in the file',
  },
  E_ARCH_RR_COMPANION_INVALID: {
    says: "A file that stands beside a policy or a sanitizer (.matching.json, .allow.json) is not what it should be.",
    next: "compare it with its schema, or remove it",
    example: 'arch/rr/policies/a.policy.matching.json holds { "order": "random" }',
  },
  E_ARCH_RR_POLICY_NOT_FOUND: {
    says: "Code or a contract names a policy that is not in the index of arch/rr. Without a group rr none is.",
    next: "add the policy to the index, or correct the id",
    example: 'withPolicy({ policyId: "lab_memroy_v1", ... }, body)',
  },
  E_ARCH_RR_POLICY_REQUIRED: {
    says: "Code in a run-os world makes a call that can be recorded, under no policy, and contracts_v1.rr asks for one.",
    next: "make the call inside withPolicy(...), or set require_policy_for_os_calls to false",
    example: "openKafkaDriver(profile) outside withPolicy(...)",
  },
};
