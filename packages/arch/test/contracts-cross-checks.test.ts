/**
 * Goal: contracts that are right each by itself and wrong together are found, at the line that has to
 * change; and the nearest ones that are right are not.
 * Method: one change of a repository in order in each row; limits at the byte where they tip,
 * worked out from the layouts of envelope, entry and frame.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { expect, test } from "vitest";
import { type Change, check, type HandFiles, shown } from "./hand-repository.ts";
import { type ContractName, type LabChanges, labFiles, paths } from "./lab-contracts.ts";

type Row = readonly [string, HandFiles, readonly string[]];

const told = (files: HandFiles): readonly string[] => check(files).diagnostics.map(shown);
const lab = (name: ContractName, change: Change): HandFiles => labFiles({ [name]: change });
const both = (changes: LabChanges): HandFiles => labFiles(changes);

// The longest envelope: 32 + "orders.dead".length + 1000 = 1043, and 1038 of the other topic.
const limit = "E_ARCH_CONTRACT_LIMIT_CONFLICT";
const [orders, dead] = [`${limit} ${paths.msg}:8`, `${limit} ${paths.msg}:14`];

const limits: readonly Row[] = [
  [
    "Kafka takes the longest envelope",
    lab("kafkaProfile", { "/limits/max_message_bytes": 1043 }),
    [],
  ],
  [
    "Kafka is one byte short of it",
    lab("kafkaProfile", { "/limits/max_message_bytes": 1042 }),
    [dead],
  ],
  [
    "Kafka is one byte short of both",
    lab("kafkaProfile", { "/limits/max_message_bytes": 1037 }),
    [orders, dead],
  ],
  ["AMQP takes it", lab("amqpProfile", { "/limits/max_body_bytes": 1043 }), []],
  ["AMQP does not", lab("amqpProfile", { "/limits/max_body_bytes": 1042 }), [dead]],
  ["Redis takes it", lab("redisProfile", { "/limits/max_entry_bytes": 1043 }), []],
  ["Redis does not", lab("redisProfile", { "/limits/max_entry_bytes": 1042 }), [dead]],
  ["a request takes it", lab("policy", { "/budgets/max_req_bytes": 1043 }), []],
  ["a request does not, told once", lab("policy", { "/budgets/max_req_bytes": 1042 }), [dead]],
  // The entry: 36 + "k1".length + 1043 = 1081.
  ["a response takes the entry", lab("policy", { "/budgets/max_resp_bytes": 1081 }), []],
  ["a response does not", lab("policy", { "/budgets/max_resp_bytes": 1080 }), [dead]],
  // The frame of Kafka and Redis: 84 + 2 + 2 + 28 + 1043 + 1081 = 2240; AMQP's op has 27.
  ["a cassette takes one message", lab("policy", { "/budgets/max_cassette_bytes": 2240 }), []],
  ["a cassette does not", lab("policy", { "/budgets/max_cassette_bytes": 2239 }), [dead]],
  ["a key takes the profile's id", lab("policy", { "/budgets/max_key_bytes": 2 }), []],
  [
    "a key does not",
    lab("policy", { "/budgets/max_key_bytes": 1 }),
    [
      `${limit} ${paths.kafkaProfile}:3`,
      `${limit} ${paths.amqpProfile}:3`,
      `${limit} ${paths.redisProfile}:3`,
    ],
  ],
];

const ops = "E_ARCH_DRIVER_OPS_NOT_ALLOWED";
const operations: readonly Row[] = [
  [
    "no publish",
    lab("rr", { "/policies/0/ops_allowed/6": undefined }),
    [`${ops} ${paths.kafkaProfile}:3`],
  ],
  [
    "no deliver",
    lab("rr", { "/policies/0/ops_allowed/0": undefined }),
    [`${ops} ${paths.amqpProfile}:3`],
  ],
  [
    "no settle",
    lab("rr", { "/policies/0/ops_allowed/11": undefined }),
    [`${ops} ${paths.redisProfile}:3`],
  ],
];

const endpoint = "E_ARCH_ENDPOINT_NOT_ALLOWED";
const hosts = (...each: readonly JsonValue[]): Change => ({ "/net/allow_hosts": each });
const [kafkaAt, amqpAt, redisAt] = [
  `${paths.kafkaProfile}:6`,
  `${paths.amqpProfile}:5`,
  `${paths.redisProfile}:5`,
];
const all = { host: "127.0.0.1", ports: [9092, 5672, 6379] };

const endpoints: readonly Row[] = [
  [
    "another port",
    lab("kafkaProfile", { "/bootstrap/0": "127.0.0.1:9094" }),
    [`${endpoint} ${kafkaAt}`],
  ],
  [
    "another host",
    lab("redisProfile", { "/host": "10.0.0.1" }),
    [`${endpoint} ${redisAt}`, `E_ARCH_PLAIN_PASSWORD_WITHOUT_TLS ${redisAt}`],
  ],
  [
    "an address that is not listed",
    lab("sandbox", hosts(all)),
    [`${endpoint} ${paths.kafkaProfile}:7`],
  ],
  [
    "localhost by its own name",
    lab(
      "sandbox",
      hosts(
        { host: "127.0.0.1", ports: [9092, 6379] },
        { host: "LOCALHOST", ports: [5672] },
        { host: "[::1]", ports: [9093] },
      ),
    ),
    [],
  ],
  [
    "no network",
    lab("sandbox", { "/net/enabled": false }),
    [
      `${endpoint} ${kafkaAt}`,
      `${endpoint} ${paths.kafkaProfile}:7`,
      `${endpoint} ${amqpAt}`,
      `${endpoint} ${redisAt}`,
    ],
  ],
  [
    "no TCP",
    lab("sandbox", { "/net/allow_tcp": false }),
    [
      `${endpoint} ${kafkaAt}`,
      `${endpoint} ${paths.kafkaProfile}:7`,
      `${endpoint} ${amqpAt}`,
      `${endpoint} ${redisAt}`,
    ],
  ],
  [
    "a name, and no DNS",
    both({
      kafkaProfile: { "/bootstrap": ["k.lab:9092"] },
      sandbox: hosts(all, { host: "k.lab", ports: [9092] }),
    }),
    [`${endpoint} ${kafkaAt}`],
  ],
  [
    "a name, and DNS",
    both({
      kafkaProfile: { "/bootstrap": ["K.lab:9092"] },
      sandbox: { ...hosts(all, { host: "k.lab", ports: [9092] }), "/net/allow_dns": true },
    }),
    [],
  ],
  [
    "no sandbox policies: nothing to compare",
    both({
      overlay: { "/sandbox_policies": undefined },
      kafkaProfile: { "/bootstrap/0": "127.0.0.1:9094" },
    }),
    [],
  ],
  [
    "a policy that is not for a sandbox",
    both({
      rr: { "/policies/0/worlds_allowed": ["run-os"] },
      kafkaProfile: { "/bootstrap/0": "127.0.0.1:9094" },
    }),
    [],
  ],
  ...[
    "127.0.0.1",
    "kafka://127.0.0.1:9092",
    "a b:1",
    "h:0",
    "h:65536",
    "::1:9092",
    ":9092",
    "u@h:9092",
  ].map(
    (text): Row => [
      `endpoint ${text}`,
      lab("kafkaProfile", { "/bootstrap": [text] }),
      [`E_ARCH_CONTRACT_ENDPOINT_INVALID ${kafkaAt}`],
    ],
  ),
];

const plain = "E_ARCH_PLAIN_PASSWORD_WITHOUT_TLS";
const far = { overlay: { "/sandbox_policies": undefined } };
const kafkaFar = (security: JsonValue): HandFiles =>
  both({ ...far, kafkaProfile: { "/bootstrap": ["k.lab:9092"], "/security": security } });

const passwords: readonly Row[] = [
  ["Kafka in the clear", kafkaFar({ sasl_mode: "plain_v1", tls: false }), [`${plain} ${kafkaAt}`]],
  ["Kafka with TLS, by default", kafkaFar({ sasl_mode: "plain_v1" }), []],
  ["Kafka with a challenge", kafkaFar({ sasl_mode: "scram_v1", tls: false }), []],
  [
    "Kafka on loopback",
    both({
      ...far,
      kafkaProfile: {
        "/bootstrap": ["127.1.2.3:1", "[::1]:1", "a.localhost:1"],
        "/security": { sasl_mode: "plain_v1", tls: false },
      },
    }),
    [],
  ],
  [
    "Redis in the clear",
    both({ ...far, redisProfile: { "/host": "r.lab" } }),
    [`${plain} ${redisAt}`],
  ],
  [
    "Redis with TLS",
    both({ ...far, redisProfile: { "/host": "r.lab", "/security/tls": true } }),
    [],
  ],
  [
    "Redis without a password",
    both({ ...far, redisProfile: { "/host": "r.lab", "/security": { tls: false } } }),
    [],
  ],
  [
    "AMQP that may be in the clear",
    both({ ...far, amqpProfile: { "/host": "a.lab" } }),
    [`${plain} ${amqpAt}`],
  ],
  [
    "AMQP on the port of TLS",
    both({ ...far, amqpProfile: { "/host": "a.lab", "/port": 5671 } }),
    [],
  ],
];

const topic = `E_ARCH_KAFKA_TOPIC_NAME ${paths.msg}:11`;
const topicNamed = (id: string): HandFiles => lab("msg", { "/topics/1/id": id });
const topics: readonly Row[] = [
  ...[".", "..", "a/b", "a b", "ä", "a".repeat(250), "__consumer_offsets"].map(
    (id): Row => [`topic ${id.slice(0, 20)}`, topicNamed(id), [topic]],
  ),
  ["a topic of 249 characters", topicNamed("a".repeat(249)), []],
  ["topics that collide", both({ msg: { "/topics/0/id": "a.b", "/topics/1/id": "a_b" } }), [topic]],
  ["topics that do not", both({ msg: { "/topics/0/id": "a.b", "/topics/1/id": "a-b" } }), []],
];

const [duplicate, undeclared, amqpName] = ["DUPLICATE", "BINDING_UNDECLARED", "NAME_INVALID"].map(
  (code) => `E_ARCH_AMQP_${code} ${paths.topology}`,
);
const topology = (change: Change): HandFiles => lab("topology", change);
const topologies: readonly Row[] = [
  [
    "an exchange twice",
    topology({ "/exchanges/1": { name: "lab", type: "fanout" } }),
    [`${duplicate}:12`],
  ],
  ["a queue twice", topology({ "/queues/1": { name: "orders" } }), [`${duplicate}:18`]],
  ["a binding twice", topology({ "/bindings/1/exchange": "lab" }), [`${duplicate}:24`]],
  [
    "a binding with another key",
    topology({ "/bindings/1": { exchange: "lab", queue: "orders", routing_key: "" } }),
    [],
  ],
  ["no such exchange", topology({ "/bindings/0/exchange": "labs" }), [`${undeclared}:20`]],
  [
    "an exchange that no broker has",
    topology({ "/bindings/1/exchange": "amq.lab" }),
    [`${undeclared}:25`],
  ],
  ["no such queue", topology({ "/bindings/0/queue": "order" }), [`${undeclared}:21`]],
  ["an exchange and a queue of one name", topology({ "/queues/1": { name: "lab" } }), []],
  [
    "a name of the broker's own",
    topology({ "/exchanges/1": { name: "amq.x", type: "topic" } }),
    [`${amqpName}:12`],
  ],
  ["a name of 256 bytes", topology({ "/queues/1": { name: "é".repeat(128) } }), [`${amqpName}:18`]],
  ["a name of 255 bytes", topology({ "/queues/1": { name: `e${"é".repeat(127)}` } }), []],
  [
    "a routing key of 256 bytes",
    topology({ "/bindings/0/routing_key": "x".repeat(256) }),
    [`${amqpName}:22`],
  ],
];

const metric = `E_ARCH_OBS_METRIC_INVALID ${paths.metrics}`;
const metricsLab = (change: Change): HandFiles => lab("metrics", change);
const histogram = "/metrics/1";
const metrics: readonly Row[] = [
  [
    "a type that every object has",
    metricsLab({ "/metrics/0/type": "__proto__" }),
    [`E_ARCH_OBS_REGISTRY_MISSING ${paths.metrics}:8`],
  ],
  ["a name with a colon", metricsLab({ "/metrics/0/id": "lab:orders" }), [`${metric}:7`]],
  ["a name that begins with _", metricsLab({ "/metrics/0/id": "_lab" }), [`${metric}:7`]],
  ["a label that begins with _", metricsLab({ "/metrics/0/labels": ["_x"] }), [`${metric}:12`]],
  ["a label twice", metricsLab({ "/metrics/0/labels": ["x", "x"] }), [`${metric}:13`]],
  [
    "33 labels",
    metricsLab({ "/metrics/0/labels": Array.from({ length: 33 }, (_, n) => `l${n}`) }),
    [`${metric}:44`],
  ],
  [
    "32 labels",
    metricsLab({ "/metrics/0/labels": Array.from({ length: 32 }, (_, n) => `l${n}`) }),
    [],
  ],
  ["label le of a histogram", metricsLab({ [`${histogram}/labels`]: ["le"] }), [`${metric}:21`]],
  ["label le of a counter", metricsLab({ "/metrics/0/labels": ["le"] }), []],
  [
    "a histogram without buckets",
    metricsLab({ [`${histogram}/histogram_buckets`]: undefined }),
    [`${metric}:15`],
  ],
  ["a counter with buckets", metricsLab({ "/metrics/0/histogram_buckets": [1] }), [`${metric}:6`]],
  [
    "buckets that do not ascend",
    metricsLab({ [`${histogram}/histogram_buckets`]: [1, 1] }),
    [`${metric}:23`],
  ],
  [
    "257 buckets",
    metricsLab({ [`${histogram}/histogram_buckets`]: Array.from({ length: 257 }, (_, n) => n) }),
    [`${metric}:278`],
  ],
  ["a name without its unit", metricsLab({ [`${histogram}/id`]: "lab_wait" }), [`${metric}:19`]],
  ["a name with another unit", metricsLab({ [`${histogram}/unit`]: "ms" }), [`${metric}:19`]],
  ...[
    ["lab_bytes", "By"],
    ["lab_bytes_per_second", "By/s"],
    ["lab_messages", "{message}"],
    ["lab_orders", "1"],
    ["lab_per_second", "{message}/s"],
    ["lab_seconds_total", "s"],
    ["lab_furlongs", "furlongs"],
  ].map(
    ([id = "", unit = ""]): Row => [
      `${id} in ${unit}`,
      metricsLab({ "/metrics/0/id": id, "/metrics/0/unit": unit }),
      [],
    ],
  ),
  [
    "names that both would write",
    metricsLab({ "/metrics/0/id": "lab_wait_seconds_sum" }),
    [`${metric}:16`],
  ],
  [
    "a counter and its total",
    metricsLab({
      "/metrics/0/id": "lab_x_total",
      [histogram]: { id: "lab_x", type: "gauge_f64_v1", help: "X.", unit: "", labels: [] },
    }),
    [`${metric}:16`],
  ],
];

const unreferenced = "E_ARCH_CONTRACT_UNREFERENCED";
const with_ = (path: string, changes: LabChanges = {}): HandFiles =>
  labFiles(changes, { [path]: "{}" });
const files: readonly Row[] = [
  ...[
    "arch/old.json",
    "arch/rr/policies/p2.policy.json",
    "arch/rr/policies/p1.matching.json",
    "arch/api/x.md",
    "arch/gen/a.json",
  ].map((path): Row => [`${path} is named by nobody`, with_(path), [`${unreferenced} ${path}:1`]]),
  ...[
    "arch/README.md",
    "arch/rr/README.md",
    "arch/api/obs.api.md",
    "arch/baseline.json",
    "arch/schemas/a.json",
    "arch/x/.gitkeep",
    "arch/manifest.lock.json",
    "src/arch/a.json",
  ].map((path): Row => [`${path} is named by custom`, with_(path), []]),
  [
    "a file that the overlay names",
    with_("arch/notes.json", { overlay: { "/also_referenced": ["arch/notes.json"] } }),
    [],
  ],
  [
    "a folder that the overlay names",
    with_("arch/notes/a/b.json", { overlay: { "/also_referenced": ["arch/notes/"] } }),
    [],
  ],
  [
    "a baseline that the overlay names",
    with_("arch/known.json", { overlay: { "/baseline_path": "arch/known.json" } }),
    [],
  ],
  [
    "a generated file",
    with_("arch/gen/a.json", { manifest: { "/contracts_v1/rr/gen_dir": "arch/gen" } }),
    [],
  ],
];

const rows: readonly Row[] = [
  ["all in order", labFiles(), []],
  ...limits,
  ...operations,
  ...endpoints,
  ...passwords,
  ...topics,
  ...topologies,
  ...metrics,
  ...files,
];

test.each(rows)("%s", (_, repository, expected) => {
  expect(told(repository)).toEqual(expected);
});

test("what can only be guessed, or what X07 does not have, is a warning", () => {
  const severities = (repository: HandFiles): readonly string[] =>
    check(repository).diagnostics.map(({ severity }) => severity);
  expect(severities(both({ ...far, amqpProfile: { "/host": "a.lab" } }))).toEqual(["warning"]);
  expect(severities(both({ ...far, redisProfile: { "/host": "r.lab" } }))).toEqual(["error"]);
  expect(severities(lab("rr", { "/policies/0/ops_allowed/11": undefined }))).toEqual(["warning"]);
  expect(severities(lab("rr", { "/policies/0/ops_allowed/0": undefined }))).toEqual(["error"]);
});

test("without Kafka a topic may have any name", () => {
  const changes = { manifest: { "/contracts_v1/msg_kafka": undefined } };
  const gone = { [paths.kafka]: undefined, [paths.kafkaProfile]: undefined };
  const named = { ...labFiles(changes, gone), [paths.msg]: topicNamed("a/b")[paths.msg] };
  expect(told(named)).toEqual([]);
});
