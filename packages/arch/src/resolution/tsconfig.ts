/**
 * What a tsconfig says about imports: `paths`, `baseUrl`, and where what it builds goes.
 *
 * A file belongs to the nearest tsconfig.json above it; where that one lists others (`references`)
 * and does not hold the file itself, to the first of those that does. What it inherits (`extends`) is
 * read from the repository alone, by its path or as a file of a package of the workspace: a base that
 * is installed is not looked for, since it knows no path of ours.
 */
import { compileGlobs, type PathMatcher } from "../path-globs.js";
import { folderOf, joinPath } from "./file-tree.js";
import { parseJsonWithComments } from "./json-with-comments.js";
import { isRecord, textsOf } from "./package-manifest.js";

export interface Tsconfig {
  readonly path: string;
  /** Non-relative imports are looked for here; undefined: they are not. */
  readonly baseUrl: string | undefined;
  /** The longest pattern that fits comes first. Targets are paths of the repository with one `*` or none. */
  readonly paths: readonly { readonly pattern: string; readonly targets: readonly string[] }[];
  /** Built files and their sources, as folders of the repository. */
  readonly outDir: string | undefined;
  readonly rootDir: string | undefined;
  readonly references: readonly string[];
  /** Whether a file of the repository is one of its program's. */
  holds(path: string): boolean;
}

export interface TsconfigReader {
  /** The tsconfig that is in charge of a file. */
  of(path: string): Tsconfig | undefined;
  /** What was wrong with those that were read. */
  readonly problems: ReadonlyMap<string, string>;
}

export interface TsconfigFiles {
  /** Of a file of the repository; undefined: it is not there. Throws where it cannot be read. */
  read(path: string): string | undefined;
  /** Of a package of the workspace, by its name. */
  folderOfPackage(name: string): string | undefined;
  /** Paths of those that files belong to by what they list, instead of by where they stand. */
  readonly named: readonly string[];
}

interface RawConfig {
  readonly path: string;
  readonly options: Readonly<Record<string, { readonly value: unknown; readonly from: string }>>;
  readonly files: unknown;
  readonly include: unknown;
  readonly exclude: unknown;
  /** Where the three above stand: what they name is relative to it. */
  readonly listedIn: string;
  readonly references: unknown;
}

/** Bases of bases. */
const extendsMax = 32;

export function createTsconfigReader(files: TsconfigFiles): TsconfigReader {
  const problems = new Map<string, string>();
  const configs = new Map<string, Tsconfig | undefined>();
  const byFolder = new Map<string, Tsconfig | undefined>();

  const load = (path: string): Tsconfig | undefined => {
    if (!configs.has(path)) {
      const raw = readConfig(path, { files, problems, depth: 0 });
      configs.set(path, raw && tsconfigOf(raw));
    }
    return configs.get(path);
  };

  const nearest = (folder: string): Tsconfig | undefined => {
    const known = byFolder.get(folder);
    if (known !== undefined || byFolder.has(folder)) return known;
    const own = ["tsconfig.json", "jsconfig.json"]
      .map((name) => load(folder === "" ? name : `${folder}/${name}`))
      .find((config) => config !== undefined);
    const config = own ?? (folder === "" ? undefined : nearest(folderOf(folder)));
    byFolder.set(folder, config);
    return config;
  };

  /** The first of those that it refers to which holds the file, and of those that they refer to. */
  const referred = (config: Tsconfig, path: string, seen: Set<string>): Tsconfig | undefined => {
    for (const reference of config.references) {
      if (seen.has(reference)) continue;
      seen.add(reference);
      const other = load(reference) ?? load(`${reference}/tsconfig.json`);
      if (other === undefined) continue;
      const found = other.holds(path) ? other : referred(other, path, seen);
      if (found !== undefined) return found;
    }
    return undefined;
  };

  return {
    problems,
    of: (path) => {
      for (const each of files.named) {
        const config = load(each);
        if (config?.holds(path)) return config;
      }
      const config = nearest(folderOf(path));
      if (config === undefined || config.references.length === 0 || config.holds(path))
        return config;
      return referred(config, path, new Set([config.path])) ?? config;
    },
  };
}

interface Reading {
  readonly files: TsconfigFiles;
  readonly problems: Map<string, string>;
  readonly depth: number;
}

function readConfig(path: string, reading: Reading): RawConfig | undefined {
  const { files, problems, depth } = reading;
  let value: unknown;
  try {
    const text = files.read(path);
    if (text === undefined) return undefined;
    value = parseJsonWithComments(text);
  } catch (error) {
    // The engine's own words about JSON differ from version to version.
    const isSyntax = error instanceof SyntaxError || !(error instanceof Error);
    problems.set(path, isSyntax ? "tsconfig is not JSON with comments" : error.message);
    return undefined;
  }
  if (!isRecord(value)) {
    problems.set(path, "tsconfig is not an object");
    return undefined;
  }
  const folder = folderOf(path);
  let config: RawConfig = {
    path,
    options: {},
    files: undefined,
    include: undefined,
    exclude: undefined,
    listedIn: folder,
    references: value.references,
  };
  for (const name of depth < extendsMax ? textsOf(value.extends) : []) {
    const base = readBase(path, name, { ...reading, depth: depth + 1 });
    if (base !== undefined) config = inherit(config, base);
  }
  const own = isRecord(value.compilerOptions) ? value.compilerOptions : {};
  const options = Object.entries(own).map(([name, each]) => [name, { value: each, from: folder }]);
  return {
    ...config,
    options: { ...config.options, ...Object.fromEntries(options) },
    files: value.files ?? config.files,
    include: value.include ?? config.include,
    exclude: value.exclude ?? config.exclude,
    listedIn: (value.files ?? value.include) === undefined ? config.listedIn : folder,
  };
}

