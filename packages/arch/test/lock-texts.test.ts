/**
 * Goal: `--write-lock` writes what X07 would, what it writes is found to match, and any change of any
 * contract is found not to.
 * Method: the texts against ones written by hand; every file of a repository with all groups changed
 * in turn; locks with one thing wrong each.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { expect, test } from "vitest";
import { lockTexts } from "../src/documents/lock-texts.ts";
import { readManifestLock } from "../src/documents/manifest-lock.ts";
import {
  changed,
  check,
  type HandFiles,
  handFiles,
  manifestOf,
  shown,
  validate,
} from "./hand-repository.ts";
import { type ContractName, labDocuments, labFiles, paths } from "./lab-contracts.ts";

const contractsLock = "arch/contracts.lock.json";
const repriseLock = "arch/reprise.lock.json";
const manifestLock = "arch/manifest.lock.json";

function locksOf(files: HandFiles): Readonly<Record<string, string>> {
  const manifest = manifestOf(files);
  const read = readManifestLock({ files: handFiles(files), validate });
  if (read.kind === "unusable") throw new Error("the lock is unusable");
  const scan = { include: ["**/*.ts"], exclude: ["**/dist/**"] };
  const { contracts, reprise } = check(files);
  const texts = lockTexts({ manifest, manifestLock: read, scan, contracts, reprise });
  return Object.fromEntries(texts.map(({ path, text }) => [path, text]));
}

const locked = (files: HandFiles): HandFiles => ({ ...files, ...locksOf(files) });
const mismatches = (files: HandFiles): readonly string[] =>
  check(files, { writing: false })
    .diagnostics.filter(({ code }) => code.includes("LOCK"))
    .map(shown);

test("the texts: sorted keys, two spaces, a newline", () => {
  const files: HandFiles = {
    [paths.manifest]: changed(labDocuments.manifest, {
      "/contracts_v1": {
        canonical_json: { mode: "jcs_rfc8785_v1" },
        cli: { index_path: paths.cli, enforce: "error" },
      },
    }),
    [paths.cli]: "{}",
  };
  const { hash } = manifestOf(files);
  expect(locksOf(files)).toEqual({
    [manifestLock]: `{
  "jcs_sha256_hex": "${hash}",
  "manifest_path": "arch/manifest.x07arch.json",
  "module_scan": {
    "exclude_globs": [
      "**/dist/**"
    ],
    "include_globs": [
      "**/*.ts"
    ]
  },
  "schema_version": "x07.arch.manifest.lock@0.1.0"
}
`,
    [contractsLock]: `{
  "files": {},
  "indexes": {
    "arch/cli/index.x07cli.json": {
      "jcs_sha256_hex": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    }
  },
  "schema_version": "x07.arch.contracts.lock@0.1.0"
}
`,
  });
});

test("indexes hold the index files, files what they name; what X07 does not know is apart", () => {
  const files = labFiles({}, { "arch/rr/policies/p1.policy.matching.json": matching });
  const texts = locksOf(files);
  const keys = (path: string, member: string): readonly string[] =>
    Object.keys((JSON.parse(texts[path] ?? "") as Record<string, object>)[member] ?? {});
  const { rr, budgets, msg, kafka, amqp, cli, obs } = paths;
  expect(keys(contractsLock, "indexes")).toEqual([rr, budgets, msg, kafka, amqp, cli, obs].sort());
  const { policy, sanitizer, budget, kafkaProfile, amqpProfile, topology } = paths;
  const named = [policy, sanitizer, budget, kafkaProfile, amqpProfile, topology];
  const { cliProfile, metrics, exporter } = paths;
  expect(keys(contractsLock, "files")).toEqual([...named, cliProfile, metrics, exporter].sort());
  expect(keys(repriseLock, "indexes")).toEqual([paths.redis, paths.overlay].sort());
  expect(keys(repriseLock, "files")).toEqual(
    [paths.sandbox, paths.redisProfile, "arch/rr/policies/p1.policy.matching.json"].sort(),
  );
});

const matching: JsonValue = { schema_version: "reprise.rr.matching@0.1.0", order: "exact" };

test("module_scan of the lock that is there is kept, and the same twice is the same", () => {
  const first = locked(labFiles());
  const scan = { include_globs: ["src/**/*.ts"], exclude_globs: [] };
  const before = JSON.parse(String(first[manifestLock])) as JsonValue;
  const kept = { ...first, [manifestLock]: changed(before, { "/module_scan": scan }) };
  expect(JSON.parse(locksOf(kept)[manifestLock] ?? "")).toMatchObject({ module_scan: scan });
  expect(locksOf(first)).toEqual(locksOf(locked(first)));
});

test("what was just written matches", () => {
  expect(mismatches(locked(labFiles()))).toEqual([]);
});

const ours: ReadonlySet<string> = new Set(["overlay", "redis", "redisProfile", "sandbox"]);
const others = (Object.keys(paths) as ContractName[]).filter((name) => name !== "manifest");

test.each(others)("a change of %s is a mismatch", (name) => {
  const key = name === "overlay" ? "/pure_externals" : "/unknown_to_all";
  const value = name === "overlay" ? ["x"] : 1;
  const before = locked(labFiles());
  const after = { ...before, [paths[name]]: changed(labDocuments[name], { [key]: value }) };
  const lock = ours.has(name) ? repriseLock : contractsLock;
  expect(mismatches(after)).toEqual([`E_ARCH_CONTRACTS_LOCK_MISMATCH ${lock}:1`]);
});

test.each(others.filter((name) => name !== "overlay"))("space in %s is none", (name) => {
  const before = locked(labFiles());
  const text = `\n ${JSON.stringify(labDocuments[name])}`;
  expect(mismatches({ ...before, [paths[name]]: text })).toEqual([]);
});

test("a mismatch has the hashes of both locks, and its notes say what differs", () => {
  const files: HandFiles = { ...locked(labFiles()), [paths.cliProfile]: "{}" };
  const before = JSON.parse(String(files[contractsLock])) as JsonValue;
  const added = changed(before, { "/files/gone.json": { jcs_sha256_hex: "0".repeat(64) } });
  const found = check({ ...files, [contractsLock]: added }, { writing: false }).diagnostics.find(
    ({ code }) => code === "E_ARCH_CONTRACTS_LOCK_MISMATCH",
  );
  expect(found).toMatchObject({
    message: "contracts lock does not match current contract files",
    data: {
      expected_jcs_sha256_hex: expect.stringMatching(/^[0-9a-f]{64}$/),
      got_jcs_sha256_hex: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  });
  expect(found?.notes).toEqual([
    "if these changes are meant: reprise-arch check --write-lock",
    "arch/cli/profiles/c1.cli_profile.json has changed",
    "gone.json is locked, and no longer a contract",
  ]);
  expect(found?.data?.expected_jcs_sha256_hex).not.toBe(found?.data?.got_jcs_sha256_hex);
});

test("a lock that is not there is a warning", () => {
  const found = check(labFiles(), { writing: false }).diagnostics;
  expect(found.map(({ code, severity, message }) => [code, severity, message])).toEqual([
    ["W_ARCH_CONTRACTS_LOCK_MISSING", "warning", `contracts lock is missing (${contractsLock})`],
    ["W_ARCH_CONTRACTS_LOCK_MISSING", "warning", `contracts lock is missing (${repriseLock})`],
  ]);
});

const entry = { jcs_sha256_hex: "0".repeat(64) };

const badLocks: readonly (readonly [string, JsonValue, readonly string[]])[] = [
  ["no JSON", "{" as JsonValue, ["E_ARCH_CONTRACTS_LOCK_JSON_PARSE"]],
  [
    "one with a member too few",
    { schema_version: "x07.arch.contracts.lock@0.1.0", indexes: {} },
    ["E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID", "E_ARCH_CONTRACTS_LOCK_INVALID"],
  ],
  [
    "one with a hash that is none",
    {
      schema_version: "x07.arch.contracts.lock@0.1.0",
      indexes: {},
      files: { a: { jcs_sha256_hex: "x" } },
    },
    ["E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID", "E_ARCH_CONTRACTS_LOCK_MISMATCH"],
  ],
  [
    "one of another version",
    { schema_version: "x07.arch.contracts.lock@0.2.0", indexes: {}, files: { a: entry } },
    ["E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID", "E_ARCH_CONTRACTS_LOCK_SCHEMA_VERSION"],
  ],
  ["a list", [], ["E_ARCH_CONTRACTS_LOCK_SCHEMA_INVALID", "E_ARCH_CONTRACTS_LOCK_INVALID"]],
];

test.each(badLocks)("the lock is %s", (_, lock, told) => {
  const files = { ...locked(labFiles()), [contractsLock]: lock };
  const found = check(files, { writing: false }).diagnostics.map(({ code }) => code);
  expect(found).toEqual(told);
});

test("an overlay that names no contract needs no lock, until it has one", () => {
  const changes = { overlay: { "/msg_redis": undefined, "/sandbox_policies": undefined } };
  const bare = labFiles(changes, { [paths.redis]: undefined, [paths.redisProfile]: undefined });
  const x07Only = { ...bare, [contractsLock]: locksOf(bare)[contractsLock] };
  expect(mismatches(x07Only)).toEqual([]);
  const full = locked(bare);
  const overlay = { schema_version: "reprise.arch.overlay@0.1.0", pure_externals: ["x"] };
  expect(mismatches({ ...full, [paths.overlay]: overlay })).toEqual([
    `E_ARCH_CONTRACTS_LOCK_MISMATCH ${repriseLock}:1`,
  ]);
});
