/**
 * Goal: what holds for every contract file: enforce, budgets, links, secrets, odd numbers, groups that
 * are skipped, the order of nothing in particular, the same answer twice.
 * Method: a repository in order with one thing changed.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { expect, test } from "vitest";
import {
  type Change,
  changed,
  check,
  codesOf,
  type HandFiles,
  handFiles,
  manifestOf,
  shown,
} from "./hand-repository.ts";
import { labDocuments, labFiles, paths } from "./lab-contracts.ts";

const told = (files: HandFiles): readonly string[] => check(files).diagnostics.map(shown);
const severities = (files: HandFiles): readonly string[] =>
  check(files).diagnostics.map(({ severity }) => severity);
const manifest = (change: Change, files: HandFiles = {}): HandFiles =>
  labFiles({ manifest: change }, files);

test("enforce off drops a group's own findings, warn makes them warnings", () => {
  const broken = {
    [paths.kafkaProfile]: changed(labDocuments.kafkaProfile, { "/v": 0, "/id": "k2" }),
  };
  expect(severities(manifest({}, broken))).toEqual(["error", "error"]);
  const enforce = (value: string): Change => ({ "/contracts_v1/msg_kafka/enforce": value });
  expect(severities(manifest(enforce("warn"), broken))).toEqual(["warning", "warning"]);
  expect(severities(manifest(enforce("off"), broken))).toEqual([]);
});

test("a policy that a group names is none of its own findings", () => {
  const broken = {
    [paths.kafka]: changed(labDocuments.kafka, { "/profiles/0/rr_policy_id": "p2" }),
  };
  const files = manifest({ "/contracts_v1/msg_kafka/enforce": "off" }, broken);
  expect(told(files)).toEqual([`E_ARCH_RR_POLICY_NOT_FOUND ${paths.kafka}:8`]);
});

const budget = (files: number, bytes: number): Change => ({
  "/tool_budgets/contracts_budgets": { max_contract_files: files, max_contract_bytes: bytes },
});

test("contract budgets: the last file and byte are fine, one less is told of once", () => {
  // 19 contract files: all of the table but the manifest and the overlay.
  expect(codesOf(manifest(budget(19, 1e6)))).toEqual([]);
  const found = check(manifest(budget(10, 1e6))).diagnostics;
  expect(found.filter(({ code }) => code === "E_ARCH_TOOL_BUDGET_EXCEEDED")).toMatchObject([
    {
      message: "contracts budget exceeded: too many files",
      data: { budget: "tool_budgets.contracts_budgets.max_contract_files", limit: 10, actual: 11 },
    },
  ]);
  const sizes = Object.entries(labFiles())
    .filter(([path]) => path !== paths.manifest && path !== paths.overlay)
    .map(([, document]) => Buffer.byteLength(JSON.stringify(document, null, 2)));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  expect(codesOf(manifest(budget(100, bytes)))).toEqual([]);
  expect(codesOf(manifest(budget(100, bytes - 1)))).toEqual(["E_ARCH_TOOL_BUDGET_EXCEEDED"]);
});

test("a link out of the repository", () => {
  const link = {
    kind: "unreadable",
    message: "it leads out of the repository",
    reason: "outside",
  } as const;
  expect(told(labFiles({}, { [paths.cliProfile]: link }))).toEqual([
    `E_ARCH_CONTRACT_OUTSIDE_ROOT ${paths.cliProfile}:1`,
    `E_ARCH_CLI_PROFILE_INVALID ${paths.cliProfile}:1`,
  ]);
});

test("a file that is named by two is told of once, and where it is named", () => {
  const twice = changed(labDocuments.kafka, {
    "/profiles/1": {
      id: "k2",
      profile_path: paths.kafkaProfile,
      budget_profile_id: "b1",
      rr_policy_id: "p1",
    },
  });
  const found = check(labFiles({}, { [paths.kafka]: twice, [paths.kafkaProfile]: undefined }));
  expect(found.diagnostics.map(({ code }) => code)).toEqual([
    "E_ARCH_CONTRACT_DUPLICATE_PATH",
    "E_ARCH_MSG_KAFKA_PROFILE_INVALID",
  ]);
  expect(found.diagnostics[1]?.related).toMatchObject([
    { message: "named here", loc: { span: { file: paths.kafka, start: { line: 6 } } } },
  ]);
});

const tokenLike = `ghp_${"a1B2".repeat(9)}`;
const jwt = ["eyJhbGciOiJIUzI1NiJ9", "eyJzdWIiOiIxIn0", "c2ln"].join(".");
const exporterWith = (k: string, v: string): HandFiles =>
  labFiles({ exporter: { "/cfg/headers": [{ k, v }] } });

const secrets: readonly (readonly [string, HandFiles])[] = [
  ["a token", exporterWith("x-note", tokenLike)],
  ["a JSON Web Token", exporterWith("x-note", jwt)],
  ["an authorization", exporterWith("Authorization", "Basic abc")],
  ["a key in a header", exporterWith("X-Api-Key", "0")],
  ["a URL with a password", labFiles({ exporter: { "/cfg/endpoint": "http://a:b@127.0.0.1:1/" } })],
  ["an access key", labFiles({ budget: { "/cfg/label": "AKIAIOSFODNN7EXAMPLE" } })],
  ["a private key", labFiles({ sandbox: { "/notes": "-----BEGIN RSA PRIVATE KEY-----" } })],
];

test.each(secrets)("%s is a secret", (_, files) => {
  const [found, ...others] = check(files).diagnostics;
  expect(others).toEqual([]);
  expect(found?.code).toBe("E_ARCH_CONTRACT_SECRET");
  expect(JSON.stringify(found)).not.toMatch(/ghp_|eyJ|AKIA|Basic|a:b@/);
});

const none: readonly (readonly [string, HandFiles])[] = [
  ["a placeholder", exporterWith("Authorization", ["$", "{OTLP_TOKEN}"].join(""))],
  ["a mask", exporterWith("Authorization", "***")],
  ["nothing", exporterWith("Authorization", "")],
  ["a header of another name", exporterWith("x-authorized-by", "me")],
  [
    "the id of a secret",
    labFiles({ redisProfile: { "/security/password_secret_id": "REDIS_PASSWORD" } }),
  ],
  ["a URL with a port", labFiles({ exporter: { "/cfg/endpoint": "http://a:8080/b@c" } })],
];

test.each(none)("%s is none", (_, files) => {
  expect(codesOf(files)).toEqual([]);
});

test("a number that RFC 8785 hashes otherwise is a warning, whatever the group's enforce", () => {
  const text = JSON.stringify(labDocuments.metrics).replace("[0.5,1,2.5]", "[0.5,1.0,2.5]");
  expect(check(labFiles({}, { [paths.metrics]: text })).diagnostics).toMatchObject([
    {
      code: "W_ARCH_CONTRACT_NUMBER_FORM",
      severity: "warning",
      message: "number is hashed as 1.0, and as 1 by RFC 8785",
      data: { instance_path: "/metrics/1/histogram_buckets/1" },
    },
  ]);
});

const skipped: Change = {
  "/contracts_v1/db": { index_path: "arch/db/index.x07db.json", enforce: "error" },
  "/contracts_v1/sm": { index_path: "arch/sm/i.json", gen_dir: "gen", require_gen_uptodate: true },
};
const foreign = {
  "arch/db/index.x07db.json": "{}",
  "arch/sm/i.json": "[]",
  "arch/db/q.json": "[1]",
};

test("a group that only X07 checks is said to be skipped, and its folder is left alone", () => {
  const found = check(manifest(skipped, foreign));
  expect(found.diagnostics).toMatchObject([
    { code: "I_ARCH_CONTRACT_GROUP_SKIPPED", severity: "info", data: { group: "db" } },
    { code: "I_ARCH_CONTRACT_GROUP_SKIPPED", severity: "info", data: { group: "sm" } },
  ]);
  expect(found.diagnostics[0]?.message).toBe("contract group db is not checked by this tool");
});

test("its index is locked, and what X07 locked of it stays, with the hash it has now", () => {
  const zero = { jcs_sha256_hex: "0".repeat(64) };
  const lock: JsonValue = {
    schema_version: "x07.arch.contracts.lock@0.1.0",
    indexes: {},
    files: { "arch/db/q.json": zero, "arch/db/gone.json": zero },
  };
  const { contracts } = check(manifest(skipped, { ...foreign, "arch/contracts.lock.json": lock }));
  const digestOfBraces = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
  expect(contracts?.indexes.get("arch/db/index.x07db.json")).toBe(digestOfBraces);
  expect(contracts?.indexes.has("arch/sm/i.json")).toBe(true);
  expect(contracts?.files.get("arch/db/q.json")).toMatch(/^(?!0{64})[0-9a-f]{64}$/);
  expect(contracts?.files.has("arch/db/gone.json")).toBe(false);
  const without = check(manifest({}, { ...foreign, "arch/contracts.lock.json": lock })).contracts;
  expect(without?.files.has("arch/db/q.json")).toBe(false);
});

test("boundaries are locked as X07 locks them: under their name, and among the files", () => {
  const boundaries = {
    "/contracts_v1/boundaries": { index_path: "arch/b/i.json", enforce: "error" },
  };
  const { contracts } = check(manifest(boundaries, { "arch/b/i.json": "{}" }));
  expect(contracts?.indexes.has("boundaries")).toBe(true);
  expect(contracts?.files.has("arch/b/i.json")).toBe(true);
});

test("no contracts: nothing is told, and nothing is to be locked", () => {
  const bare = { [paths.manifest]: changed(labDocuments.manifest, { "/contracts_v1": undefined }) };
  expect(check(bare)).toEqual({
    diagnostics: [],
    patches: [],
    contracts: undefined,
    reprise: undefined,
  });
});

test("the same repository twice, whatever the order of its files, gives the same", () => {
  const files = labFiles(
    { policy: { "/id": "x" }, kafka: { "/profiles/0/rr_policy_id": "p2" } },
    foreign,
  );
  const reversed = Object.fromEntries(Object.entries(files).reverse());
  expect(JSON.stringify(check(reversed))).toBe(JSON.stringify(check(files)));
  expect(handFiles(reversed).list("arch")).toEqual(handFiles(files).list("arch"));
  expect(manifestOf(reversed).hash).toBe(manifestOf(files).hash);
});
