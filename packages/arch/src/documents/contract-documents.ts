/**
 * The contract documents as they are once they have their schema's shape. Bounds and vocabularies may
 * still be off: X07 checks on in such documents, and so do we.
 */
export interface RrPolicyEntry {
  readonly id: string;
  readonly policy_path: string;
  readonly sanitize_id: string;
  readonly sanitize_path: string;
  readonly worlds_allowed: readonly string[];
  readonly kinds_allowed: readonly string[];
  readonly ops_allowed: readonly string[];
  readonly cassette_brand: string;
}

export interface RrIndex {
  readonly policies: readonly RrPolicyEntry[];
  readonly defaults?: { readonly record_modes_allowed: readonly string[] };
}

export interface RrPolicy {
  readonly id: string;
  readonly mode_default: string;
  readonly budgets: {
    readonly max_cassette_bytes: number;
    readonly max_entries: number;
    readonly max_req_bytes: number;
    readonly max_resp_bytes: number;
    readonly max_key_bytes: number;
  };
}

export interface MsgIndex {
  readonly topics: readonly { readonly id: string; readonly max_value_bytes: number }[];
  readonly rr_policy_id: string;
}

/** Of Kafka and Redis indexes: `profile_path`. Of AMQP ones, for profiles and topologies: `path`. */
export interface DriverReference {
  readonly id: string;
  readonly profile_path?: string;
  readonly path?: string;
  readonly budget_profile_id: string;
  readonly rr_policy_id: string;
}

export interface DriverIndex {
  readonly profiles: readonly DriverReference[];
  readonly topologies?: readonly DriverReference[];
}

export interface KafkaProfile {
  readonly id: string;
  readonly bootstrap: readonly string[];
  readonly security?: { readonly sasl_mode?: string; readonly tls?: boolean };
  readonly limits: { readonly max_message_bytes: number };
}

export interface AmqpProfile {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly auth?: { readonly password_secret_id?: string };
  readonly limits: { readonly max_body_bytes: number };
}

export interface RedisProfile {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly security?: { readonly tls?: boolean; readonly password_secret_id?: string };
  readonly limits: { readonly max_entry_bytes: number };
}

export interface AmqpTopology {
  readonly id: string;
  readonly exchanges: readonly { readonly name: string; readonly type: string }[];
  readonly queues: readonly { readonly name: string }[];
  readonly bindings: readonly {
    readonly exchange: string;
    readonly queue: string;
    readonly routing_key: string;
  }[];
}

export interface BudgetSelector {
  readonly module_prefix: string;
  readonly fn: string;
}

export interface BudgetProfileEntry {
  readonly id: string;
  readonly profile_path: string;
  readonly enforce: string;
  readonly selectors: readonly BudgetSelector[];
  readonly worlds_allowed: readonly string[];
}

export interface BudgetsIndex {
  readonly profiles: readonly BudgetProfileEntry[];
}

export interface CliIndex {
  readonly profiles: readonly { readonly id: string; readonly path: string }[];
  readonly defaults?: { readonly default_profile_id?: string };
}

export interface ObsIndex {
  readonly metrics_registry_path: string;
  readonly exporters: readonly {
    readonly id: string;
    readonly profile_path: string;
    readonly budget_profile_id: string;
  }[];
  readonly defaults?: { readonly default_exporter_id?: string };
}

export interface MetricEntry {
  readonly id: string;
  readonly type: string;
  readonly help: string;
  readonly unit: string;
  readonly labels: readonly string[];
  readonly histogram_buckets?: readonly number[];
}

export interface MetricsRegistry {
  readonly id: string;
  readonly metrics: readonly MetricEntry[];
}

export interface SandboxPolicy {
  readonly policy_id: string;
  readonly net: {
    readonly enabled: boolean;
    readonly allow_dns: boolean;
    readonly allow_tcp: boolean;
    readonly allow_hosts: readonly { readonly host: string; readonly ports: readonly number[] }[];
  };
}
