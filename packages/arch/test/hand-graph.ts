/** Module graphs and manifests written by hand: a rule needs no file to be tested. */

import type { Diagnostic } from "../src/diagnostic.ts";
import type { Manifest, ManifestNode } from "../src/documents/manifest.ts";
import { defaultOverlay, type Overlay } from "../src/documents/overlay.ts";
import type {
  ImportTarget,
  ModuleGraph,
  ModuleImport,
  SourceModule,
  WorkspacePackage,
} from "../src/module-graph.ts";
import { createRuleInput, type RuleInput } from "../src/rules/rule-input.ts";
import { checkRules } from "../src/rules.ts";
import type { SourceFacts } from "../src/source-facts.ts";

/** `./other.ts` by path of the repository, `kafkajs`, `node:fs`; `type ` before it: of types alone. */
export type HandImport = string;

export interface HandModule extends Partial<SourceFacts> {
  readonly from?: readonly HandImport[];
}

export type HandModules = Readonly<Record<string, HandModule | readonly HandImport[]>>;

export interface HandPackage {
  readonly name: string;
  readonly private?: boolean;
  readonly dependencies?: readonly string[];
  readonly devDependencies?: readonly string[];
  readonly peerDependencies?: readonly string[];
}

const noFacts: SourceFacts = {
  parseError: undefined,
  imports: [],
  exports: [],
  ambient: [],
  policies: [],
  unbranded: [],
  exceptions: [],
};

/** The first import stands on line 1, the second on line 2, each at column 20, nine columns wide. */
export function handGraph(
  modules: HandModules,
  packages: Readonly<Record<string, HandPackage>> = {},
): ModuleGraph {
  const paths = Object.keys(modules).sort();
  const folders = Object.keys(packages).sort((a, b) => b.length - a.length);
  const folderOf = (path: string): string =>
    folders.find((folder) => folder === "" || path.startsWith(`${folder}/`)) ?? "";
  const list = paths.map((path): readonly [string, SourceModule] => {
    const hand = modules[path];
    const { from = [], ...facts }: HandModule = isImports(hand) ? { from: hand } : (hand ?? {});
    const imports = from.map((each, index) => handImport(each, index, paths));
    const module = {
      path,
      id: idOf(path, packages[folderOf(path)]?.name, folderOf(path)),
      packageFolder: folderOf(path),
      imports,
      facts: { ...noFacts, imports, ...facts },
    };
    return [path, module];
  });
  return {
    modules: new Map(list),
    packages: Object.entries(packages).map(([folder, hand]) => handPackage(folder, hand)),
    duplicates: [],
    unreadable: [],
    bytes: 0,
  } as unknown as ModuleGraph;
}

function isImports(hand: HandModules[string] | undefined): hand is readonly HandImport[] {
  return Array.isArray(hand);
}

function idOf(path: string, name: string | undefined, folder: string): string {
  const inside = folder === "" ? path : path.slice(folder.length + 1);
  const bare = inside.replace(/\.[cm]?[jt]sx?$/, "").replace(/^src\//, "");
  return name === undefined ? path.replace(/\.[cm]?[jt]sx?$/, "") : `${name}/${bare}`;
}

function handImport(text: HandImport, index: number, paths: readonly string[]): ModuleImport {
  const typeOnly = text.startsWith("type ");
  const specifier = typeOnly ? text.slice(5) : text;
  return {
    kind: "static",
    specifier: paths.includes(specifier) ? `./${specifier.split("/").at(-1)}` : specifier,
    typeOnly,
    start: { line: index + 1, col: 20 },
    end: { line: index + 1, col: 29 },
    target: targetOf(specifier, paths),
  };
}

function targetOf(specifier: string, paths: readonly string[]): ImportTarget {
  if (paths.includes(specifier)) return { kind: "module", path: specifier };
  if (specifier.startsWith("?")) return { kind: "unresolved", reason: "nothing is there" };
  const builtin = specifier.startsWith("node:");
  const [scope = "", name = ""] = specifier.split("/");
  const bare = specifier.startsWith("@") ? `${scope}/${name}` : scope;
  return { kind: "external", name: bare, builtin };
}

function handPackage(folder: string, hand: HandPackage): WorkspacePackage {
  const { name, dependencies = [], devDependencies = [], peerDependencies = [] } = hand;
  const text = JSON.stringify(
    Object.fromEntries(
      Object.entries({ name, dependencies, devDependencies, peerDependencies }).map(
        ([key, value]) => [
          key,
          typeof value === "string" ? value : Object.fromEntries(value.map((each) => [each, "1"])),
        ],
      ),
    ),
    null,
    2,
  );
  return {
    folder,
    name,
    private: hand.private ?? false,
    dependencies: { dependencies, devDependencies, peerDependencies, optionalDependencies: [] },
    text,
  } as WorkspacePackage;
}

export interface HandNode extends Partial<Omit<ManifestNode, "id" | "match">> {
  /** Globs. */
  readonly in?: readonly string[];
  readonly prefixes?: readonly string[];
}

/** A node for each member; all public, untrusted, `run-os` and without policies where not said. */
export function handManifest(
  nodes: Readonly<Record<string, HandNode>>,
  rest: Partial<Omit<Manifest, "nodes">> = {},
): Manifest {
  return {
    schema_version: "x07.arch.manifest@0.3.0",
    repo: { id: "hand", root: "." },
    externals: { allowed_import_prefixes: [], allowed_exact: [] },
    rules: [],
    tool_budgets: { max_modules: 100, max_edges: 100, max_diags: 100 },
    ...rest,
    checks: {
      deny_cycles: true,
      deny_orphans: true,
      enforce_visibility: true,
      enforce_world_caps: true,
      ...rest.checks,
    },
    nodes: Object.entries(nodes).map(
      ([id, { in: globs = [], prefixes = [], ...given }]): ManifestNode => ({
        id,
        match: { module_prefixes: prefixes, path_globs: globs },
        world: "run-os",
        trust_zone: "untrusted",
        visibility: { mode: "public", visible_to: [] },
        imports: { deny_prefixes: [], allow_prefixes: [] },
        ...given,
      }),
    ),
  };
}

export function handInput(
  graph: ModuleGraph,
  manifest: Manifest,
  overlay: Partial<Overlay> = {},
): RuleInput {
  return createRuleInput({ graph, manifest, overlay: { ...defaultOverlay, ...overlay } });
}

/** `CODE file:line` of what all rules find, in no order; only of these codes, if any are given. */
export function placesOf(
  input: RuleInput,
  ...only: readonly Diagnostic["code"][]
): readonly string[] {
  return foundIn(input, ...only)
    .map(placeOf)
    .sort();
}

export function foundIn(
  input: RuleInput,
  ...only: readonly Diagnostic["code"][]
): readonly Diagnostic[] {
  return checkRules(input).filter(({ code }) => only.length === 0 || only.includes(code));
}

export function placeOf({ code, loc }: Diagnostic): string {
  return loc === undefined ? code : `${code} ${loc.span.file}:${loc.span.start.line}`;
}
