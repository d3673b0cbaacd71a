/**
 * From a file that is built to the source that it is built of, by what tools and people do alike:
 * `dist/os/index.js` comes from `src/os/index.ts`. The compiler's own `outDir` and `rootDir` are asked
 * first. Where no convention helps, a name that only one source of the package has is taken.
 */
import { type FileTree, findModule, folderOf, joinPath } from "./file-tree.js";
import type { Tsconfig } from "./tsconfig.js";

export interface BuiltFile {
  /** Of the package it is built for. */
  readonly folder: string;
  /** Relative to the repository. */
  readonly path: string;
  /** In charge of the package's sources. */
  readonly tsconfig: Tsconfig | undefined;
  /** Said by a package.json, which names what is built: then a name that one source has will do. */
  readonly isEntry: boolean;
}

export type SourceOf = (built: BuiltFile) => string | undefined;

/** Folders that hold what is built, one inside the other (`dist/esm`, `build/types`). */
const buildFolders =
  /^(?:dist|lib|build|built|out|output|es|esm|cjs|mjs|umd|types|typings|bundle|compiled|node|browser|module|modules|common|commonjs|\.output)(?=\/)/;

/** Where sources are, beside the package.json and in it. */
const sourceFolders = ["src", "source", "lib", "sources", "ts", ""];

export function createSourceFinder(tree: FileTree): SourceOf {
  const stems = new Map<string, ReadonlyMap<string, string | undefined>>();
  return ({ folder, path, tsconfig, isEntry }) => {
    const inside = folder === "" ? path : path.slice(folder.length + 1);
    for (const candidate of candidates({ folder, path, tsconfig, isEntry }, inside)) {
      const found = findModule(tree, candidate) ?? findModule(tree, withoutExtension(candidate));
      if (found !== undefined) return found;
    }
    if (!isEntry || !buildFolders.test(inside)) return undefined;
    let byStem = stems.get(folder);
    if (byStem === undefined) {
      byStem = sourcesByStem(tree, folder);
      stems.set(folder, byStem);
    }
    return byStem.get(stemOf(path));
  };
}

function candidates({ folder, path, tsconfig }: BuiltFile, inside: string): readonly string[] {
  const found: string[] = [];
  const outDir = tsconfig?.outDir;
  if (outDir !== undefined && outDir !== "" && path.startsWith(`${outDir}/`)) {
    const rest = path.slice(outDir.length + 1);
    for (const root of [tsconfig?.rootDir, joinPath(folder, "src"), folder]) {
      if (root !== undefined) found.push(joinPath(root, rest) ?? rest);
    }
  }
  for (
    let rest = inside, match = buildFolders.exec(rest);
    match !== null;
    match = buildFolders.exec(rest)
  ) {
    rest = rest.slice(match[0].length + 1);
    for (const source of sourceFolders) {
      const at = joinPath(folder, `${source}/${rest}`);
      if (at !== undefined) found.push(at);
    }
  }
  return found;
}

function withoutExtension(path: string): string {
  return path.replace(/(?:\.d)?\.[cm]?[jt]sx?$/, "");
}

function stemOf(path: string): string {
  return withoutExtension(path.slice(path.lastIndexOf("/") + 1));
}

/** undefined for a name that several sources have. */
function sourcesByStem(tree: FileTree, folder: string): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  const root = folder === "" ? "src/" : `${folder}/src/`;
  for (const path of tree.modules) {
    if (!path.startsWith(root)) continue;
    const stem = stemOf(path);
    found.set(stem, found.has(stem) ? undefined : path);
  }
  return found;
}

/** The packages' folders from the nearest out to the root. */
export function nearestFolder(folders: ReadonlySet<string>, path: string): string | undefined {
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    if (folders.has(folder)) return folder;
    if (folder === "") return undefined;
  }
}
