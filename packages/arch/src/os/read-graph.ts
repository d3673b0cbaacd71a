/**
 * The module graph of a repository: scan, parse, resolve. Several files are parsed at a time; whatever
 * the order in which they are done, what comes out is in order of path.
 */
import { realpathSync } from "node:fs";
import { cpus } from "node:os";
import { type FactDepth, shallow } from "../facts/extract-facts.js";
import type { BudgetStop, ModuleGraph, SourceModule, WorkspacePackage } from "../module-graph.js";
import {
  defaultExcludeGlobs,
  defaultIncludeGlobs,
  defaultSourceRoots,
  moduleId,
} from "../module-scan.js";
import { nearestFolder } from "../resolution/built-files.js";
import { createFileTree } from "../resolution/file-tree.js";
import { createImportResolver, type ResolveImport } from "../resolution/import-resolver.js";
import type { PackageManifest } from "../resolution/package-manifest.js";
import { createTsconfigReader } from "../resolution/tsconfig.js";
import type { SourceFacts } from "../source-facts.js";
import { codeVersion } from "./code-version.js";
import { type FactCache, factKey, openFactCache } from "./fact-cache.js";
import { createByteReader } from "./file-bytes.js";
import { parseFacts } from "./parse.js";
import { createParserMemory } from "./parser-memory.js";
import { type ListFolder, type Scan, scanRepository, type Unreadable } from "./scan.js";
import { type Packages, readPackages } from "./workspace.js";

export interface ReadGraphOptions {
  /** A folder; absolute, or relative to the working directory. */
  readonly root: string;
  /** Which files are modules: the manifest lock's `module_scan`, or the defaults. */
  readonly includeGlobs?: readonly string[] | undefined;
  readonly excludeGlobs?: readonly string[] | undefined;
  /** Folders of a package that are left out of its modules' ids. Default `src`. */
  readonly sourceRoots?: readonly string[] | undefined;
  /** tsconfigs, relative to the root, that are in charge of the files that they list. */
  readonly tsconfigs?: readonly string[] | undefined;
  /** What a module is looked at for besides its imports and exports. Default: nothing. */
  readonly depthOf?:
    | ((module: { readonly path: string; readonly id: string }) => FactDepth)
    | undefined;
  readonly limits?: Partial<GraphLimits> | undefined;
  /** Where facts are kept between runs; undefined: they are not. See `fact-cache.ts`. */
  readonly cacheFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** For tests: how a folder is listed. */
  readonly listFolder?: ListFolder | undefined;
}

export interface GraphLimits {
  readonly modulesMax: number;
  /** Imports that lead to a module. */
  readonly edgesMax: number;
  /** Of all modules together. */
  readonly bytesMax: number;
  /** Of one file; a larger one is not read, and reported. */
  readonly fileBytesMax: number;
}

export const defaultGraphLimits: GraphLimits = {
  modulesMax: 200_000,
  edgesMax: 5_000_000,
  bytesMax: 4 * 2 ** 30,
  fileBytesMax: 8 * 2 ** 20,
};

/**
 * Never rejects for what it finds in a repository: what cannot be read is in `unreadable`, what does
 * not parse in a module's facts, and a limit that is exceeded in `exceeded`, with the graph left
 * empty. Rejects where `root` is no folder, or with the signal's reason.
 */
export async function readGraph(options: ReadGraphOptions): Promise<ModuleGraph> {
  const limits = { ...defaultGraphLimits, ...options.limits };
  const root = realpathSync(options.root);
  const scan = scanRepository({
    root,
    includeGlobs: options.includeGlobs ?? defaultIncludeGlobs,
    excludeGlobs: options.excludeGlobs ?? defaultExcludeGlobs,
    modulesMax: limits.modulesMax,
    signal: options.signal,
    listFolder: options.listFolder,
  });
  const unreadable = [...scan.unreadable];
  if (scan.modules.length > limits.modulesMax) {
    return stopped({
      budget: "max_modules",
      limit: limits.modulesMax,
      // How many there were when the scan stopped depends on the order that folders are listed in.
      actual: limits.modulesMax + 1,
    });
  }
  const reader = createByteReader(limits.fileBytesMax);
  const readText = (path: string): string | undefined => {
    if (!scan.files.has(path)) return undefined;
    const file = reader(`${root}/${path}`);
    if ("message" in file) throw new Error(file.message);
    return file.text();
  };
  const packages = await readPackages(scan, readText);
  const named = namedModules(scan, packages, options.sourceRoots ?? defaultSourceRoots);
  const sources = await readSources(named.modules, { ...options, root, limits, unreadable });
  if ("budget" in sources) return stopped(sources);
  const tsconfigs = createTsconfigReader({
    read: readText,
    folderOfPackage: (name) => packages.byName.get(name)?.folder,
    named: options.tsconfigs ?? [],
  });
  const resolve = createImportResolver({
    tree: createFileTree(scan),
    ...packages,
    tsconfigs,
    isExcluded: scan.isExcluded,
  });
  const modules = resolveModules(sources.read, resolve, limits.edgesMax);
  if ("budget" in modules) return stopped(modules);
  const problems = [...tsconfigs.problems].map(([path, message]) => ({ path, message }));
  unreadable.push(...packages.unreadable, ...problems);
  return {
    modules,
    packages: workspacePackages(packages),
    duplicates: named.duplicates,
    unreadable: unreadable.sort(byPath),
    bytes: sources.bytes,
  };
}

