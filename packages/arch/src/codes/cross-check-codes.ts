/** Codes of one contract against another, which X07 does not have. */
import type { CodeRow } from "./code-row.js";

export type CrossCheckCode =
  | "E_ARCH_CONTRACT_ID_MISMATCH"
  | "E_ARCH_CONTRACT_DUPLICATE_ID"
  | "E_ARCH_CONTRACT_DUPLICATE_PATH"
  | "E_ARCH_CONTRACT_LIMIT_CONFLICT"
  | "E_ARCH_CONTRACT_UNREFERENCED"
  | "E_ARCH_CONTRACT_OUTSIDE_ROOT"
  | "E_ARCH_CONTRACT_SECRET"
  | "E_ARCH_CONTRACT_ENDPOINT_INVALID"
  | "E_ARCH_ENDPOINT_NOT_ALLOWED"
  | "E_ARCH_PLAIN_PASSWORD_WITHOUT_TLS"
  | "E_ARCH_DRIVER_OPS_NOT_ALLOWED"
  | "E_ARCH_SANDBOX_POLICY_INVALID"
  | "E_ARCH_KAFKA_TOPIC_NAME"
  | "E_ARCH_AMQP_BINDING_UNDECLARED"
  | "E_ARCH_AMQP_DUPLICATE"
  | "E_ARCH_AMQP_NAME_INVALID"
  | "W_ARCH_CONTRACT_NUMBER_FORM"
  | "I_ARCH_CONTRACT_GROUP_SKIPPED";

export const crossCheckCodes: Readonly<Record<CrossCheckCode, CodeRow>> = {
  E_ARCH_CONTRACT_ID_MISMATCH: {
    says: "A contract file has another id than the index gives it.",
    next: "make both the same",
    example: '"id": "lab_kafka_v1" in the index, "id": "lab_kafka_v2" in the file',
  },
  E_ARCH_CONTRACT_DUPLICATE_ID: {
    says: "Two entries of one index have the same id, so one of them can never be meant.",
    next: "give one of them another id, or remove it",
    example: '"profiles": [{ "id": "a", ... }, { "id": "a", ... }]',
  },
  E_ARCH_CONTRACT_DUPLICATE_PATH: {
    says: "Two entries of one index name the same file.",
    next: "give each its own file",
    example: '"policy_path": "arch/rr/policies/a.policy.json" in two policies',
  },
  E_ARCH_CONTRACT_LIMIT_CONFLICT: {
    says: "A topic allows values that a driver or a policy then refuses, or a profile has a name that no cassette can hold.",
    next: "lower the topic's max_value_bytes, or raise the limit that is named",
    example: `"max_value_bytes": 1048576 of topic lab.orders, and "max_message_bytes": 1048576:
the envelope takes 42 bytes more than the value.`,
  },
  E_ARCH_CONTRACT_UNREFERENCED: {
    says: "A file under arch/ is named by no contract, so nobody reads it.",
    next: "name it in its index, remove it, or list it in also_referenced of arch/reprise.arch.json",
    example: "arch/msg/kafka/profiles/old.profile.json, which no index has",
  },
  E_ARCH_CONTRACT_OUTSIDE_ROOT: {
    says: "A contract file is a link that leads out of the repository, where nobody sees it change.",
    next: "put the file itself there",
    example: "arch/rr/index.x07rr.json -> /home/me/index.json",
  },
  E_ARCH_CONTRACT_SECRET: {
    says: "A contract file holds what looks like a secret.",
    next: "take it out and revoke it; name it by id: username_secret_id, password_secret_id",
    example: '"headers": [{ "k": "authorization", "v": "Bearer ..." }]',
  },
  E_ARCH_CONTRACT_ENDPOINT_INVALID: {
    says: "A driver profile names an endpoint that is no host and port.",
    next: "write host:port, an IPv6 address as [address]:port",
    example: '"bootstrap": ["kafka://127.0.0.1:9092"]',
  },
  E_ARCH_ENDPOINT_NOT_ALLOWED: {
    says: "A driver profile that may be used in a sandbox has an endpoint that no sandbox policy allows.",
    next: "add the host and port to net.allow_hosts of a sandbox policy",
    example: '"bootstrap": ["127.0.0.1:9093"], and the policy has "ports": [9092]',
  },
  E_ARCH_PLAIN_PASSWORD_WITHOUT_TLS: {
    says: "A driver profile sends a password without TLS to a host that is not this one.",
    next: "set tls to true, or use a mode that does not send the password",
    example:
      '"bootstrap": ["kafka.example:9092"], "security": { "sasl_mode": "plain_v1", "tls": false }',
  },
  E_ARCH_DRIVER_OPS_NOT_ALLOWED: {
    says: "A driver profile is recorded under a policy that does not allow the driver's operations.",
    next: "add them to ops_allowed of the policy, or name another policy",
    example:
      'profile lab_kafka_v1 has "rr_policy_id": "lab_memory_v1", which allows std.msg.memory. only',
  },
  E_ARCH_SANDBOX_POLICY_INVALID: {
    says: "A sandbox policy that arch/reprise.arch.json names is missing, or not what it should be.",
    next: "add or mend the file, or correct sandbox_policies; its schema is x07.run-os-policy@0.1.0",
    example:
      '"allow_hosts": ["127.0.0.1:9092"]   instead of { "host": "127.0.0.1", "ports": [9092] }',
  },
  E_ARCH_KAFKA_TOPIC_NAME: {
    says: "There are Kafka profiles, and a topic has a name that Kafka refuses.",
    next: "rename the topic: letters, digits, . _ -, at most 249, and no two that differ in . and _ alone",
    example: '"id": "lab/orders"',
  },
  E_ARCH_AMQP_BINDING_UNDECLARED: {
    says: "A binding names an exchange or a queue that the topology does not declare.",
    next: "declare it, or correct the name",
    example: '"bindings": [{ "exchange": "lab", "queue": "ordres", "routing_key": "#" }]',
  },
  E_ARCH_AMQP_DUPLICATE: {
    says: "A topology declares an exchange, a queue or a binding twice.",
    next: "remove one",
    example: '"queues": [{ "name": "orders" }, { "name": "orders", "durable": true }]',
  },
  E_ARCH_AMQP_NAME_INVALID: {
    says: "A topology has a name or a routing key that no AMQP broker takes.",
    next: "keep it to 255 bytes, and do not begin it with amq.",
    example: '"exchanges": [{ "name": "amq.lab", "type": "topic" }]',
  },
  W_ARCH_CONTRACT_NUMBER_FORM: {
    says: "A number is written so that tools which follow RFC 8785 to the letter hash it otherwise than X07.",
    next: "write it as RFC 8785 would: 1 and not 1.0, 10000000000000000 and not 1e16",
    example: '"histogram_buckets": [0.5, 1.0]   is hashed with 1.0, and by RFC 8785 with 1',
  },
  I_ARCH_CONTRACT_GROUP_SKIPPED: {
    says: "The manifest has a contract group that X07 checks and this tool does not.",
    next: "run x07 arch check for it",
    example: '"contracts_v1": { "db": { "index_path": ... } }',
  },
};
