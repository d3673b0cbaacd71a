/**
 * Keeps what files say, by their content, so that an unchanged file is not parsed again.
 *
 * A key is the SHA-256 of a file's bytes, with the dialect that it is read in and the depth that it is
 * looked at; times and sizes of files play no part. All entries are one file, whose first line has the
 * digest of the rest and of the code that made it: another version of the checker, of its tables or of
 * its parser, a byte that changed, a file cut short - and it is as if there were none. So the cache
 * can save time and can never give another answer, short of somebody forging digest and all.
 *
 *     reprise-arch <version> <sha256 of the rest>\n
 *     {"<key>":<facts>,...}
 *
 * Only what the last run used is kept, so it grows no larger than the tree. Writing it may fail (a
 * read-only disk): then the next run is no faster.
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import type { FactDepth } from "../facts/extract-facts.js";
import type { SourceFacts } from "../source-facts.js";
import { makeFolder } from "./output.js";

export interface FactCache {
  find(key: string): SourceFacts | undefined;
  keep(key: string, facts: SourceFacts): void;
  /** Writes what was found or kept, where that is not what was read. Never throws. */
  save(): void;
}

export interface FactCacheOptions {
  readonly folder: string;
  /** Of everything that facts depend on besides a file's bytes; no space in it. */
  readonly version: string;
}

/** Larger than this it is not read: a tree of a hundred thousand files takes some 150 MB. */
const cacheBytesMax = 512 * 2 ** 20;

const fileName = "facts";

/** Where a repository's cache is; undefined where nothing is installed, and there is no place for it. */
export function defaultCacheFolder(root: string): string | undefined {
  return existsSync(`${root}/node_modules`)
    ? `${root}/node_modules/.cache/reprise-arch`
    : undefined;
}

/** The same bytes may be TypeScript in one file and JavaScript in another. */
export function factKey(path: string, bytes: Uint8Array, depth: FactDepth): string {
  const dialect = /(?:\.d)?\.\w+$/.exec(path)?.[0] ?? "";
  const { ambient, policies, budgets, unbranded } = depth;
  const depths = [ambient, policies, budgets !== false, budgets === "functions", unbranded];
  const digest = createHash("sha256").update(bytes).digest("base64url");
  return `${digest}${dialect}${depths.map(Number).join("")}`;
}

export function openFactCache({ folder, version }: FactCacheOptions): FactCache {
  const path = `${folder}/${fileName}`;
  const before = readEntries(path, version);
  const used = new Map<string, SourceFacts>();
  let isNew = false;
  return {
    find: (key) => {
      const facts = before.get(key);
      if (facts !== undefined) used.set(key, facts);
      return facts;
    },
    keep: (key, facts) => {
      used.set(key, facts);
      isNew = true;
    },
    save: () => {
      if (!isNew && used.size === before.size) return;
      writeEntries(path, { folder, version, entries: used });
    },
  };
}

function readEntries(path: string, version: string): ReadonlyMap<string, SourceFacts> {
  try {
    const status = statSync(path);
    // A pipe would be waited for, for ever.
    if (!status.isFile() || status.size > cacheBytesMax) return new Map();
    const bytes = readFileSync(path);
    const end = bytes.indexOf("\n");
    if (end < 0) return new Map();
    const body = bytes.subarray(end + 1);
    if (bytes.toString("latin1", 0, end) !== headerOf(version, body)) return new Map();
    // Its digest says that it is what `writeEntries` wrote, with this version of the code.
    const entries = JSON.parse(body.toString("utf8")) as Record<string, SourceFacts>;
    return new Map(Object.entries(entries));
  } catch {
    return new Map();
  }
}

interface Writing extends FactCacheOptions {
  readonly entries: ReadonlyMap<string, SourceFacts>;
}

function writeEntries(path: string, { folder, version, entries }: Writing): void {
  // A name of its own, renamed when complete: another run never sees half of it.
  const unfinished = `${path}.${randomUUID()}`;
  try {
    const body = JSON.stringify(Object.fromEntries(entries));
    makeFolder(folder);
    writeFileSync(unfinished, `${headerOf(version, body)}\n${body}`);
    renameSync(unfinished, path);
  } catch {
    removeQuietly(unfinished);
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // Where nothing could be written there is nothing to remove.
  }
}

function headerOf(version: string, body: string | Uint8Array): string {
  return `reprise-arch ${version} ${createHash("sha256").update(body).digest("hex")}`;
}
