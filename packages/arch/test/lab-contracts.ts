/** Contracts of every group that is checked, all in order: what the tests change one thing of. */
import type { JsonValue } from "@reprise/canonical-json";
import { type Change, changed, type HandFiles } from "./hand-repository.ts";

export const paths = {
  manifest: "arch/manifest.x07arch.json",
  overlay: "arch/reprise.arch.json",
  rr: "arch/rr/index.x07rr.json",
  policy: "arch/rr/policies/p1.policy.json",
  sanitizer: "arch/rr/sanitizers/s1.sanitize.json",
  budgets: "arch/budgets/index.x07budgets.json",
  budget: "arch/budgets/profiles/b1.budget.json",
  msg: "arch/msg/index.x07msg.json",
  kafka: "arch/msg/kafka/index.x07kafka.json",
  kafkaProfile: "arch/msg/kafka/profiles/k1.profile.json",
  amqp: "arch/msg/amqp/index.x07amqp.json",
  amqpProfile: "arch/msg/amqp/profiles/a1.profile.json",
  topology: "arch/msg/amqp/topologies/t1.topology.json",
  redis: "arch/msg/redis/index.x07redis.json",
  redisProfile: "arch/msg/redis/profiles/r1.profile.json",
  cli: "arch/cli/index.x07cli.json",
  cliProfile: "arch/cli/profiles/c1.cli_profile.json",
  obs: "arch/obs/index.x07obs.json",
  metrics: "arch/obs/metrics/registry.x07metrics.json",
  exporter: "arch/obs/exporters/e1.exporter.json",
  sandbox: "apps/lab/policy/os_record.policy.json",
} as const;

export type ContractName = keyof typeof paths;

const operations = ["amqp", "kafka", "redis"].flatMap((broker) => [
  ...(broker === "kafka" ? [] : [`std.msg.${broker}.consume_env_v1`]),
  `std.msg.${broker}.event_v1`,
  ...(broker === "kafka" ? [`std.msg.${broker}.poll_env_v1`] : []),
  `std.msg.${broker}.publish_env_v1`,
  `std.msg.${broker}.settle_v1`,
]);

const group = (path: string): JsonValue => ({ index_path: path, enforce: "error" });
const reference = (id: string, path: string, member = "profile_path"): JsonValue => ({
  id,
  [member]: path,
  budget_profile_id: "b1",
  rr_policy_id: "p1",
});