function readBase(from: string, name: string, reading: Reading): RawConfig | undefined {
  const path = basePath(from, name, reading.files);
  if (path === undefined) return undefined;
  for (const each of [path, `${path}.json`, `${path}/tsconfig.json`]) {
    if (reading.files.read(each) !== undefined) return readConfig(each, reading);
  }
  reading.problems.set(from, `extends ${name}, which is not there`);
  return undefined;
}

function basePath(from: string, name: string, files: TsconfigFiles): string | undefined {
  if (/^\.{1,2}(?:\/|$)/.test(name)) return joinPath(folderOf(from), name);
  const packageName = /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? "";
  const folder = files.folderOfPackage(packageName);
  return folder === undefined ? undefined : joinPath(folder, `.${name.slice(packageName.length)}`);
}

/** A later base wins. */
function inherit(config: RawConfig, base: RawConfig): RawConfig {
  return {
    ...config,
    options: { ...config.options, ...base.options },
    files: base.files ?? config.files,
    include: base.include ?? config.include,
    exclude: base.exclude ?? config.exclude,
    listedIn: base.listedIn,
  };
}

function tsconfigOf(raw: RawConfig): Tsconfig {
  const { path, options } = raw;
  const folder = folderOf(path);
  const place = (name: string): string | undefined => {
    const option = options[name];
    if (option === undefined || typeof option.value !== "string") return undefined;
    return placed(option.value, option.from, folder);
  };
  const baseUrl = place("baseUrl");
  return {
    path,
    baseUrl,
    paths: pathsOf(options.paths, { baseUrl, folder }),
    outDir: place("outDir"),
    rootDir: place("rootDir"),
    references: referencesOf(raw.references, folder),
    holds: holderOf(raw, folder),
  };
}

/** `${configDir}` is the folder of the config that inherits. */
function placed(text: string, from: string, folder: string): string | undefined {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: TypeScript's own placeholder
  const template = "${configDir}";
  if (text.startsWith(template)) return joinPath(folder, text.slice(template.length));
  return joinPath(from, text);
}

function pathsOf(
  option: RawConfig["options"][string] | undefined,
  { baseUrl, folder }: { readonly baseUrl: string | undefined; readonly folder: string },
): Tsconfig["paths"] {
  if (option === undefined || !isRecord(option.value)) return [];
  const from = baseUrl ?? option.from;
  const paths = Object.entries(option.value).map(([pattern, targets]) => ({
    pattern,
    targets: textsOf(targets).flatMap((each) => placed(each, from, folder) ?? []),
  }));
  return paths.sort((a, b) => specificity(b.pattern) - specificity(a.pattern));
}

/** Exact patterns first, then those with more before their `*`. */
function specificity(pattern: string): number {
  return pattern.includes("*") ? pattern.indexOf("*") : Number.MAX_SAFE_INTEGER;
}

function referencesOf(references: unknown, folder: string): readonly string[] {
  if (!Array.isArray(references)) return [];
  return references.flatMap((each) => {
    const path = isRecord(each) && typeof each.path === "string" ? each.path : undefined;
    return path === undefined ? [] : (joinPath(folder, path) ?? []);
  });
}

/** Most are never asked: the globs are compiled when the first question comes. */
function holderOf(raw: RawConfig, folder: string): PathMatcher {
  let holds: PathMatcher | undefined;
  return (path) => {
    holds ??= compileHolder(raw, folder);
    return holds(path);
  };
}

function compileHolder(raw: RawConfig, folder: string): PathMatcher {
  const place = (text: string): string | undefined => placed(text, raw.listedIn, folder);
  const files = new Set(textsOf(raw.files).map(place));
  const includes =
    raw.include === undefined ? (raw.files === undefined ? ["**/*"] : []) : textsOf(raw.include);
  const matchesInclude = compileGlobs(includes.flatMap((each) => globsOf(place(each))));
  const matchesExclude = compileGlobs(textsOf(raw.exclude).flatMap((each) => globsOf(place(each))));
  return (path) => files.has(path) || (matchesInclude(path) && !matchesExclude(path));
}

/** A folder is all that is in it. */
function globsOf(place: string | undefined): readonly string[] {
  if (place === undefined) return [];
  if (place === "") return ["**/*"];
  return /[*?][^/]*$|\.[^/]+$/.test(place) ? [place, `${place}/**/*`] : [`${place}/**/*`];
}
