/**
 * The scanned files as a resolver sees them: which file a path names when its extension is left out,
 * or is the one that the compiler will give it. Nothing is looked up on disk, so that what is built or
 * installed makes no difference.
 */

export interface FileTree {
  /** Links to modules too. */
  readonly modules: ReadonlySet<string>;
  /** Modules and links too. */
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  /** Links that stay in the repository, and what they lead to. */
  readonly links: ReadonlyMap<string, string>;
}

export interface ScannedFiles {
  readonly modules: readonly string[];
  readonly files: ReadonlySet<string>;
  readonly folders: ReadonlySet<string>;
  readonly links: ReadonlyMap<string, string>;
}

export function createFileTree({ modules, files, folders, links }: ScannedFiles): FileTree {
  const all = new Set(modules);
  const linked = [...links].filter(([, target]) => files.has(target));
  for (const [link, target] of linked) if (all.has(target)) all.add(link);
  return {
    modules: all,
    files: new Set([...files, ...linked.map(([link]) => link)]),
    folders,
    links,
  };
}

/** In the order in which they are tried where a specifier has none. Declarations describe the others. */
const extensions = [
  ".ts",
  ".tsx",
  ".mts",
  ".cts",
  ".js",
  ".jsx",
  ".mjs",
  ".cjs",
  ".d.ts",
  ".d.mts",
  ".d.cts",
];

/** What a compiler turns into the extension, before the file itself. */
const sourceExtensions: Readonly<Record<string, readonly string[]>> = {
  ".js": [".ts", ".tsx", ".js", ".jsx", ".d.ts"],
  ".jsx": [".tsx", ".jsx", ".d.ts"],
  ".mjs": [".mts", ".mjs", ".d.mts"],
  ".cjs": [".cts", ".cjs", ".d.cts"],
};

/** The file of the tree that `path` names: a module, or another file; undefined: there is none. */
export function findFile(tree: FileTree, path: string): string | undefined {
  const at = withoutFolderLinks(tree, path);
  const found = findModule(tree, at) ?? (tree.files.has(at) ? at : undefined);
  return found === undefined ? undefined : (tree.links.get(found) ?? found);
}

/** The module that `path` names, with or without extension, or as the folder of an `index`. */
export function findModule({ modules, folders }: FileTree, path: string): string | undefined {
  const dot = path.lastIndexOf(".");
  const extension = dot > path.lastIndexOf("/") ? path.slice(dot) : "";
  const sources = sourceExtensions[extension];
  if (sources !== undefined) {
    const stem = path.slice(0, dot);
    for (const each of sources) if (modules.has(stem + each)) return stem + each;
  } else if (modules.has(path)) return path;
  for (const each of extensions) if (modules.has(path + each)) return path + each;
  if (!folders.has(path)) return undefined;
  const index = path === "" ? "index" : `${path}/index`;
  for (const each of extensions) if (modules.has(index + each)) return index + each;
  return undefined;
}

/** Links are resolved to their end, which may be inside another link: as often as a system does. */
const linksMax = 40;

function withoutFolderLinks({ links }: FileTree, path: string): string {
  let at = path;
  for (let followed = 0; links.size > 0 && followed < linksMax; followed++) {
    const link = [...links.keys()].find((each) => at === each || at.startsWith(`${each}/`));
    if (link === undefined) break;
    at = `${links.get(link)}${at.slice(link.length)}`;
  }
  return at;
}

/** `folder` and a relative path; undefined: it leads out of the repository. */
export function joinPath(folder: string, relative: string): string | undefined {
  // Nearly every import is of this form, and needs no taking apart.
  if (/^\.\/[^./]/.test(relative) && !/\/[./]/.test(relative.slice(2))) {
    const below = relative.endsWith("/") ? relative.slice(2, -1) : relative.slice(2);
    return folder === "" ? below : `${folder}/${below}`;
  }
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join("/");
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "" : path.slice(0, slash);
}
