/**
 * Goal: every code of the groups budgets, msg, msg_kafka, msg_amqp, msg_redis, cli and obs, at its
 * line; and none where it is right.
 * Method: as contracts-rr.test.ts. What all groups have in common is done to each in a loop.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { expect, test } from "vitest";
import { type Change, changed, check, type HandFiles, shown } from "./hand-repository.ts";
import { type ContractName, labDocuments, labFiles, paths } from "./lab-contracts.ts";

const told = (files: HandFiles): readonly string[] => check(files).diagnostics.map(shown);

/** Files of an index that is not read are named by nobody. */
const alone = (...names: readonly ContractName[]): HandFiles =>
  Object.fromEntries(names.map((name) => [paths[name], undefined]));

interface Family {
  readonly name: ContractName;
  /** Codes for: missing, no JSON, another version, another form. */
  readonly codes: readonly [string, string, string, string];
  /** As in "schema_version mismatch for ...". */
  readonly called: string;
  readonly hidden?: HandFiles;
  /** What refers to it, and is then told of. */
  readonly after?: readonly string[];
  /** A wrong version is told of twice, where the rest can be read. */
  readonly twice?: boolean;
}

const one = (code: string): Family["codes"] => [code, code, code, code];
const four = (prefix: string): Family["codes"] => [
  `${prefix}_READ`,
  `${prefix}_JSON_PARSE`,
  `${prefix}_SCHEMA_VERSION`,
  `${prefix}_SCHEMA_INVALID`,
];

const budgetMissing = [
  `E_ARCH_MSG_KAFKA_BUDGET_MISSING ${paths.kafka}:7`,
  `E_ARCH_MSG_AMQP_BUDGET_MISSING ${paths.amqp}:7`,
  `E_ARCH_MSG_AMQP_BUDGET_MISSING ${paths.amqp}:15`,
  `E_ARCH_MSG_REDIS_BUDGET_MISSING ${paths.redis}:7`,
  `E_ARCH_OBS_BUDGET_PROFILE_MISSING ${paths.obs}:8`,
];

const families: readonly Family[] = [
  {
    name: "budgets",
    codes: four("E_ARCH_BUDGETS_INDEX"),
    called: "budgets index",
    hidden: alone("budget"),
    after: budgetMissing,
    twice: true,
  },
  { name: "budget", codes: four("E_ARCH_BUDGET_PROFILE"), called: "budget profile" },
  { name: "msg", codes: one("E_ARCH_MSG_INDEX_MISSING"), called: "msg index" },
  {
    name: "kafka",
    codes: one("E_ARCH_MSG_KAFKA_INDEX_MISSING"),
    called: "msg kafka index",
    hidden: alone("kafkaProfile"),
  },
  { name: "kafkaProfile", codes: one("E_ARCH_MSG_KAFKA_PROFILE_INVALID"), called: "kafka profile" },
  {
    name: "amqp",
    codes: one("E_ARCH_MSG_AMQP_INDEX_MISSING"),
    called: "msg amqp index",
    hidden: alone("amqpProfile", "topology"),
  },
  { name: "amqpProfile", codes: one("E_ARCH_MSG_AMQP_PROFILE_INVALID"), called: "amqp profile" },
  { name: "topology", codes: one("E_ARCH_MSG_AMQP_TOPOLOGY_INVALID"), called: "amqp topology" },
  {
    name: "redis",
    codes: one("E_ARCH_MSG_REDIS_INDEX_MISSING"),
    called: "msg redis index",
    hidden: alone("redisProfile"),
  },
  { name: "redisProfile", codes: one("E_ARCH_MSG_REDIS_PROFILE_INVALID"), called: "redis profile" },
  {
    name: "cli",
    codes: one("E_ARCH_CLI_INDEX_MISSING"),
    called: "cli index",
    hidden: alone("cliProfile"),
  },
  { name: "cliProfile", codes: one("E_ARCH_CLI_PROFILE_INVALID"), called: "cli profile" },
  {
    name: "obs",
    codes: one("E_ARCH_OBS_INDEX_MISSING"),
    called: "obs index",
    hidden: alone("metrics", "exporter"),
  },
  { name: "metrics", codes: one("E_ARCH_OBS_REGISTRY_MISSING"), called: "metrics registry" },
  {
    name: "exporter",
    codes: one("E_ARCH_OBS_EXPORTER_PROFILE_INVALID"),
    called: "exporter profile",
  },
  { name: "sandbox", codes: one("E_ARCH_SANDBOX_POLICY_INVALID"), called: "sandbox policy" },
];

