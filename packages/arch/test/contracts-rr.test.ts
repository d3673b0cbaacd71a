/**
 * Goal: every code of the group rr, in X07's words and data, at its line; and none where it is right.
 * Method: a repository whose contracts are in order, with one thing changed in each row. Beside rows
 * that are wrong stand rows nearly the same that are not, with nothing told.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { expect, test } from "vitest";
import { changed, check, type HandFiles, shown } from "./hand-repository.ts";
import { labDocuments, labFiles, paths } from "./lab-contracts.ts";

const { rr, policy, sanitizer } = paths;
const told = (files: HandFiles): readonly string[] => check(files).diagnostics.map(shown);

/** Policies p1 and another, whose files are there. */
const second = (id: string, change: Record<string, JsonValue> = {}): JsonValue => ({
  ...((labDocuments.rr as { policies: JsonValue[] }).policies[0] as object),
  id,
  policy_path: `arch/rr/policies/${id}.policy.json`,
  ...change,
});
const withSecond = (id: string, first: boolean): HandFiles => {
  const [p1] = (labDocuments.rr as { policies: JsonValue[] }).policies;
  const policies = first ? [second(id), p1 ?? null] : [p1 ?? null, second(id)];
  const file = changed(labDocuments.policy, { "/id": id });
  const files = { [`arch/rr/policies/${id}.policy.json`]: file };
  return labFiles({ rr: { "/policies": policies } }, files);
};

const unreadable = { kind: "unreadable", message: "EACCES: permission denied" } as const;
const manifest = (change: Record<string, JsonValue>): HandFiles => labFiles({ manifest: change });
const orphans = { [policy]: undefined, [sanitizer]: undefined };

const notFound = [
  `E_ARCH_RR_POLICY_NOT_FOUND ${paths.msg}:17`,
  `E_ARCH_RR_POLICY_NOT_FOUND ${paths.kafka}:8`,
  `E_ARCH_RR_POLICY_NOT_FOUND ${paths.amqp}:8`,
  `E_ARCH_RR_POLICY_NOT_FOUND ${paths.amqp}:16`,
  `E_ARCH_RR_POLICY_NOT_FOUND ${paths.redis}:8`,
];