export const labDocuments: Readonly<Record<ContractName, JsonValue>> = {
  manifest: {
    schema_version: "x07.arch.manifest@0.3.0",
    repo: { id: "hand", root: "." },
    externals: { allowed_import_prefixes: [], allowed_exact: [] },
    nodes: [],
    rules: [],
    checks: {
      deny_cycles: true,
      deny_orphans: true,
      enforce_visibility: true,
      enforce_world_caps: true,
    },
    tool_budgets: { max_modules: 10, max_edges: 10, max_diags: 10 },
    contracts_v1: {
      canonical_json: { mode: "jcs_rfc8785_v1" },
      rr: { index_path: paths.rr, gen_dir: "arch/rr", require_policy_for_os_calls: true },
      budgets: { index_path: paths.budgets, gen_dir: "arch/budgets", require_scopes: true },
      msg: group(paths.msg),
      msg_kafka: group(paths.kafka),
      msg_amqp: group(paths.amqp),
      cli: group(paths.cli),
      obs: group(paths.obs),
    },
  },
  overlay: {
    schema_version: "reprise.arch.overlay@0.1.0",
    msg_redis: group(paths.redis),
    sandbox_policies: [paths.sandbox],
  },
  rr: {
    schema_version: "x07.arch.rr.index@0.1.0",
    policies: [
      {
        id: "p1",
        policy_path: paths.policy,
        sanitize_id: "s1",
        sanitize_path: paths.sanitizer,
        worlds_allowed: ["run-os-sandboxed", "solve-rr"],
        kinds_allowed: ["rr"],
        ops_allowed: operations,
        cassette_brand: "std.rr.cassette_v1",
      },
    ],
    defaults: { record_modes_allowed: ["record_v1", "replay_v1"] },
  },
  policy: {
    schema_version: "x07.arch.rr.policy@0.1.0",
    id: "p1",
    v: 1,
    mode_default: "replay_v1",
    match_mode: "lookup_v1",
    budgets: {
      max_cassette_bytes: 10_000,
      max_entries: 100,
      max_req_bytes: 2_000,
      max_resp_bytes: 2_000,
      max_key_bytes: 16,
    },
  },
  sanitizer: {
    schema_version: "x07.arch.rr.sanitize@0.1.0",
    id: "s1",
    v: 1,
    redact_headers: ["authorization"],
    redact_token: "redacted",
  },
  budgets: {
    schema_version: "x07.arch.budgets.index@0.1.0",
    profiles: [
      {
        id: "b1",
        profile_path: paths.budget,
        enforce: "error",
        selectors: [],
        worlds_allowed: ["run-os"],
      },
    ],
  },
  budget: {
    schema_version: "x07.budget.profile@0.1.0",
    id: "b1",
    v: 1,
    cfg: { mode: "stats_only_v1", label: "b1" },
  },
  msg: {
    schema_version: "x07.arch.msg.index@0.1.0",
    topics: [
      { id: "orders", key_brand: "", value_brand: "order_v1", max_value_bytes: 1_000 },
      { id: "orders.dead", key_brand: "", value_brand: "order_v1", max_value_bytes: 1_000 },
    ],
    rr_policy_id: "p1",
  },
  kafka: {
    schema_version: "x07.arch.msg.kafka.index@0.1.0",
    profiles: [reference("k1", paths.kafkaProfile)],
  },
  kafkaProfile: {
    schema_version: "x07.arch.msg.kafka.profile@0.1.0",
    id: "k1",
    v: 1,
    bootstrap: ["127.0.0.1:9092", "[::1]:9093"],
    limits: { max_message_bytes: 2_000, max_poll_items: 10, max_poll_wait_ms: 100 },
  },
  amqp: {
    schema_version: "x07.arch.msg.amqp.index@0.1.0",
    profiles: [reference("a1", paths.amqpProfile, "path")],
    topologies: [reference("t1", paths.topology, "path")],
  },
  amqpProfile: {
    schema_version: "x07.arch.msg.amqp.profile@0.1.0",
    id: "a1",
    v: 1,
    host: "localhost",
    port: 5672,
    vhost: "/",
    auth: { username_secret_id: "AMQP_USER", password_secret_id: "AMQP_PASSWORD" },
    limits: { max_body_bytes: 2_000, prefetch_count: 10, max_poll_items: 10 },
  },
  topology: {
    schema_version: "x07.arch.msg.amqp.topology@0.1.0",
    id: "t1",
    v: 1,
    exchanges: [{ name: "lab", type: "topic", durable: true }],
    queues: [{ name: "orders", durable: true }],
    bindings: [
      { exchange: "lab", queue: "orders", routing_key: "orders.#" },
      { exchange: "amq.topic", queue: "orders", routing_key: "orders.#" },
    ],
  },
  redis: {
    schema_version: "x07.arch.msg.redis.index@0.1.0",
    profiles: [reference("r1", paths.redisProfile)],
  },
  redisProfile: {
    schema_version: "x07.arch.msg.redis.profile@0.1.0",
    id: "r1",
    v: 1,
    host: "127.0.0.1",
    port: 6379,
    security: { tls: false, password_secret_id: "REDIS_PASSWORD" },
    limits: { max_entry_bytes: 2_000, max_poll_items: 10, max_poll_wait_ms: 100 },
  },
  cli: {
    schema_version: "x07.arch.cli.index@0.1.0",
    profiles: [{ id: "c1", path: paths.cliProfile }],
    defaults: { default_profile_id: "c1" },
  },
  cliProfile: {
    schema_version: "x07.arch.cli.profile@0.1.0",
    id: "c1",
    v: 1,
    render: { mode: "plain_v1", max_line_bytes: 80 },
  },
  obs: {
    schema_version: "x07.arch.obs.index@0.1.0",
    metrics_registry_path: paths.metrics,
    exporters: [{ id: "e1", profile_path: paths.exporter, budget_profile_id: "b1" }],
    defaults: { default_exporter_id: "e1" },
  },
  metrics: {
    schema_version: "x07.obs.metrics.registry@0.1.0",
    id: "m1",
    v: 1,
    metrics: [
      { id: "lab_orders", type: "counter_u64_v1", help: "Orders.", unit: "", labels: ["topic"] },
      {
        id: "lab_wait_seconds",
        type: "histogram_f64_v1",
        help: "Waiting.",
        unit: "s",
        labels: [],
        histogram_buckets: [0.5, 1, 2.5],
      },
    ],
  },
  exporter: {
    schema_version: "x07.obs.exporter.profile@0.1.0",
    id: "e1",
    v: 1,
    kind: "otlp_http_protobuf_v1",
    cfg: {
      endpoint: "http://127.0.0.1:4318/v1/metrics",
      timeout_ms: 5_000,
      max_body_bytes: 1_048_576,
      headers: [{ k: "x-tenant", v: "lab" }],
    },
  },
  sandbox: {
    schema_version: "x07.run-os-policy@0.1.0",
    policy_id: "os_record",
    limits: { cpu_ms: 1_000, wall_ms: 1_000, mem_bytes: 1_048_576, fds: 16, procs: 0 },
    fs: { enabled: true, read_roots: ["."], write_roots: [".x07_rr"], deny_hidden: true },
    net: {
      enabled: true,
      allow_dns: false,
      allow_tcp: true,
      allow_udp: false,
      allow_hosts: [
        { host: "127.0.0.1", ports: [9092, 5672, 6379] },
        { host: "::1", ports: [9093] },
      ],
    },
    env: { enabled: false, allow_keys: [], deny_keys: [] },
    time: {
      enabled: true,
      allow_monotonic: true,
      allow_wall_clock: true,
      allow_sleep: true,
      max_sleep_ms: 1_000,
      allow_local_tzid: false,
    },
    process: {
      enabled: false,
      allow_spawn: false,
      max_live: 0,
      max_spawns: 0,
      allow_exec: false,
      allow_exit: true,
    },
  },
};

export type LabChanges = { readonly [Name in ContractName]?: Change };

/** The files, with some members changed and some files put in the place of theirs. */
export function labFiles(changes: LabChanges = {}, files: HandFiles = {}): HandFiles {
  const names = Object.keys(paths) as ContractName[];
  const documents = names.map((name): readonly [string, JsonValue] => [
    paths[name],
    changed(labDocuments[name], changes[name] ?? {}),
  ]);
  return { ...Object.fromEntries(documents), ...files };
}
