/**
 * Where an import leads, with nothing installed and nothing built: the scanned files, the package.json
 * files and the tsconfigs say it all.
 *
 * In this order: a relative path; node's modules; the `paths` of the file's tsconfig; `#inner` by the
 * nearest package.json; a package of the workspace by its `exports`, taken back to its source; the
 * tsconfig's `baseUrl`; and what is left is a package from outside, which is not looked up.
 */
import type { ImportTarget } from "../module-graph.js";
import type { ImportFact } from "../source-facts.js";
import { createSourceFinder, nearestFolder, type SourceOf } from "./built-files.js";
import { type FileTree, findFile, folderOf, joinPath } from "./file-tree.js";
import { builtinName } from "./node-builtins.js";
import { dependencyKinds, type PackageManifest } from "./package-manifest.js";
import { packageTargets } from "./package-targets.js";
import type { Tsconfig, TsconfigReader } from "./tsconfig.js";

export interface Workspace {
  readonly tree: FileTree;
  /** Every package.json, by its folder. */
  readonly manifests: ReadonlyMap<string, PackageManifest>;
  /** Packages that others may import, by name. */
  readonly byName: ReadonlyMap<string, PackageManifest>;
  readonly tsconfigs: Pick<TsconfigReader, "of">;
  readonly isExcluded: (path: string) => boolean;
}

export type ResolveImport = (
  from: string,
  fact: Pick<ImportFact, "kind" | "specifier">,
) => ImportTarget;

export function createImportResolver(workspace: Workspace): ResolveImport {
  const context: Context = {
    ...workspace,
    sourceOf: createSourceFinder(workspace.tree),
    manifestFolders: new Set(workspace.manifests.keys()),
  };
  // Most imports of a folder name the same few things.
  const known = new Map<string, Map<string, ImportTarget>>();
  const knownTo = (from: string): Map<string, ImportTarget> => {
    const place = `${folderOf(from)}\n${context.tsconfigs.of(from)?.path}`;
    let targets = known.get(place);
    if (targets === undefined) {
      targets = new Map();
      known.set(place, targets);
    }
    return targets;
  };
  let last: { readonly from: string; readonly targets: Map<string, ImportTarget> } | undefined;
  return (from, { kind, specifier }) => {
    if (specifier === undefined) return unresolved("what it names is not a literal");
    if (kind === "url") return resolveUrl(context, from, specifier);
    if (last?.from !== from) last = { from, targets: knownTo(from) };
    let target = last.targets.get(specifier);
    if (target === undefined) {
      target = resolveSpecifier(context, from, specifier);
      last.targets.set(specifier, target);
    }
    return target;
  };
}

interface Context extends Workspace {
  readonly sourceOf: SourceOf;
  readonly manifestFolders: ReadonlySet<string>;
}

function unresolved(reason: string): ImportTarget {
  return { kind: "unresolved", reason };
}

function fileTarget({ tree }: Context, path: string): ImportTarget {
  return tree.modules.has(path) ? { kind: "module", path } : { kind: "asset", path };
}

function resolveSpecifier(context: Context, from: string, specifier: string): ImportTarget {
  if (specifier === "") return unresolved("it names nothing");
  if (/^\.{1,2}(?:\/|$)/.test(specifier)) return resolveRelative(context, from, specifier);
  if (specifier.startsWith("/")) return unresolved("an absolute path leads out of the repository");
  const builtin = builtinName(specifier);
  if (specifier.startsWith("node:") && builtin !== undefined) {
    return { kind: "external", name: builtin, builtin: true };
  }
  if (specifier.startsWith("file:")) return unresolved("a file URL leads out of the repository");
  const scheme = /^[a-z][a-z0-9+.-]+:/i.exec(specifier)?.[0];
  if (scheme !== undefined) {
    return { kind: "external", name: scheme === "data:" ? scheme : specifier, builtin: false };
  }
  const tsconfig = context.tsconfigs.of(from);
  const mapped = resolvePaths(context, tsconfig, specifier);
  if (mapped !== undefined) return mapped;
  if (builtin !== undefined) return { kind: "external", name: builtin, builtin: true };
  if (specifier.startsWith("#")) return resolveInner(context, from, specifier);
  return resolvePackage(context, { from, specifier, tsconfig });
}

