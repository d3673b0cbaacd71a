/**
 * The packages of a repository: which package.json files there are, and which of them others may
 * import by name - the root, what the workspace lists, and what a dependency names by its folder.
 */
import { compileGlobs } from "../path-globs.js";
import { folderOf, joinPath } from "../resolution/file-tree.js";
import {
  dependencyKinds,
  isRecord,
  type PackageManifest,
  readPackageManifest,
  textsOf,
} from "../resolution/package-manifest.js";
import type { Scan, Unreadable } from "./scan.js";

export interface Packages {
  /** By folder, in order. */
  readonly manifests: ReadonlyMap<string, PackageManifest>;
  readonly byName: ReadonlyMap<string, PackageManifest>;
  readonly unreadable: readonly Unreadable[];
}

/** Of a file of the repository; undefined: it is not there. Throws where it cannot be read. */
export type ReadText = (path: string) => string | undefined;

export async function readPackages(
  { files }: Pick<Scan, "files">,
  read: ReadText,
): Promise<Packages> {
  const unreadable: Unreadable[] = [];
  const manifests = new Map<string, PackageManifest>();
  const paths = [...files].filter((path) => /(?:^|\/)package\.json$/.test(path)).sort();
  for (const path of paths) {
    const manifest = manifestAt(path, read);
    if (typeof manifest !== "string") manifests.set(folderOf(path), manifest);
    else unreadable.push({ path, message: manifest });
  }
  const globs = [...(manifests.get("")?.workspaces ?? [])];
  for (const { path, parse } of workspaceFiles) {
    try {
      const text = read(path);
      if (text !== undefined) globs.push(...listedPackages(await parse(text)));
    } catch {
      unreadable.push({ path, message: `${path} cannot be read as what it should be` });
    }
  }
  const byName = new Map<string, PackageManifest>();
  for (const manifest of membersOf(manifests, globs)) {
    if (manifest.name === undefined) continue;
    const existing = byName.get(manifest.name);
    if (existing === undefined) byName.set(manifest.name, manifest);
    else {
      const message = `${existing.folder}/package.json has the name ${manifest.name} too`;
      unreadable.push({ path: `${manifest.folder}/package.json`, message });
    }
  }
  return { manifests, byName, unreadable };
}

/** A text says what is wrong with it. */
function manifestAt(path: string, read: ReadText): PackageManifest | string {
  try {
    return readPackageManifest(folderOf(path), read(path) ?? "");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface WorkspaceFile {
  readonly path: string;
  readonly parse: (text: string) => unknown;
}

/** Besides `workspaces` of package.json. */
const workspaceFiles: readonly WorkspaceFile[] = [
  { path: "lerna.json", parse: (text) => JSON.parse(text) },
  // The library is loaded where there is something to read with it.
  { path: "pnpm-workspace.yaml", parse: async (text) => (await import("yaml")).parse(text) },
];

function listedPackages(value: unknown): readonly string[] {
  return isRecord(value) ? textsOf(value.packages) : [];
}

function membersOf(
  manifests: ReadonlyMap<string, PackageManifest>,
  globs: readonly string[],
): readonly PackageManifest[] {
  const tidy = (glob: string): string => glob.replace(/^\.\//, "").replace(/\/+$/, "");
  const isListed = compileGlobs(globs.filter((glob) => !glob.startsWith("!")).map(tidy));
  const isNot = compileGlobs(
    globs.filter((glob) => glob.startsWith("!")).map((glob) => tidy(glob.slice(1))),
  );
  const named = new Set([...manifests.values()].flatMap(foldersNamedBy));
  return [...manifests.values()].filter(
    ({ folder }) => folder === "" || named.has(folder) || (isListed(folder) && !isNot(folder)),
  );
}

/** `"other": "file:../other"`. */
function foldersNamedBy({ folder, dependencies }: PackageManifest): readonly string[] {
  return dependencyKinds.flatMap((kind) =>
    Object.values(dependencies[kind]).flatMap((version) => {
      const path = /^(?:file|link|portal|workspace):(\..*)$/.exec(version)?.[1];
      return path === undefined ? [] : (joinPath(folder, path) ?? []);
    }),
  );
}