test.each(families)("$name: missing, unreadable, no JSON, another form", (family) => {
  const { name, codes, hidden = {}, after = [] } = family;
  const path = paths[name];
  const files = (file: HandFiles[string]): HandFiles => labFiles({}, { ...hidden, [path]: file });
  const keep = name === "budgets" ? { "arch/budgets/README.md": "" } : {};
  expect(told({ ...files(undefined), ...keep })).toEqual([`${codes[0]} ${path}:1`, ...after]);
  const unreadable = { kind: "unreadable", message: "it is no file" } as const;
  expect(told(files(unreadable))).toEqual([`${codes[0]} ${path}:1`, ...after]);
  expect(told(files("{\n\n,}"))).toEqual([`${codes[1]} ${path}:3`, ...after]);
  const odd = changed(labDocuments[name], { "/unknown": 1 });
  const line = JSON.stringify(odd, null, 2).split("\n").length - 1;
  expect(told(files(odd))).toEqual([`${codes[3]} ${path}:${line}`, ...after]);
});

test.each(families)("$name: another version", ({ name, codes, called, twice = false }) => {
  const files = labFiles({ [name]: { "/schema_version": "x07.other@9.0.0" } });
  const found = check(files).diagnostics;
  const once = `${codes[2]} ${paths[name]}:2`;
  expect(found.map(shown)).toEqual(twice ? [once, once] : [once]);
  expect(found[0]).toMatchObject({
    message: `schema_version mismatch for ${called}`,
    stage: "parse",
  });
});

test.each(families)("$name: in X07's words", ({ name, codes, hidden = {} }) => {
  const path = paths[name];
  const messageOf = (file: HandFiles[string]): string | undefined =>
    check(labFiles({}, { ...hidden, [path]: file })).diagnostics.find(
      ({ code, loc }) => codes.includes(code) && loc?.span.file === path,
    )?.message;
  expect(messageOf(undefined)).toBe("contract file is missing");
  expect(messageOf({ kind: "unreadable", message: "why" })).toBe("read contract file: why");
  expect(messageOf("")).toMatch(/^parse contract JSON: expected a value/);
});

const lab = (name: ContractName, change: Change, files: HandFiles = {}): HandFiles =>
  labFiles({ [name]: change }, files);

const twoOf = (name: ContractName, list: string, change: Record<string, JsonValue>): HandFiles => {
  const entries = (labDocuments[name] as Record<string, JsonValue[]>)[list] ?? [];
  return lab(name, { [`/${list}`]: [...entries, { ...(entries[0] as object), ...change }] });
};

const rows: readonly (readonly [string, HandFiles, readonly string[]])[] = [
  [
    "no budgets group: no reference holds",
    lab("manifest", { "/contracts_v1/budgets": undefined }, alone("budgets", "budget")),
    budgetMissing,
  ],
  [
    "a budgets gen_dir that is not there",
    lab("manifest", { "/contracts_v1/budgets/gen_dir": "gen" }),
    ["E_ARCH_BUDGETS_GEN_DIR_MISSING gen:1"],
  ],
  [
    "no folder arch/budgets",
    labFiles(
      {
        manifest: {
          "/contracts_v1/budgets/index_path": "b.json",
          "/contracts_v1/budgets/gen_dir": "arch/rr",
        },
      },
      {
        ...alone("budgets", "budget"),
        "b.json": { schema_version: "x07.arch.budgets.index@0.1.0", profiles: [] },
      },
    ),
    ["E_ARCH_BUDGETS_DIR_MISSING", ...budgetMissing],
  ],
  [
    "a budget's file of another id",
    lab("budget", { "/id": "b2" }),
    [`E_ARCH_CONTRACT_ID_MISMATCH ${paths.budget}:3`],
  ],
  [
    "a budget twice",
    twoOf("budgets", "profiles", { profile_path: "arch/budgets/profiles/../b.json" }),
    [
      `E_ARCH_BUDGETS_INDEX_SCHEMA_INVALID ${paths.budgets}:15`,
      `E_ARCH_CONTRACT_DUPLICATE_ID ${paths.budgets}:14`,
      "E_ARCH_BUDGET_PROFILE_READ arch/budgets/profiles/../b.json:1",
    ],
  ],
  [
    "topics of another policy",
    lab("msg", { "/rr_policy_id": "p2" }),
    [`E_ARCH_RR_POLICY_NOT_FOUND ${paths.msg}:17`],
  ],
  [
    "a topic twice",
    lab("msg", { "/topics/1/id": "orders" }),
    [`E_ARCH_CONTRACT_DUPLICATE_ID ${paths.msg}:11`],
  ],
  [
    "a Kafka profile of another policy",
    lab("kafka", { "/profiles/0/rr_policy_id": "p2" }),
    [`E_ARCH_RR_POLICY_NOT_FOUND ${paths.kafka}:8`],
  ],
  [
    "a Kafka profile of another budget",
    lab("kafka", { "/profiles/0/budget_profile_id": "b2" }),
    [`E_ARCH_MSG_KAFKA_BUDGET_MISSING ${paths.kafka}:7`],
  ],
  [
    "a Kafka profile of another id",
    lab("kafkaProfile", { "/id": "k2" }),
    [`E_ARCH_CONTRACT_ID_MISMATCH ${paths.kafkaProfile}:3`],
  ],
  [
    "a Kafka profile twice",
    twoOf("kafka", "profiles", {}),
    [
      `E_ARCH_CONTRACT_DUPLICATE_ID ${paths.kafka}:11`,
      `E_ARCH_CONTRACT_DUPLICATE_PATH ${paths.kafka}:12`,
    ],
  ],
  [
    "a topology of another budget",
    lab("amqp", { "/topologies/0/budget_profile_id": "b2" }),
    [`E_ARCH_MSG_AMQP_BUDGET_MISSING ${paths.amqp}:15`],
  ],
  [
    "a topology of another policy",
    lab("amqp", { "/topologies/0/rr_policy_id": "p2" }),
    [`E_ARCH_RR_POLICY_NOT_FOUND ${paths.amqp}:16`],
  ],
  [
    "a topology of another id",
    lab("topology", { "/id": "t2" }),
    [`E_ARCH_CONTRACT_ID_MISMATCH ${paths.topology}:3`],
  ],
  [
    "a profile and a topology of one id are two things",
    labFiles({ amqp: { "/topologies/0/id": "a1" }, topology: { "/id": "a1" } }),
    [],
  ],
  [
    "a Redis profile of another budget",
    lab("redis", { "/profiles/0/budget_profile_id": "b2" }),
    [`E_ARCH_MSG_REDIS_BUDGET_MISSING ${paths.redis}:7`],
  ],
  [
    "a default profile that there is not",
    lab("cli", { "/defaults/default_profile_id": "c2" }),
    [`E_ARCH_CLI_INDEX_MISSING ${paths.cli}:10`],
  ],
  ["no default profile", lab("cli", { "/defaults": {} }), []],
  [
    "a cli profile of another id",
    lab("cliProfile", { "/id": "c2" }),
    [`E_ARCH_CONTRACT_ID_MISMATCH ${paths.cliProfile}:3`],
  ],
  [
    "an exporter of another budget",
    lab("obs", { "/exporters/0/budget_profile_id": "b2" }),
    [`E_ARCH_OBS_BUDGET_PROFILE_MISSING ${paths.obs}:8`],
  ],
  [
    "a default exporter that there is not",
    lab("obs", { "/defaults/default_exporter_id": "e2" }),
    [`E_ARCH_OBS_DEFAULT_EXPORTER_MISSING ${paths.obs}:12`],
  ],
  ["no default exporter", lab("obs", { "/defaults": undefined }), []],
  [
    "an exporter of another id",
    lab("exporter", { "/id": "e2" }),
    [`E_ARCH_CONTRACT_ID_MISMATCH ${paths.exporter}:3`],
  ],
  [
    "a metric twice",
    lab("metrics", { "/metrics/1/id": "lab_orders", "/metrics/1/unit": "" }),
    [`E_ARCH_CONTRACT_DUPLICATE_ID ${paths.metrics}:16`],
  ],
];

