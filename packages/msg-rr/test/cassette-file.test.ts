/**
 * Goal: a cassette in a file is there for others as soon as an append returns, and is replaced at once
 * or not at all.
 * Method: real files in a temporary folder; a file that may not grow further (the system's limit on
 * file size, set for a child), to see an append fail half way. A file without permission to read is
 * not tried: tests run as root on some machines, and root may read it.
 */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeCassette, encodeCassetteEntry } from "@reprise/msg-rr";
import { openCassetteFile } from "@reprise/msg-rr/os";
import { build } from "tsup";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { minimalEntry } from "./entry-samples.ts";
import { refusalOf } from "./refusal.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "reprise-file-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const fileOf = (path: string): string => join(root, ".x07_rr", path);
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(fileOf(path)));
const put = (path: string, bytes: Uint8Array): void => {
  mkdirSync(join(fileOf(path), ".."), { recursive: true });
  writeFileSync(fileOf(path), bytes);
};
const minimal = encodeCassetteEntry(minimalEntry);
const max = 2 ** 32;

describe("a store", () => {
  test("makes nothing until something is written", () => {
    const store = openCassetteFile(root, "a/b/c");
    expect(store.load(max)).toBeUndefined();
    store.close();
    expect(existsSync(fileOf(""))).toBe(false);
    expect(store.name).toBe(join(".x07_rr", "a/b/c"));
  });

  test("appends are there for another reader when they return", () => {
    const store = openCassetteFile(root, "a/b/c");
    for (let count = 1; count <= 5; count++) {
      store.append(minimal);
      expect(read("a/b/c")).toHaveLength(count * minimal.length);
      expect(openCassetteFile(root, "a/b/c").load(max)).toEqual(read("a/b/c"));
    }
    store.close();
    store.close();
    expect(decodeCassette(read("a/b/c"))).toHaveLength(5);
  });

  test("appends go behind what is there, and behind what another wrote meanwhile", () => {
    put("a", Uint8Array.of(1));
    const store = openCassetteFile(root, "a");
    store.append(Uint8Array.of(2));
    const other = openCassetteFile(root, "a");
    other.append(Uint8Array.of(3));
    store.append(Uint8Array.of(4));
    store.close();
    other.close();
    expect(read("a")).toEqual(Uint8Array.of(1, 2, 3, 4));
  });

  test("a replacement is written beside and renamed, and appended to", () => {
    put("a", Uint8Array.of(1, 2, 3));
    const { ino } = statSync(fileOf("a"));
    const store = openCassetteFile(root, "a");
    store.append(Uint8Array.of(4));
    store.replace(Uint8Array.of(9));
    expect(read("a")).toEqual(Uint8Array.of(9));
    // Another file took its name: who had the old one open still has all of it.
    expect(statSync(fileOf("a")).ino).not.toBe(ino);
    store.append(Uint8Array.of(8));
    const other = openCassetteFile(root, "a");
    other.append(Uint8Array.of(7));
    store.append(Uint8Array.of(6));
    store.close();
    other.close();
    expect(read("a")).toEqual(Uint8Array.of(9, 8, 7, 6));
    expect(readdirSync(fileOf(""))).toEqual(["a"]);
  });

  test("what a killed process left beside is no hindrance", () => {
    put(`a.${process.pid}.partial`, Uint8Array.of(1, 2, 3));
    const store = openCassetteFile(root, "a");
    store.replace(Uint8Array.of(9));
    store.close();
    expect(read("a")).toEqual(Uint8Array.of(9));
    expect(readdirSync(fileOf(""))).toEqual(["a"]);
  });

  test("a file larger than the budget is refused before it is read", () => {
    put("a", new Uint8Array(100));
    const refusal = refusalOf(() => openCassetteFile(root, "a").load(99));
    expect([refusal.code, refusal.x07]).toEqual(["BUDGET_BYTES", 2003]);
    expect(refusal.details).toMatchObject({ limit: 99, actual: 100 });
    expect(openCassetteFile(root, "a").load(100)).toHaveLength(100);
  });

  test("a folder is no cassette, to read, to append to or to replace", () => {
    put("a/file", minimal);
    const store = openCassetteFile(root, "a");
    for (const run of [
      () => store.load(max),
      () => store.append(minimal),
      () => store.replace(minimal),
    ]) {
      const refusal = refusalOf(run);
      expect([refusal.code, refusal.x07]).toEqual(["CASSETTE_UNAVAILABLE", 2002]);
    }
    expect(readdirSync(fileOf(""))).toEqual(["a"]);
  });

  test("a file where a folder should be is told of, with its cause", () => {
    put("a", minimal);
    const refusal = refusalOf(() => openCassetteFile(root, "a/b").append(minimal));
    expect(refusal.code).toBe("CASSETTE_UNAVAILABLE");
    expect(refusal.details.cause).toBeInstanceOf(Error);
    expect(refusal.message).toContain(join(".x07_rr", "a/b"));
  });

  test("a link that leaves the folder is refused when opened", () => {
    mkdirSync(fileOf(""), { recursive: true });
    symlinkSync(tmpdir(), fileOf("out"));
    expect(refusalOf(() => openCassetteFile(root, "out/a")).code).toBe("CASSETTE_PATH");
  });
});

test("an append that fails half way is taken back, and a later one follows", async () => {
  const here = fileURLToPath(new URL("full-disk-child.ts", import.meta.url));
  await build({
    config: false,
    silent: true,
    clean: false,
    entry: { child: here },
    outDir: root,
    format: "esm",
    outExtension: () => ({ js: ".mjs" }),
    platform: "node",
    target: "node20",
    noExternal: [/.*/],
    tsconfig: fileURLToPath(new URL("../../../tsconfig.base.json", import.meta.url)),
  });
  // At most 16 blocks of 1,024 bytes; node ignores the signal that comes with it.
  const script = `ulimit -f 16 && exec "$0" "$@"`;
  const args = ["-c", script, process.execPath, join(root, "child.mjs"), root];
  const { status, stdout, stderr } = spawnSync("bash", args, { encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  const said = JSON.parse(stdout) as { codes: readonly string[]; entries: number };
  expect(said.codes).toContain("CASSETTE_UNAVAILABLE");
  const entries = decodeCassette(read("full"));
  expect(entries).toHaveLength(said.entries);
  // The last one is small, and was appended after a large one had failed.
  expect(entries.at(-1)?.req).toHaveLength(1);
});