const rows: readonly (readonly [string, HandFiles, readonly string[]])[] = [
  ["all in order", labFiles(), []],
  [
    "a gen_dir of its own",
    manifest({ "/contracts_v1/rr/gen_dir": "arch/gen/rr" }),
    ["E_ARCH_RR_GEN_DIR_MISSING arch/gen/rr:1"],
  ],
  [
    "a gen_dir of its own that is there",
    labFiles(
      { manifest: { "/contracts_v1/rr/gen_dir": "arch/gen/rr" } },
      { "arch/gen/rr/.gitkeep": "" },
    ),
    [],
  ],
  [
    "the index elsewhere, and no folder arch/rr",
    labFiles(
      {
        manifest: {
          "/contracts_v1/rr/index_path": "rr.json",
          "/contracts_v1/rr/gen_dir": "arch/msg",
        },
        rr: { "/policies/0/policy_path": "p.json", "/policies/0/sanitize_path": "s.json" },
      },
      {
        [rr]: undefined,
        ...orphans,
        "rr.json": changed(labDocuments.rr, {
          "/policies/0/policy_path": "p.json",
          "/policies/0/sanitize_path": "s.json",
        }),
        "p.json": labDocuments.policy,
        "s.json": labDocuments.sanitizer,
      },
    ),
    ["E_ARCH_RR_DIR_MISSING"],
  ],
  [
    "no index",
    labFiles({}, { [rr]: undefined, ...orphans, "arch/rr/README.md": "" }),
    [`E_ARCH_RR_INDEX_READ ${rr}:1`, ...notFound],
  ],
  [
    "an index that cannot be read",
    labFiles({}, { [rr]: unreadable, ...orphans }),
    [`E_ARCH_RR_INDEX_READ ${rr}:1`, ...notFound],
  ],
  [
    "an index that is no JSON",
    labFiles({}, { [rr]: "{\n]", ...orphans }),
    [`E_ARCH_RR_INDEX_JSON_PARSE ${rr}:2`, ...notFound],
  ],
  [
    "an index of another version, twice",
    labFiles({ rr: { "/schema_version": "x07.arch.rr.index@0.2.0" } }),
    [`E_ARCH_RR_INDEX_SCHEMA_VERSION ${rr}:2`, `E_ARCH_RR_INDEX_SCHEMA_VERSION ${rr}:2`],
  ],
  [
    "an index of another version and form, once",
    labFiles({ rr: { "/schema_version": "x07.arch.rr.index@0.2.0", "/rules": [] } }, orphans),
    [`E_ARCH_RR_INDEX_SCHEMA_VERSION ${rr}:2`, ...notFound],
  ],
  [
    "an index with no version, once",
    labFiles({ rr: { "/schema_version": undefined } }, orphans),
    [`E_ARCH_RR_INDEX_SCHEMA_VERSION ${rr}:1`, ...notFound],
  ],
  [
    "an unknown member: nothing of it is known",
    labFiles({ rr: { "/extra": 1 } }, orphans),
    [`E_ARCH_RR_INDEX_SCHEMA_INVALID ${rr}:39`, ...notFound],
  ],
  [
    "a value out of bounds: it is read on",
    labFiles({ rr: { "/policies/0/kinds_allowed": ["", "rr"] } }),
    [`E_ARCH_RR_INDEX_SCHEMA_INVALID ${rr}:14`],
  ],
  ["policies out of order", withSecond("p0", false), [`E_ARCH_RR_INDEX_NOT_SORTED ${rr}:3`]],
  ["policies in order", withSecond("p0", true), []],
  ["policies in order of bytes", withSecond("P2", true), []],
  [
    "two policies of one id and path",
    labFiles({ rr: { "/policies/1": second("p1", { policy_path: policy }) } }),
    [`E_ARCH_CONTRACT_DUPLICATE_ID ${rr}:33`, `E_ARCH_CONTRACT_DUPLICATE_PATH ${rr}:34`],
  ],
  [
    "modes out of order",
    labFiles({ rr: { "/defaults/record_modes_allowed": ["replay_v1", "off"] } }),
    [`E_ARCH_RR_INDEX_DEFAULTS_NOT_SORTED ${rr}:34`],
  ],
  [
    "modes in order",
    labFiles({ rr: { "/defaults/record_modes_allowed": ["off", "replay_v1"] } }),
    [],
  ],
  [
    "a mode twice",
    labFiles({ rr: { "/defaults/record_modes_allowed": ["replay_v1", "replay_v1"] } }),
    [`E_ARCH_RR_INDEX_DEFAULTS_DUP ${rr}:34`],
  ],
  [
    "another brand",
    labFiles({ rr: { "/policies/0/cassette_brand": "std.rr.cassette_v2" } }),
    [`E_ARCH_RR_CASSETTE_BRAND_UNSUPPORTED ${rr}:30`],
  ],
  [
    "the brand with space around it",
    labFiles({ rr: { "/policies/0/cassette_brand": " std.rr.cassette_v1 " } }),
    [],
  ],
  [
    "worlds out of order",
    labFiles({ rr: { "/policies/0/worlds_allowed": ["solve-rr", "run-os-sandboxed"] } }),
    [`E_ARCH_RR_POLICY_WORLDS_NOT_SORTED ${rr}:9`],
  ],
  [
    "a world twice is in order",
    labFiles({ rr: { "/policies/0/worlds_allowed": ["run-os", "run-os"] } }),
    [],
  ],
  [
    "kinds out of order",
    labFiles({ rr: { "/policies/0/kinds_allowed": ["rr", "http"] } }),
    [`E_ARCH_RR_POLICY_KINDS_NOT_SORTED ${rr}:13`],
  ],
  ["kinds in order", labFiles({ rr: { "/policies/0/kinds_allowed": ["http", "rr"] } }), []],
  [
    "an operation of no kind",
    labFiles({ rr: { "/policies/0/ops_allowed/0": "kafka.publish" } }),
    [`E_ARCH_RR_OP_KIND_UNKNOWN ${rr}:17`, `E_ARCH_DRIVER_OPS_NOT_ALLOWED ${paths.amqpProfile}:3`],
  ],
  [
    "an operation of a kind that is not allowed",
    labFiles({ rr: { "/policies/0/ops_allowed/12": "std.net.http.get_v1" } }),
    [`E_ARCH_RR_OP_KIND_NOT_ALLOWED ${rr}:29`],
  ],
  [
    "an operation of a kind that is allowed",
    labFiles({
      rr: {
        "/policies/0/ops_allowed/12": "std.net.http.get_v1",
        "/policies/0/kinds_allowed": ["http", "rr"],
      },
    }),
    [],
  ],
  ["no policy file", labFiles({}, { [policy]: undefined }), [`E_ARCH_RR_POLICY_READ ${policy}:1`]],
  [
    "a policy that cannot be read",
    labFiles({}, { [policy]: unreadable }),
    [`E_ARCH_RR_POLICY_READ ${policy}:1`],
  ],
  [
    "a policy that is no JSON",
    labFiles({}, { [policy]: "{ }}" }),
    [`E_ARCH_RR_POLICY_JSON_PARSE ${policy}:1`],
  ],
  [
    "a policy of another version",
    labFiles({ policy: { "/schema_version": "x07.arch.rr.policy@1.0.0" } }),
    [`E_ARCH_RR_POLICY_SCHEMA_VERSION ${policy}:2`],
  ],
  [
    "a policy of another form",
    labFiles({ policy: { "/budgets/max_entries": -1 } }),
    [`E_ARCH_RR_POLICY_SCHEMA_INVALID ${policy}:9`],
  ],
  [
    "a policy for HTTP",
    labFiles({
      policy: {
        "/http": {
          key_v1: {
            include_headers: [],
            ignore_headers: ["date"],
            query_sort: "lex_u8_v1",
            body_hash: "sha256_v1",
          },
        },
      },
    }),
    [],
  ],
  [
    "a policy of another id",
    labFiles({ policy: { "/id": "p2" } }),
    [`E_ARCH_RR_POLICY_ID_MISMATCH ${policy}:3`],
  ],
  [
    "a mode that the index does not allow",
    labFiles({ policy: { "/mode_default": "rewrite_v1" } }),
    [`E_ARCH_RR_POLICY_MODE_NOT_ALLOWED ${policy}:5`],
  ],
  [
    "no defaults, and another mode than replay",
    labFiles({ rr: { "/defaults": undefined }, policy: { "/mode_default": "record_v1" } }),
    [`E_ARCH_RR_POLICY_MODE_NOT_ALLOWED ${policy}:5`],
  ],
  ["no defaults, and replay", labFiles({ rr: { "/defaults": undefined } }), []],
  [
    "no sanitizer",
    labFiles({}, { [sanitizer]: undefined }),
    [`E_ARCH_RR_SANITIZER_READ ${sanitizer}:1`],
  ],
  [
    "a sanitizer that is no JSON",
    labFiles({}, { [sanitizer]: "" }),
    [`E_ARCH_RR_SANITIZER_JSON_PARSE ${sanitizer}:1`],
  ],
  [
    "a sanitizer of another version",
    labFiles({ sanitizer: { "/schema_version": "v2" } }),
    [`E_ARCH_RR_SANITIZER_SCHEMA_VERSION ${sanitizer}:2`],
  ],
  [
    "a sanitizer of another form",
    labFiles({ sanitizer: { "/redact_token": 1 } }),
    [`E_ARCH_RR_SANITIZER_SCHEMA_INVALID ${sanitizer}:8`],
  ],
  [
    "a sanitizer of another id",
    labFiles({ sanitizer: { "/id": "s2" } }),
    [`E_ARCH_RR_SANITIZER_ID_MISMATCH ${sanitizer}:3`],
  ],
  [
    "a companion of another form",
    labFiles(
      {},
      {
        "arch/rr/policies/p1.policy.matching.json": {
          schema_version: "reprise.rr.matching@0.1.0",
          order: "random",
        },
      },
    ),
    ["E_ARCH_RR_COMPANION_INVALID arch/rr/policies/p1.policy.matching.json:3"],
  ],
  [
    "companions as they should be",
    labFiles(
      {},
      {
        "arch/rr/policies/p1.policy.matching.json": { schema_version: "reprise.rr.matching@0.1.0" },
        "arch/rr/sanitizers/s1.sanitize.allow.json": {
          schema_version: "reprise.rr.secret-allow@0.1.0",
          allow: [],
        },
      },
    ),
    [],
  ],
];

