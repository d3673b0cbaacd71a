/** The modules of a workspace and where their imports lead. Sorted by path, so equal trees are equal. */
import type { ImportFact, SourceFacts } from "./source-facts.js";

export type ImportTarget =
  /** A scanned module; `path` is its key in the graph. */
  | { readonly kind: "module"; readonly path: string }
  /** A package from outside the workspace, or a module of node. `name` without its subpath. */
  | { readonly kind: "external"; readonly name: string; readonly builtin: boolean }
  /** A file of the repository that is no module: JSON, CSS, a data file. */
  | { readonly kind: "asset"; readonly path: string }
  /** Nothing is there, or nobody can say. */
  | { readonly kind: "unresolved"; readonly reason: string };

export interface ModuleImport extends ImportFact {
  readonly target: ImportTarget;
}

export interface SourceModule {
  /** Relative to the repository, with `/`. */
  readonly path: string;
  /** The package's name and the path below `src/` without extension: `@reprise/msg-core/envelope`. */
  readonly id: string;
  /** Folder of the nearest package.json, relative to the repository; "" for the root. */
  readonly packageFolder: string;
  readonly imports: readonly ModuleImport[];
  readonly facts: SourceFacts;
}

/** A package.json of the workspace. */
export interface WorkspacePackage {
  readonly folder: string;
  readonly name: string;
  readonly private: boolean;
  readonly dependencies: Readonly<Record<DependencyKind, readonly string[]>>;
  /** Its text, for the line of a dependency. */
  readonly text: string;
}

export type DependencyKind =
  | "dependencies"
  | "devDependencies"
  | "peerDependencies"
  | "optionalDependencies";

export interface ModuleGraph {
  /** By path, in order of path. */
  readonly modules: ReadonlyMap<string, SourceModule>;
  readonly packages: readonly WorkspacePackage[];
  /** Two files with one id: the first by path is in `modules`. */
  readonly duplicates: readonly {
    readonly id: string;
    readonly path: string;
    readonly existing: string;
  }[];
  /** Folders and files that could not be read, and why. */
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
  readonly bytes: number;
  /** Set where a budget was exceeded: then there is nothing else in the graph, and no rule may say that all is well. */
  readonly exceeded?: BudgetStop;
}

/** Which budget stopped the reading. */
export interface BudgetStop {
  readonly budget: "max_modules" | "max_edges" | "max_bytes_in";
  readonly limit: number;
  /** At least so much: counting stopped too. */
  readonly actual: number;
}
