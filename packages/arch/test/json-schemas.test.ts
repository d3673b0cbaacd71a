/**
 * Goal: each document has a schema that is one, that editors can use, and that says what the format
 * says: what is required, what is known, what is in bounds.
 * Method: the schemas against the metaschema of JSON Schema 2020-12; a document of every kind that
 * fits; then each of its members taken away, one unknown member added everywhere, and bounds.
 */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { JsonValue } from "@reprise/canonical-json";
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { type SchemaVersion, schemaVersions } from "../src/documents/schema-versions.ts";
import { jsonSchemas } from "../src/os/json-schemas.ts";
import { type Change, changed, validate } from "./hand-repository.ts";
import { labDocuments } from "./lab-contracts.ts";

const folder = fileURLToPath(new URL("../schemas", import.meta.url));
const hash = { jcs_sha256_hex: "0".repeat(64) };

/** A document of each kind. */
const samples: ReadonlyMap<SchemaVersion, JsonValue> = new Map(
  [
    ...Object.values(labDocuments),
    {
      schema_version: "x07.arch.manifest.lock@0.1.0",
      manifest_path: "arch/manifest.x07arch.json",
      jcs_sha256_hex: "a".repeat(64),
      module_scan: { include_globs: ["**/*.ts"], exclude_globs: [] },
    },
    { schema_version: "x07.arch.contracts.lock@0.1.0", indexes: { a: hash }, files: {} },
    { schema_version: "reprise.arch.contracts.lock@0.1.0", indexes: {}, files: { a: hash } },
    { schema_version: "reprise.rr.matching@0.1.0", order: "any", volatile: ["/value/at"] },
    {
      schema_version: "reprise.rr.secret-allow@0.1.0",
      allow: [{ rule: "jwt", where: "/value", reason: "a test vector of RFC 7519" }],
    },
  ].map((document) => [(document as { schema_version: SchemaVersion }).schema_version, document]),
);

test("there is a schema for each kind of document, and a sample here", () => {
  const files = schemaVersions.map((version) => `${version}.json`).sort();
  expect(readdirSync(folder).sort()).toEqual(files);
  expect([...samples.keys()].sort()).toEqual([...schemaVersions].sort());
});

test.each(schemaVersions)("%s is a schema, with an $id of its own, and described", (version) => {
  const schema = jsonSchemas[version];
  expect(new Ajv2020({ strict: true, discriminator: true }).validateSchema(schema)).toBe(true);
  expect(schema).toMatchObject({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    $id: `https://unpkg.com/@reprise/arch/schemas/${version}.json`,
    additionalProperties: false,
  });
  expect(undescribed(schema)).toEqual([]);
});

/** Properties that an editor could say nothing of. */
function undescribed(schema: unknown, path = ""): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  const own =
    "properties" in schema && typeof schema.properties === "object"
      ? Object.entries(schema.properties ?? {}).flatMap(([name, property]) =>
          isDescribed(property) ? [] : [`${path}/${name}`],
        )
      : [];
  const inner = Object.entries(schema).flatMap(([key, each]) =>
    undescribed(each, `${path}/${key}`),
  );
  return [...own, ...inner];
}

function isDescribed(property: unknown): boolean {
  const text = JSON.stringify(property);
  return ["description", "const", "$ref"].some((key) => text.includes(`"${key}":`));
}

test.each([...samples])("%s: a sample fits", (version, document) => {
  expect(validate(version, document)).toEqual([]);
});

const optional: ReadonlySet<string> = new Set([
  "/security",
  "/auth",
  "/defaults",
  "/contracts_v1",
  "/defaults/default_profile_id",
  "/defaults/default_exporter_id",
  "/metrics/1/histogram_buckets",
  "/render/max_line_bytes",
  "/cfg/headers",
  "/order",
  "/volatile",
  "/allow/0/where",
  "/msg_redis",
  "/sandbox_policies",
  "/auth/username_secret_id",
  "/auth/password_secret_id",
  "/security/tls",
  "/security/password_secret_id",
  "/exchanges/0/durable",
  "/queues/0/durable",
  "/contracts_v1/rr",
  "/contracts_v1/budgets",
  "/contracts_v1/msg",
  "/contracts_v1/msg_kafka",
  "/contracts_v1/msg_amqp",
  "/contracts_v1/cli",
  "/contracts_v1/obs",
  "/indexes/a",
  "/files/a",
]);

test.each([...samples])("%s: each member without which it does not fit", (version, document) => {
  for (const pointer of memberPointers(document)) {
    const issues = validate(version, changed(document, { [pointer]: undefined }));
    if (optional.has(pointer)) expect(issues, pointer).toEqual([]);
    else
      expect(
        issues.map(({ keyword }) => keyword),
        pointer,
      ).toContain("required");
  }
});

test.each([...samples])("%s: nothing unknown, at any level", (version, document) => {
  for (const pointer of objectPointers(document)) {
    const at = `${pointer}/unknown`;
    const issues = validate(version, changed(document, { [at]: 1 }));
    const isMap = version.includes("contracts.lock") && /^\/(indexes|files)$/.test(pointer);
    const keyword = isMap ? "type" : "additionalProperties";
    expect(issues[0], at).toMatchObject({ keyword, at });
  }
});

function memberPointers(value: JsonValue, pointer = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]: [string, JsonValue]) => [
    ...(Array.isArray(value) ? [] : [`${pointer}/${key}`]),
    ...memberPointers(member, `${pointer}/${key}`),
  ]);
}