test.each(rows)("%s", (_, files, expected) => {
  expect(told(files)).toEqual(expected);
});

/** Words and data, as X07 has them. */
const words: readonly (readonly [HandFiles, string, string, JsonValue])[] = [
  [
    labFiles({}, { [policy]: undefined }),
    "E_ARCH_RR_POLICY_READ",
    "contract file is missing",
    { path: policy },
  ],
  [
    withSecond("p0", false),
    "E_ARCH_RR_INDEX_NOT_SORTED",
    "policies[] must be sorted by id",
    { index_path: rr },
  ],
  [
    labFiles({ rr: { "/policies/0/kinds_allowed": ["rr", "http"] } }),
    "E_ARCH_RR_POLICY_KINDS_NOT_SORTED",
    "kinds_allowed[] must be sorted",
    { policy_id: "p1" },
  ],
  [
    labFiles({ rr: { "/policies/0/cassette_brand": "x" } }),
    "E_ARCH_RR_CASSETTE_BRAND_UNSUPPORTED",
    "cassette_brand is not supported (expected std.rr.cassette_v1)",
    { policy_id: "p1", cassette_brand: "x" },
  ],
  [
    labFiles({ rr: { "/policies/0/ops_allowed/12": "std.net.tls.x" } }),
    "E_ARCH_RR_OP_KIND_NOT_ALLOWED",
    "op kind is not included in kinds_allowed",
    { policy_id: "p1", op: "std.net.tls.x", kind: "tcp_stream" },
  ],
  [
    labFiles({ rr: { "/policies/0/ops_allowed/12": "stdx" } }),
    "E_ARCH_RR_OP_KIND_UNKNOWN",
    "op kind is unknown to arch check",
    { policy_id: "p1", op: "stdx" },
  ],
  [
    labFiles({ policy: { "/id": "x" } }),
    "E_ARCH_RR_POLICY_ID_MISMATCH",
    "RR policy id does not match index entry",
    { policy_id: "p1", policy_doc_id: "x", policy_path: policy },
  ],
  [
    labFiles({ policy: { "/mode_default": "off" } }),
    "E_ARCH_RR_POLICY_MODE_NOT_ALLOWED",
    "RR policy mode_default is not allowed by arch/rr index defaults",
    {
      policy_id: "p1",
      mode_default: "off",
      index_record_modes_allowed: ["record_v1", "replay_v1"],
    },
  ],
  [
    labFiles({ sanitizer: { "/schema_version": "v2" } }),
    "E_ARCH_RR_SANITIZER_SCHEMA_VERSION",
    "schema_version mismatch for RR sanitizer",
    { expected: "x07.arch.rr.sanitize@0.1.0", got: "v2" },
  ],
  [
    labFiles({ sanitizer: { "/schema_version": undefined } }),
    "E_ARCH_RR_SANITIZER_SCHEMA_VERSION",
    "schema_version mismatch for RR sanitizer",
    { expected: "x07.arch.rr.sanitize@0.1.0", got: null },
  ],
  [
    labFiles({ sanitizer: { "/id": "x" } }),
    "E_ARCH_RR_SANITIZER_ID_MISMATCH",
    "RR sanitizer id does not match index entry",
    { sanitize_id: "s1", sanitize_doc_id: "x", sanitize_path: sanitizer },
  ],
];