interface NamedModule {
  readonly path: string;
  readonly id: string;
  readonly packageFolder: string;
}

/** A package is the nearest package.json that has a name; a nameless one marks a kind of file. */
function namedModules(
  { modules }: Scan,
  { manifests }: Packages,
  sourceRoots: readonly string[],
): { readonly modules: readonly NamedModule[]; readonly duplicates: ModuleGraph["duplicates"] } {
  const folders = new Set([...manifests.values()].filter(isPackage).map(({ folder }) => folder));
  const byId = new Map<string, NamedModule>();
  const duplicates: { id: string; path: string; existing: string }[] = [];
  for (const path of modules) {
    const folder = nearestFolder(folders, path) ?? "";
    const id = moduleId(path, { folder, name: manifests.get(folder)?.name }, sourceRoots);
    const existing = byId.get(id);
    if (existing !== undefined) duplicates.push({ id, path, existing: existing.path });
    else byId.set(id, { path, id, packageFolder: folder });
  }
  return { modules: [...byId.values()], duplicates };
}

function isPackage({ folder, name }: PackageManifest): boolean {
  return folder === "" || name !== undefined;
}

interface Reading extends ReadGraphOptions {
  readonly limits: GraphLimits;
  readonly unreadable: Unreadable[];
}

interface ReadModule extends NamedModule {
  readonly facts: SourceFacts;
}

interface ReadSources {
  readonly read: readonly ReadModule[];
  readonly bytes: number;
}

/** More files under way at a time than there are threads to parse them, so that none is idle. */
const underWayMax = 2 * Math.max(2, cpus().length);

async function readSources(
  modules: readonly NamedModule[],
  { root, limits, unreadable, signal, depthOf, cacheFolder }: Reading,
): Promise<ReadSources | BudgetStop> {
  const cache = openCache(cacheFolder);
  const memory = createParserMemory();
  const read: (ReadModule | undefined)[] = modules.map(() => undefined);
  const readBytes = createByteReader(limits.fileBytesMax);
  let bytes = 0;
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < modules.length; index = next++) {
      signal?.throwIfAborted();
      const module = modules[index];
      if (module === undefined || bytes > limits.bytesMax) return;
      const file = readBytes(`${root}/${module.path}`);
      if ("message" in file) {
        unreadable.push({ path: module.path, message: file.message });
        continue;
      }
      bytes += file.bytes.length;
      const { path } = module;
      const depth = depthOf?.(module) ?? shallow;
      const key = cache === undefined ? "" : factKey(path, file.bytes, depth);
      let facts = cache?.find(key);
      if (facts === undefined) {
        facts = await parseFacts({ path, text: file.text(), depth });
        cache?.keep(key, facts);
        await memory.done();
      }
      read[index] = { ...module, facts };
    }
  };
  await Promise.all(Array.from({ length: underWayMax }, work));
  if (bytes <= limits.bytesMax) cache?.save();
  else {
    return { budget: "max_bytes_in", limit: limits.bytesMax, actual: bytes };
  }
  return { read: read.filter((module) => module !== undefined), bytes };
}

function openCache(folder: string | undefined): FactCache | undefined {
  const version = folder === undefined ? undefined : codeVersion();
  if (folder === undefined || version === undefined) return undefined;
  return openFactCache({ folder, version });
}

function resolveModules(
  read: readonly ReadModule[],
  resolve: ResolveImport,
  edgesMax: number,
): Map<string, SourceModule> | BudgetStop {
  const modules = new Map<string, SourceModule>();
  let edges = 0;
  for (const module of read) {
    const imports = module.facts.imports.map((fact) => ({
      ...fact,
      target: resolve(module.path, fact),
    }));
    edges += imports.filter(({ target }) => target.kind === "module").length;
    modules.set(module.path, { ...module, imports });
  }
  return edges > edgesMax ? { budget: "max_edges", limit: edgesMax, actual: edges } : modules;
}

function workspacePackages({ manifests }: Packages): readonly WorkspacePackage[] {
  return [...manifests.values()].filter(isPackage).map((manifest) => ({
    folder: manifest.folder,
    name: manifest.name ?? "",
    private: manifest.private,
    dependencies: {
      dependencies: Object.keys(manifest.dependencies.dependencies),
      devDependencies: Object.keys(manifest.dependencies.devDependencies),
      peerDependencies: Object.keys(manifest.dependencies.peerDependencies),
      optionalDependencies: Object.keys(manifest.dependencies.optionalDependencies),
    },
    text: manifest.text,
  }));
}

function stopped(exceeded: BudgetStop): ModuleGraph {
  return { modules: new Map(), packages: [], duplicates: [], unreadable: [], bytes: 0, exceeded };
}

function byPath(a: Unreadable, b: Unreadable): number {
  if (a.path !== b.path) return a.path < b.path ? -1 : 1;
  return a.message < b.message ? -1 : 1;
}
