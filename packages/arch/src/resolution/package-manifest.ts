/** The part of a package.json that decides where an import leads. */

export interface PackageManifest {
  /** Relative to the repository; "" for the root. */
  readonly folder: string;
  /** undefined: it has none, and nobody can import it by name. */
  readonly name: string | undefined;
  readonly private: boolean;
  readonly text: string;
  /** As it is written; undefined where it has none. */
  readonly exports: unknown;
  readonly imports: unknown;
  /** Files that stand for the package where it has no `exports`: the nearest to its source first. */
  readonly entries: readonly string[];
  /** Globs of folders: `workspaces`. */
  readonly workspaces: readonly string[];
  /** By kind, then by name, the version that is asked for. */
  readonly dependencies: Readonly<Record<DependencyKind, Readonly<Record<string, string>>>>;
}

type DependencyKind = (typeof dependencyKinds)[number];

export const dependencyKinds = [
  "dependencies",
  "devDependencies",
  "peerDependencies",
  "optionalDependencies",
] as const;

const entryFields = ["source", "module", "main", "types", "typings"];

/** A text says what is wrong with it. */
export function readPackageManifest(folder: string, text: string): PackageManifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text.startsWith("\ufeff") ? text.slice(1) : text);
  } catch {
    // The engine's own words differ from version to version.
    return "package.json is not JSON";
  }
  if (!isRecord(value)) return "package.json is not an object";
  const { name, workspaces } = value;
  const globs = isRecord(workspaces) ? workspaces.packages : workspaces;
  const dependenciesOf = (kind: DependencyKind): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(isRecord(value[kind]) ? value[kind] : {}).filter(isTextPair));
  return {
    folder,
    name: typeof name === "string" && name !== "" ? name : undefined,
    private: value.private === true,
    text,
    exports: value.exports,
    imports: value.imports,
    entries: entryFields.flatMap((field) => textsOf(value[field])),
    workspaces: textsOf(globs),
    dependencies: {
      dependencies: dependenciesOf("dependencies"),
      devDependencies: dependenciesOf("devDependencies"),
      peerDependencies: dependenciesOf("peerDependencies"),
      optionalDependencies: dependenciesOf("optionalDependencies"),
    },
  };
}

/** A text, or the texts of a list. */
export function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextPair(pair: [string, unknown]): pair is [string, string] {
  return typeof pair[1] === "string";
}