function resolveRelative(context: Context, from: string, specifier: string): ImportTarget {
  const path = joinPath(folderOf(from), specifier);
  if (path === undefined) return unresolved("it leads out of the repository");
  const found = findPath(context, path) ?? findPath(context, path.replace(/[?#].*$/, ""));
  if (found !== undefined) return fileTarget(context, found);
  if (context.isExcluded(path)) return unresolved(`${path} is left out of the scan`);
  return unresolved(`no file ${path}`);
}

/** A file, the entry of the package in a folder, or the source of a built file. */
function findPath(context: Context, path: string, isEntry = false): string | undefined {
  const found = findFile(context.tree, path);
  if (found !== undefined) return found;
  const manifest = context.manifests.get(path);
  if (manifest !== undefined && path !== "") return entryOf(context, manifest);
  if (!isEntry && !context.isExcluded(path)) return undefined;
  const folder = nearestFolder(context.manifestFolders, path) ?? "";
  const tsconfig = context.tsconfigs.of(joinPath(folder, "src/index.ts") ?? path);
  return context.sourceOf({ folder, path, tsconfig, isEntry });
}

function entryOf(context: Context, manifest: PackageManifest): string | undefined {
  const targets = packageTargets(manifest.exports, ".") ?? manifest.entries;
  return firstFile(context, manifest.folder, [...targets, "src/index", "index"]);
}

function firstFile(
  context: Context,
  folder: string,
  targets: readonly string[],
): string | undefined {
  for (const target of targets) {
    const path = joinPath(folder, target);
    // A target that names its own folder would be looked up for ever.
    if (path === undefined || path === folder) continue;
    const found = findPath(context, path, true);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** `new URL("x", import.meta.url)`: always relative, and a folder will do. */
function resolveUrl(context: Context, from: string, specifier: string): ImportTarget {
  if (specifier.startsWith("/")) return unresolved("an absolute path leads out of the repository");
  const path = joinPath(folderOf(from), specifier.replace(/[?#].*$/, ""));
  if (path === undefined) return unresolved("it leads out of the repository");
  const { tree } = context;
  if (tree.modules.has(path) || tree.files.has(path)) return fileTarget(context, path);
  if (tree.folders.has(path)) return { kind: "asset", path };
  const found = specifier.endsWith("/") ? undefined : findPath(context, path);
  if (found !== undefined) return fileTarget(context, found);
  if (context.isExcluded(`${path}/-`)) return unresolved(`${path} is left out of the scan`);
  return unresolved(`no file ${path}`);
}

function resolvePaths(
  context: Context,
  tsconfig: Tsconfig | undefined,
  specifier: string,
): ImportTarget | undefined {
  for (const path of mappedPaths(tsconfig, specifier)) {
    const found = findPath(context, path);
    if (found !== undefined) return fileTarget(context, found);
  }
  return undefined;
}

/** Where the best pattern of `paths` leads; only that one counts, as with the compiler. */
function mappedPaths(tsconfig: Tsconfig | undefined, specifier: string): readonly string[] {
  for (const { pattern, targets } of tsconfig?.paths ?? []) {
    const filling = fillingOf(pattern, specifier);
    if (filling === undefined) continue;
    // What is installed is no file of ours.
    const own = targets.filter((target) => !/(?:^|\/)node_modules\//.test(target));
    return own.map((target) => target.replace("*", () => filling));
  }
  return [];
}

function fillingOf(pattern: string, specifier: string): string | undefined {
  const star = pattern.indexOf("*");
  if (star < 0) return pattern === specifier ? "" : undefined;
  const after = pattern.slice(star + 1);
  if (specifier.length < star + after.length) return undefined;
  if (!specifier.startsWith(pattern.slice(0, star)) || !specifier.endsWith(after)) return undefined;
  return specifier.slice(star, specifier.length - after.length);
}

/** `#inner`: to a file of the package, or to another package. */
function resolveInner(context: Context, from: string, specifier: string): ImportTarget {
  const folder = nearestFolder(context.manifestFolders, from);
  const manifest = folder === undefined ? undefined : context.manifests.get(folder);
  const targets = packageTargets(manifest?.imports, specifier) ?? [];
  if (manifest === undefined || targets.length === 0) {
    return unresolved(`the package.json above it has no "imports" for ${specifier}`);
  }
  for (const target of targets) {
    if (!target.startsWith(".")) {
      // "#a" may stand for a package, never for another "#b".
      if (target.startsWith("#")) continue;
      return resolveSpecifier(context, from, target);
    }
    const found = firstFile(context, manifest.folder, [target]);
    if (found !== undefined) return fileTarget(context, found);
  }
  return unresolved(`"imports" maps it to ${targets.join(", ")}, which is not there`);
}

/** npm's rule for a name, upper case allowed as it once was. */
const packageName = /^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*/;

interface PackageImport {
  readonly from: string;
  readonly specifier: string;
  readonly tsconfig: Tsconfig | undefined;
}

function resolvePackage(
  context: Context,
  { from, specifier, tsconfig }: PackageImport,
): ImportTarget {
  const name = packageName.exec(specifier)?.[0];
  const rest = name === undefined ? "" : specifier.slice(name.length);
  const manifest = name === undefined ? undefined : context.byName.get(name);
  if (manifest !== undefined && name !== undefined && /^(?:\/|$)/.test(rest)) {
    return resolveMember(context, manifest, rest);
  }
  if (tsconfig?.baseUrl !== undefined) {
    const path = joinPath(tsconfig.baseUrl, specifier);
    const found = path === undefined ? undefined : findPath(context, path);
    if (found !== undefined) return fileTarget(context, found);
  }
  const isName = name !== undefined && /^(?:\/|$)/.test(rest);
  const isMapped = mappedPaths(tsconfig, specifier).length > 0 && !isCatchAll(tsconfig, specifier);
  if (isMapped && !(isName && isDeclared(context, from, name))) {
    return unresolved(`${tsconfig?.path} maps it to files that are not there`);
  }
  if (!isName) {
    return unresolved("no package can be called so, and no tsconfig maps it to a file");
  }
  return { kind: "external", name, builtin: false };
}

/** `"*": [...]` is tried first, and says nothing of a package that is not there. */
function isCatchAll(tsconfig: Tsconfig | undefined, specifier: string): boolean {
  const best = tsconfig?.paths.find(({ pattern }) => fillingOf(pattern, specifier) !== undefined);
  return best?.pattern === "*";
}

/** By a package.json on the way from the file to the root. */
function isDeclared({ manifests }: Context, from: string, name: string): boolean {
  for (let folder = folderOf(from); ; folder = folderOf(folder)) {
    const manifest = manifests.get(folder);
    const declared = dependencyKinds.some(
      (kind) => manifest?.dependencies[kind][name] !== undefined,
    );
    if (declared || folder === "") return declared;
  }
}

/** `rest` is what follows the name: "" or "/subpath". */
function resolveMember(context: Context, manifest: PackageManifest, rest: string): ImportTarget {
  const { folder, exports } = manifest;
  if (exports === undefined || exports === null) {
    const found =
      rest === "" || rest === "/"
        ? entryOf(context, manifest)
        : firstFile(context, folder, [`.${rest}`, `src${rest}`]);
    if (found !== undefined) return fileTarget(context, found);
    return unresolved(`${folder}/package.json names no entry whose source is there`);
  }
  const subpath = `.${rest}`;
  const targets = packageTargets(exports, subpath) ?? [];
  if (targets.length === 0) {
    return unresolved(`${joinPath(folder, "package.json")} does not export "${subpath}"`);
  }
  const found = firstFile(context, folder, targets);
  if (found !== undefined) return fileTarget(context, found);
  return unresolved(`no source is known for ${targets.join(", ")} of ${folder}`);
}