function objectPointers(value: JsonValue, pointer = ""): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  const inner = Object.entries(value).flatMap(([key, member]: [string, JsonValue]) =>
    objectPointers(member, `${pointer}/${key}`),
  );
  return Array.isArray(value) ? inner : [pointer, ...inner];
}

const max = 2 ** 30;

/** Kind, a change at a bound that is fine, the same one beyond. */
const bounds: readonly (readonly [keyof typeof labDocuments, Change, Change])[] = [
  ["policy", { "/id": "a".repeat(128) }, { "/id": "a".repeat(129) }],
  ["policy", { "/id": "9._-" }, { "/id": "_9" }],
  ["policy", { "/v": 1 }, { "/v": 0 }],
  ["policy", { "/v": 2 }, { "/v": 1.5 }],
  ["policy", { "/budgets/max_entries": 0 }, { "/budgets/max_entries": -1 }],
  ["policy", { "/mode_default": "off" }, { "/mode_default": "record" }],
  ["rr", { "/policies/0/policy_path": "a/..b" }, { "/policies/0/policy_path": "a/../b" }],
  ["rr", { "/policies/0/policy_path": "a.b" }, { "/policies/0/policy_path": ".." }],
  ["rr", { "/policies/0/policy_path": "a" }, { "/policies/0/policy_path": "/a" }],
  ["rr", { "/policies/0/policy_path": "Ca/b" }, { "/policies/0/policy_path": "C:/b" }],
  ["rr", { "/policies/0/policy_path": "a\\b" }, { "/policies/0/policy_path": "a\\..\\b" }],
  ["rr", { "/policies/0/kinds_allowed": [] }, { "/policies/0/kinds_allowed": [""] }],
  ["rr", { "/policies/0/worlds_allowed": [] }, { "/policies/0/worlds_allowed": ["os"] }],
  ["sanitizer", { "/redact_token": "" }, { "/redact_token": "x".repeat(257) }],
  ["msg", { "/topics/0/id": "😀".repeat(256) }, { "/topics/0/id": "x".repeat(257) }],
  ["msg", { "/topics/0/max_value_bytes": max }, { "/topics/0/max_value_bytes": max + 1 }],
  ["msg", { "/topics/0/key_brand": "" }, { "/topics/0/value_brand": "" }],
  ["msg", { "/topics/1": undefined }, { "/topics": [] }],
  ["kafkaProfile", { "/limits/max_poll_wait_ms": 0 }, { "/limits/max_poll_wait_ms": 60_001 }],
  ["kafkaProfile", { "/limits/max_poll_items": 100_000 }, { "/limits/max_poll_items": 0 }],
  ["kafkaProfile", { "/bootstrap": ["x"] }, { "/bootstrap": [] }],
  ["amqpProfile", { "/port": 65_535 }, { "/port": 65_536 }],
  ["amqpProfile", { "/limits/prefetch_count": 1 }, { "/limits/prefetch_count": 1_000_001 }],
  ["topology", { "/bindings/0/routing_key": "" }, { "/bindings/0/queue": "" }],
  ["topology", { "/exchanges/0/type": "headers" }, { "/exchanges/0/type": "x-delayed" }],
  ["redisProfile", { "/limits/max_entry_bytes": 1 }, { "/limits/max_entry_bytes": 0 }],
  ["cliProfile", { "/render/max_line_bytes": 16 }, { "/render/max_line_bytes": 15 }],
  ["metrics", { "/metrics/0/unit": "" }, { "/metrics/0/help": "" }],
  ["metrics", { "/metrics/0/labels": ["_a"] }, { "/metrics/0/labels": ["a-b"] }],
  ["exporter", { "/cfg/headers": [] }, { "/kind": "otlp_http_json_v1" }],
  ["sandbox", { "/limits/wall_ms": 600_000 }, { "/limits/wall_ms": 600_001 }],
  ["sandbox", { "/net/allow_hosts": [] }, { "/net/allow_hosts": ["127.0.0.1:9092"] }],
  ["manifest", { "/repo/root": "." }, { "/repo/root": "" }],
  ["manifest", { "/tool_budgets/max_edges": 0 }, { "/tool_budgets/max_edges": -1 }],
  ["overlay", { "/type_only_imports": "separate" }, { "/type_only_imports": "no" }],
];

test.each(bounds)("%s: %j is fine, %j is not", (name, fine, beyond) => {
  const document = labDocuments[name];
  const version = (document as { schema_version: SchemaVersion }).schema_version;
  expect(validate(version, changed(document, fine))).toEqual([]);
  expect(validate(version, changed(document, beyond))).toHaveLength(1);
});

test("messages say what was expected", () => {
  const messages = (name: keyof typeof labDocuments, change: Change): readonly string[] => {
    const document = labDocuments[name];
    const version = (document as { schema_version: SchemaVersion }).schema_version;
    return validate(version, changed(document, change)).map(({ message }) => message);
  };
  expect(messages("policy", { "/v": undefined })).toEqual(['document: member "v" is missing']);
  expect(messages("policy", { "/x": 1 })).toEqual(['document: unknown member "x"']);
  expect(messages("policy", { "/match_mode": "x" })).toEqual([
    "/match_mode: expected one of lookup_v1, transcript_v1",
  ]);
  expect(messages("policy", { "/schema_version": "x" })).toEqual([
    '/schema_version: expected "x07.arch.rr.policy@0.1.0"',
  ]);
  expect(messages("manifest", { "/rules": [{ kind: "deps_v2" }] })).toEqual([
    '/rules/0: value of tag "kind" must be in oneOf',
  ]);
});
