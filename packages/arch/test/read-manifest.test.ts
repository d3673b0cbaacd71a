/**
 * Goal: a manifest, an overlay or a lock that cannot be used is told of alone, with X07's code, at its
 * place; one that can is read whole.
 * Method: a table of repositories with one thing wrong each, beside the same one with it right.
 */
import { expect, test } from "vitest";
import {
  manifestLockFindings,
  readManifestLock,
  scanGlobs,
} from "../src/documents/manifest-lock.ts";
import { defaultOverlay } from "../src/documents/overlay.ts";
import { readManifest } from "../src/documents/read-manifest.ts";
import { defaultExcludeGlobs, defaultIncludeGlobs } from "../src/module-scan.ts";
import { type HandFiles, handFiles, manifestOf, shown, validate } from "./hand-repository.ts";
import { labFiles, paths } from "./lab-contracts.ts";

const lockPath = "arch/manifest.lock.json";

function problems(files: HandFiles): readonly string[] {
  const read = readManifest({ files: handFiles(files), validate });
  return read.kind === "unusable" ? read.diagnostics.map(shown) : [];
}

const node = {
  id: "core",
  match: { module_prefixes: [], path_globs: ["src/**"] },
  world: "solve-pure",
  trust_zone: "untrusted",
  visibility: { mode: "public", visible_to: [] },
  imports: { deny_prefixes: [], allow_prefixes: [] },
};

/** What is wrong, the repository, what is told. */
const unusable: readonly (readonly [string, HandFiles, readonly string[]])[] = [
  ["no manifest", { [paths.manifest]: undefined }, [`E_ARCH_MANIFEST_READ ${paths.manifest}:1`]],
  [
    "a folder",
    { [paths.manifest]: { kind: "unreadable", message: "it is no file" } },
    [`E_ARCH_MANIFEST_READ ${paths.manifest}:1`],
  ],
  ["no JSON", { [paths.manifest]: "{\n}\n}" }, [`E_ARCH_MANIFEST_JSON_PARSE ${paths.manifest}:3`]],
  [
    "a byte order mark",
    { [paths.manifest]: "\uFEFF{}" },
    [`E_ARCH_MANIFEST_JSON_PARSE ${paths.manifest}:1`],
  ],
  [
    "another version",
    labFiles({ manifest: { "/schema_version": "x07.arch.manifest@0.2.0" } }),
    [`E_ARCH_MANIFEST_SCHEMA_INVALID ${paths.manifest}:2`],
  ],
  [
    "a group that X07 does not know",
    labFiles({ manifest: { "/contracts_v1/msg_redis": { index_path: "a", enforce: "error" } } }),
    [`E_ARCH_MANIFEST_SCHEMA_INVALID ${paths.manifest}:58`],
  ],
  [
    "two nodes of one id",
    labFiles({ manifest: { "/nodes": [node, node] } }),
    [`E_ARCH_MANIFEST_INVALID ${paths.manifest}:32`],
  ],
  [
    "an unknown world",
    labFiles({ manifest: { "/nodes": [{ ...node, world: "solve-clean" }] } }),
    [`E_ARCH_MANIFEST_INVALID ${paths.manifest}:20`],
  ],
  [
    "a bad glob",
    labFiles({
      manifest: { "/nodes": [{ ...node, match: { module_prefixes: [], path_globs: ["a", "["] } }] },
    }),
    [`E_ARCH_MANIFEST_INVALID ${paths.manifest}:18`],
  ],
  [
    "an overlay that is no JSON",
    labFiles({}, { [paths.overlay]: "{" }),
    [`E_ARCH_OVERLAY_JSON_PARSE ${paths.overlay}:1`],
  ],
  [
    "an overlay that is a folder",
    labFiles({}, { [paths.overlay]: { kind: "unreadable", message: "it is no file" } }),
    [`E_ARCH_OVERLAY_READ ${paths.overlay}:1`],
  ],
  [
    "an overlay of another form",
    labFiles({ overlay: { "/type_only": "counted" } }),
    [`E_ARCH_OVERLAY_SCHEMA_INVALID ${paths.overlay}:10`],
  ],
  [
    "an overlay with a bad glob",
    labFiles({ overlay: { "/include": ["["] } }),
    [`E_ARCH_OVERLAY_INVALID ${paths.overlay}:10`],
  ],
];

test.each(unusable)("%s: nothing can be checked", (_, files, told) => {
  expect(problems(files)).toEqual(told);
});

const usable: readonly (readonly [string, HandFiles])[] = [
  ["all as it should be", labFiles()],
  ["no overlay", labFiles({}, { [paths.overlay]: undefined })],
  ["two nodes", labFiles({ manifest: { "/nodes": [node, { ...node, id: "other" }] } })],
  ["every world of X07", labFiles({ manifest: { "/nodes": [{ ...node, world: "solve-kv" }] } })],
  ["no contracts", labFiles({ manifest: { "/contracts_v1": undefined } })],
];

test.each(usable)("%s: it is read", (_, files) => {
  expect(problems(files)).toEqual([]);
});

test("X07's words, and the hash where there is one", () => {
  const files = labFiles({
    manifest: { "/nodes": [{ ...node, world: "solve-clean" }, node, node] },
  });
  const read = readManifest({ files: handFiles(files), validate });
  expect(read).toMatchObject({
    kind: "unusable",
    hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    diagnostics: [
      { message: 'unsupported node world "solve-clean" (node="core")', severity: "error" },
      { message: "duplicate node id in manifest.nodes", stage: "parse" },
      { message: "duplicate node id in manifest.nodes" },
    ],
  });
  expect(readManifest({ files: handFiles({}), validate })).toMatchObject({
    hash: undefined,
    diagnostics: [{ message: "read manifest: there is no such file" }],
  });
});

