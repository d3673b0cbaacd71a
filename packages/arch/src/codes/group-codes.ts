/** Codes of the contract groups msg, msg_kafka, msg_amqp, msg_redis, cli and obs. */
import type { CodeRow } from "./code-row.js";

export type GroupCode =
  | "E_ARCH_MSG_INDEX_MISSING"
  | "E_ARCH_MSG_KAFKA_INDEX_MISSING"
  | "E_ARCH_MSG_KAFKA_PROFILE_INVALID"
  | "E_ARCH_MSG_KAFKA_BUDGET_MISSING"
  | "E_ARCH_MSG_AMQP_INDEX_MISSING"
  | "E_ARCH_MSG_AMQP_PROFILE_INVALID"
  | "E_ARCH_MSG_AMQP_TOPOLOGY_INVALID"
  | "E_ARCH_MSG_AMQP_BUDGET_MISSING"
  | "E_ARCH_MSG_REDIS_INDEX_MISSING"
  | "E_ARCH_MSG_REDIS_PROFILE_INVALID"
  | "E_ARCH_MSG_REDIS_BUDGET_MISSING"
  | "E_ARCH_CLI_INDEX_MISSING"
  | "E_ARCH_CLI_PROFILE_INVALID"
  | "E_ARCH_OBS_INDEX_MISSING"
  | "E_ARCH_OBS_REGISTRY_MISSING"
  | "E_ARCH_OBS_EXPORTER_PROFILE_INVALID"
  | "E_ARCH_OBS_BUDGET_PROFILE_MISSING"
  | "E_ARCH_OBS_DEFAULT_EXPORTER_MISSING"
  | "E_ARCH_OBS_METRIC_INVALID";

export const groupCodes: Readonly<Record<GroupCode, CodeRow>> = {
  E_ARCH_MSG_INDEX_MISSING: {
    says: "The index of topics is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct contracts_v1.msg.index_path; its schema is x07.arch.msg.index@0.1.0",
    example:
      '"arch/msg/index.x07msg.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_KAFKA_INDEX_MISSING: {
    says: "The index of Kafka profiles is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct contracts_v1.msg_kafka.index_path; its schema is x07.arch.msg.kafka.index@0.1.0",
    example:
      '"arch/msg/kafka/index.x07kafka.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_KAFKA_PROFILE_INVALID: {
    says: "The Kafka profile is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct profile_path in the index; its schema is x07.arch.msg.kafka.profile@0.1.0",
    example:
      '"arch/msg/kafka/profiles/a.profile.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_KAFKA_BUDGET_MISSING: {
    says: "A Kafka profile names a budget that is not in the index of arch/budgets. Without a group budgets none is.",
    next: "add the profile to arch/budgets/index.x07budgets.json, or correct budget_profile_id",
    example: '"budget_profile_id": "lab_drvier_v1"',
  },
  E_ARCH_MSG_AMQP_INDEX_MISSING: {
    says: "The index of AMQP profiles and topologies is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct contracts_v1.msg_amqp.index_path; its schema is x07.arch.msg.amqp.index@0.1.0",
    example:
      '"arch/msg/amqp/index.x07amqp.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_AMQP_PROFILE_INVALID: {
    says: "The AMQP profile is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct path in the index; its schema is x07.arch.msg.amqp.profile@0.1.0",
    example:
      '"arch/msg/amqp/profiles/a.profile.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_AMQP_TOPOLOGY_INVALID: {
    says: "The AMQP topology is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct path in the index; its schema is x07.arch.msg.amqp.topology@0.1.0",
    example:
      '"arch/msg/amqp/topologies/a.topology.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_AMQP_BUDGET_MISSING: {
    says: "An AMQP profile or topology names a budget that is not in the index of arch/budgets. Without a group budgets none is.",
    next: "add the profile to arch/budgets/index.x07budgets.json, or correct budget_profile_id",
    example: '"budget_profile_id": "lab_drvier_v1"',
  },
  E_ARCH_MSG_REDIS_INDEX_MISSING: {
    says: "The index of Redis profiles is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct msg_redis.index_path in arch/reprise.arch.json; its schema is x07.arch.msg.redis.index@0.1.0",
    example:
      '"arch/msg/redis/index.x07redis.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_REDIS_PROFILE_INVALID: {
    says: "The Redis profile is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct profile_path in the index; its schema is x07.arch.msg.redis.profile@0.1.0",
    example:
      '"arch/msg/redis/profiles/a.profile.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_MSG_REDIS_BUDGET_MISSING: {
    says: "A Redis profile names a budget that is not in the index of arch/budgets. Without a group budgets none is.",
    next: "add the profile to arch/budgets/index.x07budgets.json, or correct budget_profile_id",
    example: '"budget_profile_id": "lab_drvier_v1"',
  },
  E_ARCH_CLI_INDEX_MISSING: {
    says: "The index of command line profiles is missing, not JSON, of another version, does not fit its schema, or has a default profile that there is not.",
    next: "add or mend the file; its schema is x07.arch.cli.index@0.1.0",
    example: '"defaults": { "default_profile_id": "plain_v2" }, and profiles has plain_v1',
  },
  E_ARCH_CLI_PROFILE_INVALID: {
    says: "The command line profile is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct path in the index; its schema is x07.arch.cli.profile@0.1.0",
    example:
      '"arch/cli/profiles/a.cli_profile.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_OBS_INDEX_MISSING: {
    says: "The index of metrics and exporters is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct contracts_v1.obs.index_path; its schema is x07.arch.obs.index@0.1.0",
    example:
      '"arch/obs/index.x07obs.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_OBS_REGISTRY_MISSING: {
    says: "The registry of metrics is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct metrics_registry_path in the index; its schema is x07.obs.metrics.registry@0.1.0",
    example:
      '"arch/obs/metrics/registry.x07metrics.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_OBS_EXPORTER_PROFILE_INVALID: {
    says: "The exporter profile is missing, not JSON, of another version, or does not fit its schema.",
    next: "add or mend the file, or correct profile_path in the index; its schema is x07.obs.exporter.profile@0.1.0",
    example:
      '"arch/obs/exporters/a.exporter.json" is named, and there is no such file; or it holds a member that the schema does not know.',
  },
  E_ARCH_OBS_BUDGET_PROFILE_MISSING: {
    says: "An exporter names a budget that is not in the index of arch/budgets. Without a group budgets none is.",
    next: "add the profile to arch/budgets/index.x07budgets.json, or correct budget_profile_id",
    example: '"budget_profile_id": "lab_drvier_v1"',
  },
  E_ARCH_OBS_DEFAULT_EXPORTER_MISSING: {
    says: "The default exporter is none of the exporters.",
    next: "add the exporter, or correct defaults.default_exporter_id",
    example: '"exporters": [], "defaults": { "default_exporter_id": "otlp_local_v1" }',
  },
  E_ARCH_OBS_METRIC_INVALID: {
    says: "A metric is declared that OpenMetrics text cannot have: its name, unit, labels or buckets.",
    next: "correct the declaration as the message says",
    example: `{ "id": "lab_processing", "type": "histogram_f64_v1", "unit": "s", ... }
The name of a metric in seconds ends with _seconds.`,
  },
};