test.each(rows)("%s", (_, files, expected) => {
  expect(told(files)).toEqual(expected);
});

const data: readonly (readonly [HandFiles, string, string, JsonValue])[] = [
  [
    lab("msg", { "/rr_policy_id": "p2" }),
    "E_ARCH_RR_POLICY_NOT_FOUND",
    "rr_policy_id not found in RR index",
    { rr_policy_id: "p2" },
  ],
  [
    lab("kafka", { "/profiles/0/rr_policy_id": "p2" }),
    "E_ARCH_RR_POLICY_NOT_FOUND",
    "rr_policy_id not found in RR index",
    { profile_id: "k1", rr_policy_id: "p2" },
  ],
  [
    lab("kafka", { "/profiles/0/budget_profile_id": "b2" }),
    "E_ARCH_MSG_KAFKA_BUDGET_MISSING",
    "kafka profile references missing budget_profile_id",
    { profile_id: "k1", budget_profile_id: "b2" },
  ],
  [
    lab("amqp", { "/profiles/0/rr_policy_id": "p2" }),
    "E_ARCH_RR_POLICY_NOT_FOUND",
    "rr_policy_id not found in RR index",
    { kind: "profile", id: "a1", rr_policy_id: "p2" },
  ],
  [
    lab("amqp", { "/topologies/0/budget_profile_id": "b2" }),
    "E_ARCH_MSG_AMQP_BUDGET_MISSING",
    "amqp ref references missing budget_profile_id",
    { kind: "topology", id: "t1", budget_profile_id: "b2" },
  ],
  [
    lab("obs", { "/exporters/0/budget_profile_id": "b2" }),
    "E_ARCH_OBS_BUDGET_PROFILE_MISSING",
    "exporter references missing budget_profile_id",
    { exporter_id: "e1", budget_profile_id: "b2" },
  ],
  [
    lab("cli", { "/defaults/default_profile_id": "c2" }),
    "E_ARCH_CLI_INDEX_MISSING",
    "defaults.default_profile_id does not exist in profiles[]",
    { default_profile_id: "c2" },
  ],
];

test.each(data)("%#: %s", (files, code, message, expected) => {
  const found = check(files).diagnostics.find((each) => each.code === code);
  expect(found).toMatchObject({ message, data: expected });
  expect(Object.keys(found?.data ?? {})).toEqual(Object.keys(expected as object));
});
