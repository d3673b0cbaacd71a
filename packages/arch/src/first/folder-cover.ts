/**
 * Globs for a partition of files: given which group each file is in, globs for each group such that
 * every file is matched by those of its group and of no other. A folder with one group in it becomes
 * `folder/**`, so that files which come later are matched too; where groups share a folder, its files
 * are told apart by `*.test.*` and the like, or else listed.
 */
import { developmentNames } from "../rules/dependency-use.js";

export interface GroupedFile {
  readonly path: string;
  readonly group: string;
  /** A glob with two stars may begin below this folder, not at it. "" is the root. */
  readonly floor: string;
}

export function coverFolders(
  files: readonly GroupedFile[],
): ReadonlyMap<string, readonly string[]> {
  const globs = new Map<string, string[]>();
  const add = (group: string, glob: string): void => {
    globs.set(group, [...(globs.get(group) ?? []), glob]);
  };
  cover("", files, add);
  return new Map([...globs].map(([group, list]) => [group, list.sort()] as const));
}

type AddGlob = (group: string, glob: string) => void;

function cover(folder: string, files: readonly GroupedFile[], add: AddGlob): void {
  const [first] = files;
  if (first === undefined) return;
  const uniform = files.every(({ group }) => group === first.group);
  if (uniform && files.every(({ floor }) => isBelow(folder, floor))) {
    add(first.group, `${escaped(folder)}/**`);
    return;
  }
  const start = folder === "" ? 0 : folder.length + 1;
  const direct: GroupedFile[] = [];
  const below = new Map<string, GroupedFile[]>();
  for (const file of files) {
    const slash = file.path.indexOf("/", start);
    if (slash === -1) direct.push(file);
    else {
      const child = file.path.slice(0, slash);
      const inChild = below.get(child) ?? [];
      inChild.push(file);
      below.set(child, inChild);
    }
  }
  coverDirect(folder, direct, add);
  for (const [child, inChild] of below) cover(child, inChild, add);
}

function isBelow(folder: string, floor: string): boolean {
  return floor === "" ? folder !== "" : folder.startsWith(`${floor}/`);
}

const named = `*.{${developmentNames.join(",")}}.*`;
const unnamed = `!(${developmentNames.map((name) => `*.${name}.*`).join("|")})`;
const isNamed = new RegExp(`\\.(${developmentNames.join("|")})\\.[^/]*$`);

/** The files of one folder, without those of the folders in it. */
function coverDirect(folder: string, files: readonly GroupedFile[], add: AddGlob): void {
  const prefix = folder === "" ? "" : `${escaped(folder)}/`;
  const development = files.filter(({ path }) => isNamed.test(path));
  const others = files.filter(({ path }) => !isNamed.test(path));
  const floored = files.some(({ floor }) => !isBelow(folder, floor));
  const groups = (list: readonly GroupedFile[]): readonly string[] => [
    ...new Set(list.map(({ group }) => group)),
  ];
  const [developers, rest] = [groups(development), groups(others)];
  // In the folder of a package itself stand odd files: a new one should be looked at.
  if (floored || developers.length > 1 || rest.length > 1) {
    for (const { path, group } of files) add(group, escaped(path));
    return;
  }
  const [developer] = developers;
  const [other] = rest;
  if (developer !== undefined && developer === other) {
    add(developer, `${prefix}*`);
    return;
  }
  if (developer !== undefined) add(developer, `${prefix}${named}`);
  if (other !== undefined) add(other, `${prefix}${developer === undefined ? "*" : unnamed}`);
}

/** A folder of some web frameworks is called `[id]`, or `(group)`. */
function escaped(path: string): string {
  return path.replace(/[\\*?[\]{}()!+@|^$"]/g, "\\$&");
}