test.each(words)("%#: %s", (files, code, message, data) => {
  const found = check(files).diagnostics.find((each) => each.code === code);
  expect(found).toMatchObject({ message, severity: "error" });
  expect(found?.data).toEqual(data);
});

test("arrays out of order come with the change that sorts them", () => {
  const change = {
    "/policies/0/worlds_allowed": ["solve-rr", "run-os"],
    "/policies/0/kinds_allowed": ["rr", "http"],
  };
  expect(check(labFiles({ rr: change })).patches).toEqual([
    {
      path: rr,
      note: "Auto-sort RR index arrays.",
      patch: [
        { op: "replace", path: "/policies/0/worlds_allowed", value: ["run-os", "solve-rr"] },
        { op: "replace", path: "/policies/0/kinds_allowed", value: ["http", "rr"] },
      ],
    },
  ]);
});

test("a sanitizer without what it needs comes with safe defaults, once for two policies", () => {
  const bare = { "/v": undefined, "/redact_headers": undefined, "/redact_token": undefined };
  const files = { ...withSecond("p2", false), [sanitizer]: changed(labDocuments.sanitizer, bare) };
  expect(check(files).patches).toEqual([
    {
      path: sanitizer,
      note: "Fill required RR sanitizer fields with safe defaults.",
      patch: [
        { op: "add", path: "/v", value: 1 },
        { op: "add", path: "/redact_headers", value: [] },
        { op: "add", path: "/redact_token", value: "" },
      ],
    },
  ]);
  expect(
    check(labFiles({ sanitizer: { "/schema_version": "v2", "/v": undefined } })).patches,
  ).toEqual([]);
});
