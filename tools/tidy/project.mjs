/**
 * The tree that the rules look at: which files it has, what they say, and which packages they form.
 *
 * A rule never touches the disk by itself for the files git knows: it asks a project, which lists the
 * tree once (`git ls-files`, so ignored files do not exist) and reads and parses each file at most
 * once. Built output is ignored by git; the rules that need it (`api`, `packed`) read it by path.
 * All paths are relative to the root and use forward slashes.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

/**
 * @typedef {object} WorkspacePackage
 * @property {string} dir folder, relative to the root: `packages/obs`
 * @property {"library" | "app" | "tool"} kind publishable; a composition root; anything else
 * @property {string} manifestPath
 * @property {Record<string, unknown> | undefined} manifest undefined where missing or not JSON
 */

/**
 * @typedef {object} Project
 * @property {string} root absolute
 * @property {readonly string[]} files every file git knows and that exists, sorted
 * @property {readonly string[]} sources the .ts, .mts, .js and .mjs files we wrote, fixtures left out
 * @property {readonly WorkspacePackage[]} packages
 * @property {Record<string, unknown>} manifest the root package.json
 * @property {(path: string) => boolean} has whether the path exists on disk, built output included
 * @property {(path: string) => string | undefined} read
 * @property {(path: string) => ts.SourceFile} parse
 */

/**
 * @typedef {object} Finding
 * @property {string} path
 * @property {number} line from 1
 * @property {string} message
 * @property {string} [next] what to do; the rule's own `next` where absent
 */

/**
 * @typedef {object} Rule
 * @property {string} id
 * @property {string} says the rule, in one sentence
 * @property {string} next what to do about a finding
 * @property {(project: Project) => readonly Finding[] | Promise<readonly Finding[]>} check
 * @property {(project: Project) => readonly string[]} [write] brings generated files up to date and says what it did
 */

/** The folder is no project that tidy can read. */
export class ProjectError extends Error {}

/**
 * Lists the tree under `root`.
 *
 * @param {string} root
 * @returns {Project}
 * @throws {ProjectError} where there is no pnpm-workspace.yaml or no package.json
 */
export function openProject(root) {
  const texts = new Map();
  const trees = new Map();
  /** @param {string} path */
  const has = (path) => existsSync(join(root, path));
  /** @param {string} path */
  const read = (path) => {
    if (!texts.has(path))
      texts.set(path, has(path) ? readFileSync(join(root, path), "utf8") : undefined);
    return texts.get(path);
  };
  /** @param {string} path */
  const parse = (path) => {
    if (!trees.has(path)) trees.set(path, parseText(path, read(path) ?? ""));
    return trees.get(path);
  };
  const workspace = read("pnpm-workspace.yaml");
  const manifest = readManifest(read("package.json"));
  if (workspace === undefined || manifest === undefined) {
    throw new ProjectError(`${root} has no pnpm-workspace.yaml beside a valid package.json`);
  }
  const files = listFiles(root).filter(has);
  const packages = findPackages(workspaceGlobs(workspace), files).map((dir) => ({
    dir,
    kind: kindOf(dir),
    manifestPath: `${dir}/package.json`,
    manifest: readManifest(read(`${dir}/package.json`)),
  }));
  return { root, files, sources: files.filter(isSource), packages, manifest, has, read, parse };
}

/**
 * @param {string} path
 * @param {string} text
 * @returns {ts.SourceFile}
 */
export function parseText(path, text) {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

/**
 * The files git knows; where there is no git, or no repository (an unpacked archive), all files but
 * those in folders that git would ignore.
 *
 * @param {string} root
 * @returns {string[]}
 */
function listFiles(root) {
  const command = ["-C", root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  try {
    const listing = execFileSync("git", command, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: ["ignore", "pipe", "ignore"],
    });
    return [...new Set(listing.split("\0").filter((path) => path !== ""))].sort();
  } catch {
    return listFolder(root, "").sort();
  }
}

const ignoredFolders = new Set([
  ".cache",
  ".git",
  ".turbo",
  "coverage",
  "dist",
  "node_modules",
  "out",
]);

/**
 * @param {string} root
 * @param {string} folder relative to the root, with a slash at its end; "" for the root
 * @returns {string[]}
 */
function listFolder(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}${entry.name}`;
    if (entry.isFile()) return [path];
    const listed = entry.isDirectory() && !ignoredFolders.has(entry.name);
    return listed ? listFolder(root, `${path}/`) : [];
  });
}

/** @param {string} path */
function isSource(path) {
  if (!/\.m?[jt]s$/.test(path)) return false;
  return !/(^|\/)(dist|node_modules|fixtures)\//.test(path);
}

/**
 * @param {string | undefined} text
 * @returns {Record<string, unknown> | undefined}
 */
function readManifest(text) {
  try {
    const value = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The list under `packages:`, read by line: the file is ours, and its form is `  - folder` or `  - folder/*`.
 *
 * @param {string} text
 * @returns {string[]}
 */
function workspaceGlobs(text) {
  const lines = text.split("\n");
  const start = lines.indexOf("packages:") + 1;
  const globs = [];
  for (const line of lines.slice(start)) {
    const item = /^\s+-\s+["']?([^"'\s]+)["']?\s*$/.exec(line)?.[1];
    if (item === undefined) break;
    globs.push(item);
  }
  return globs;
}

/**
 * Folders that match a glob and hold at least one file; an empty folder does not exist for git either.
 *
 * @param {readonly string[]} globs
 * @param {readonly string[]} files
 * @returns {string[]}
 */
function findPackages(globs, files) {
  const found = new Set();
  for (const glob of globs) {
    const pattern = new RegExp(`^(${glob.replaceAll(".", "\\.").replaceAll("*", "[^/]+")})/`);
    for (const file of files) {
      const dir = pattern.exec(file)?.[1];
      if (dir !== undefined) found.add(dir);
    }
  }
  return [...found].sort();
}

/**
 * @param {string} dir
 * @returns {WorkspacePackage["kind"]}
 */
function kindOf(dir) {
  if (dir.startsWith("packages/")) return "library";
  return dir.startsWith("apps/") ? "app" : "tool";
}