test("a schema violation carries its pointers and the file", () => {
  const files = labFiles({ manifest: { "/repo/root": 7 } });
  const read = readManifest({ files: handFiles(files), validate });
  expect(read).toMatchObject({
    diagnostics: [
      {
        data: {
          file: paths.manifest,
          instance_path: "/repo/root",
          schema_path: "/$defs/path/type",
        },
        loc: { span: { start: { line: 5, col: 13 }, end: { line: 5, col: 14 } } },
      },
    ],
  });
});

test("the overlay's members have their defaults", () => {
  const { overlay } = manifestOf(labFiles({ overlay: { "/type_only_imports": "ignored" } }));
  expect(overlay).toMatchObject({
    ...defaultOverlay,
    type_only_imports: "ignored",
    msg_redis: { enforce: "error" },
    sandbox_policies: [paths.sandbox],
  });
  expect(manifestOf(labFiles({}, { [paths.overlay]: undefined })).overlay).toEqual(defaultOverlay);
});

test("a number of the manifest that RFC 8785 hashes otherwise is warned of", () => {
  const text = JSON.stringify(labFiles()[paths.manifest]).replace(
    '"max_edges":10',
    '"max_edges":1e1',
  );
  expect(manifestOf(labFiles({}, { [paths.manifest]: text })).diagnostics).toMatchObject([
    { code: "W_ARCH_CONTRACT_NUMBER_FORM", severity: "warning" },
  ]);
});

const lock = (change: Record<string, unknown> = {}): HandFiles => ({
  [lockPath]: {
    schema_version: "x07.arch.manifest.lock@0.1.0",
    manifest_path: paths.manifest,
    jcs_sha256_hex: manifestOf(labFiles()).hash,
    module_scan: { include_globs: ["src/**/*.ts"], exclude_globs: ["**/gen/**"] },
    ...change,
  } as never,
});

const locks: readonly (readonly [string, HandFiles, string | undefined, readonly string[]])[] = [
  ["none", {}, undefined, []],
  ["as it should be", lock(), undefined, []],
  ["one that was asked for and is not there", {}, "other.json", ["E_ARCH_LOCK_READ other.json:1"]],
  ["no JSON", { [lockPath]: "<<<<<<< ours" }, undefined, [`E_ARCH_LOCK_JSON_PARSE ${lockPath}:1`]],
  [
    "another version",
    lock({ schema_version: "x07.arch.manifest.lock@0.2.0" }),
    undefined,
    [`E_ARCH_LOCK_SCHEMA_INVALID ${lockPath}:2`],
  ],
  [
    "no hash",
    lock({ jcs_sha256_hex: "ABC" }),
    undefined,
    [`E_ARCH_LOCK_SCHEMA_INVALID ${lockPath}:4`],
  ],
  [
    "a bad glob",
    lock({ module_scan: { include_globs: [], exclude_globs: ["["] } }),
    undefined,
    [`E_ARCH_LOCK_INVALID ${lockPath}:8`],
  ],
];

test.each(locks)("the lock is %s", (_, files, path, told) => {
  const read = readManifestLock({ files: handFiles(files), validate }, { path });
  expect(read.kind === "unusable" ? read.diagnostics.map(shown) : []).toEqual(told);
});

test("one that is to be written need not be there", () => {
  const source = { files: handFiles({}), validate };
  expect(readManifestLock(source, { path: "other.json", writing: true })).toMatchObject({
    kind: "lock",
    path: "other.json",
    lock: undefined,
  });
});

function readLock(files: HandFiles) {
  const read = readManifestLock({ files: handFiles(files), validate });
  if (read.kind === "unusable") throw new Error("the lock is unusable");
  return read;
}

test("a lock that differs is an error, with both hashes", () => {
  const manifest = manifestOf(labFiles());
  expect(manifestLockFindings(manifest, readLock(lock()))).toEqual([]);
  expect(manifestLockFindings(manifest, readLock({}))).toEqual([]);
  const stale = "0".repeat(64);
  expect(manifestLockFindings(manifest, readLock(lock({ jcs_sha256_hex: stale })))).toMatchObject([
    {
      code: "E_ARCH_LOCK_MISMATCH",
      severity: "error",
      message: "manifest hash does not match lock (use --write-lock)",
      data: { expected_jcs_sha256_hex: manifest.hash, lock_jcs_sha256_hex: stale },
    },
  ]);
  expect(manifestLockFindings(manifest, readLock(lock({ manifest_path: "m.json" })))).toMatchObject(
    [{ message: `lock manifest_path mismatch: expected "${paths.manifest}" got "m.json"` }],
  );
});

test("what is scanned: the overlay's globs, else the lock's, else the usual ones", () => {
  const usual = { include: defaultIncludeGlobs, exclude: defaultExcludeGlobs };
  const x07 = { module_scan: { include_globs: ["**/*.x07.json"], exclude_globs: ["x"] } };
  const none = { include: undefined, exclude: undefined };
  expect(scanGlobs(none, readLock({}))).toEqual(usual);
  expect(scanGlobs(none, readLock(lock(x07)))).toEqual(usual);
  const locked = { include: ["src/**/*.ts"], exclude: ["**/gen/**"] };
  expect(scanGlobs(none, readLock(lock()))).toEqual(locked);
  expect(scanGlobs({ include: ["a"], exclude: undefined }, readLock(lock()))).toEqual({
    ...locked,
    include: ["a"],
  });
});
