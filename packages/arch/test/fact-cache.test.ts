/**
 * Goal: a cache makes a second run cheaper and can never make it different.
 * Method: the graph with a cache is compared with the graph without one, after the cache was cut
 * short, changed byte by byte, given entries under names that are not theirs, or made by another
 * version; and after a file changed that kept its size and its times.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { beforeEach, describe, expect, test } from "vitest";
import { shallow } from "../src/facts/extract-facts.ts";
import { codeVersion } from "../src/os/code-version.ts";
import { defaultCacheFolder, factKey, openFactCache } from "../src/os/fact-cache.ts";
import { readGraph } from "../src/os/read-graph.ts";
import type { SourceFacts } from "../src/source-facts.ts";
import { makeRepository } from "./repository-folder.ts";

let root: string;
let folder: string;

beforeEach(() => {
  root = makeRepository({
    "a.ts": 'import "./b.js";',
    "b.ts": 'export * from "./c.js";',
    "c.ts": "export const c = 1;",
  });
  folder = makeRepository({});
});

async function graphText(cacheFolder?: string): Promise<string> {
  const { modules, ...rest } = await readGraph({ root, cacheFolder });
  return JSON.stringify({ ...rest, modules: [...modules] });
}

function cacheFile(): string {
  return `${folder}/facts`;
}

test("the second run is answered from it, and answers the same", async () => {
  const without = await graphText();
  expect(await graphText(folder)).toBe(without);
  const written = readFileSync(cacheFile(), "utf8");
  expect(await graphText(folder)).toBe(without);
  expect(readFileSync(cacheFile(), "utf8")).toBe(written);
  // The proof that it is asked at all: an entry that is forged, digest and all, is believed.
  const [header = "", body = ""] = written.split("\n");
  const forged = body.replaceAll("./b.js", "./c.js");
  const version = header.split(" ")[1];
  const digest = createHash("sha256").update(forged).digest("hex");
  writeFileSync(cacheFile(), `reprise-arch ${version} ${digest}\n${forged}`);
  expect(await graphText(folder)).not.toBe(without);
});

test("a file that changed and kept its size and times is read again", async () => {
  await graphText(folder);
  const { atime, mtime, size } = statSync(`${root}/a.ts`);
  writeFileSync(`${root}/a.ts`, 'import "./c.js";');
  utimesSync(`${root}/a.ts`, atime, mtime);
  expect(statSync(`${root}/a.ts`).size).toBe(size);
  const text = await graphText(folder);
  expect(text).toBe(await graphText());
  expect(text).toContain('"specifier":"./c.js"');
});

describe("it is as if there were none", () => {
  test.each<[string, (bytes: Buffer) => Buffer | string]>([
    ["cut short", (bytes) => bytes.subarray(0, -1)],
    ["cut to its first line", (bytes) => bytes.subarray(0, bytes.indexOf("\n") + 1)],
    ["empty", () => ""],
    ["something else", () => "null"],
    ["longer", (bytes) => `${bytes.toString()} `],
    ["of another version", (bytes) => bytes.toString().replace(/ [0-9a-f]/, " x")],
    ["another entry under the name", (bytes) => bytes.toString().replace("./b.js", "./c.js")],
    ["names exchanged", exchangeNames],
    ["not JSON, with its digest", (bytes) => withDigest(bytes, "{")],
    ["no object, with its digest", (bytes) => withDigest(bytes, "null")],
  ])("%s", async (_, change) => {
    const without = await graphText(folder);
    writeFileSync(cacheFile(), change(readFileSync(cacheFile())));
    expect(await graphText(folder)).toBe(without);
    expect(await graphText(folder)).toBe(without);
  });

  test("every byte of it changed, one at a time", async () => {
    const facts = JSON.parse(readFileSync(await written(), "utf8").split("\n")[1] ?? "");
    const [key = ""] = Object.keys(facts);
    const bytes = readFileSync(cacheFile());
    const version = codeVersion() ?? "";
    expect(openFactCache({ folder, version }).find(key)).toEqual(facts[key]);
    for (let index = 0; index < bytes.length; index++) {
      const changed = Buffer.from(bytes);
      changed[index] = (changed[index] ?? 0) ^ 1;
      writeFileSync(cacheFile(), changed);
      expect(openFactCache({ folder, version }).find(key)).toBeUndefined();
    }
  });

  test("a folder or a pipe where the file should be, and a folder that is a file", async () => {
    const without = await graphText();
    mkdirSync(cacheFile());
    expect(await graphText(folder)).toBe(without);
    expect(readdirSync(folder)).toEqual(["facts"]);
    rmdirSync(cacheFile());
    execFileSync("mkfifo", [cacheFile()]);
    expect(await graphText(folder)).toBe(without);
    writeFileSync(`${folder}/file`, "");
    expect(await graphText(`${folder}/file`)).toBe(without);
  });
});

function exchangeNames(bytes: Buffer): string {
  const [header, body = ""] = bytes.toString().split("\n");
  const entries = Object.entries<SourceFacts>(JSON.parse(body));
  const facts = entries.map(([, value]) => value);
  const moved = entries.map(([key], index) => [key, facts[(index + 1) % facts.length]]);
  return `${header}\n${JSON.stringify(Object.fromEntries(moved))}`;
}

function withDigest(bytes: Buffer, body: string): string {
  const version = bytes.toString().split(" ")[1];
  return `reprise-arch ${version} ${createHash("sha256").update(body).digest("hex")}\n${body}`;
}

async function written(): Promise<string> {
  await graphText(folder);
  return cacheFile();
}

test("keys differ by bytes, dialect and depth", () => {
  const bytes = new TextEncoder().encode("a");
  const keys = [
    factKey("a.ts", bytes, shallow),
    factKey("a.tsx", bytes, shallow),
    factKey("a.d.ts", bytes, shallow),
    factKey("a.js", bytes, shallow),
    factKey("a.mjs", bytes, shallow),
    factKey("a.ts", new TextEncoder().encode("b"), shallow),
    factKey("a.ts", bytes, { ...shallow, ambient: true }),
    factKey("a.ts", bytes, { ...shallow, policies: true }),
    factKey("a.ts", bytes, { ...shallow, budgets: "scopes" }),
    factKey("a.ts", bytes, { ...shallow, budgets: "functions" }),
    factKey("a.ts", bytes, { ...shallow, unbranded: true }),
  ];
  expect(new Set(keys).size).toBe(keys.length);
  expect(factKey("other/b.ts", bytes, shallow)).toBe(keys[0]);
});

test("only what was used is kept", async () => {
  const before = Object.keys(
    JSON.parse(readFileSync(await written(), "utf8").split("\n")[1] ?? ""),
  );
  writeFileSync(`${root}/a.ts`, "let other;");
  await graphText(folder);
  const after = Object.keys(JSON.parse(readFileSync(cacheFile(), "utf8").split("\n")[1] ?? ""));
  expect(before).toHaveLength(3);
  expect(after).toHaveLength(3);
  expect(after.filter((key) => !before.includes(key))).toHaveLength(1);
});

test("its place is among what is installed, and nowhere where nothing is", () => {
  expect(defaultCacheFolder(root)).toBeUndefined();
  mkdirSync(`${root}/node_modules`);
  expect(defaultCacheFolder(root)).toBe(`${root}/node_modules/.cache/reprise-arch`);
  expect(existsSync(`${root}/node_modules/.cache`)).toBe(false);
});
