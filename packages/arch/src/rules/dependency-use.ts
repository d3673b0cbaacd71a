/**
 * Which modules of a package are shipped, and which only build or test it. The latter may import what
 * is in `devDependencies`, of their own package or of the root.
 */
import type { ModuleImport, SourceModule, WorkspacePackage } from "../module-graph.js";
import type { RuleInput } from "./rule-input.js";

const folders =
  "test|tests|__tests__|__mocks__|spec|e2e|bench|benchmark|examples?|scripts|tools|stories";
const developmentFolder = new RegExp(`(^|/)(${folders})/`);

/** What stands before the extension of a file that only builds, tests or shows something. */
export const developmentNames: readonly string[] = [
  "test",
  "spec",
  "test-d",
  "bench",
  "config",
  "stories",
];
const developmentFile = new RegExp(`\\.(${developmentNames.join("|")})\\.[cm]?[jt]sx?$`);

/** Decided by the path within the package, and by a node that is for tests only. */
export function isDevelopment(
  { path }: SourceModule,
  folder: string,
  zone: string | undefined,
): boolean {
  if (zone === "test_only") return true;
  const inside = folder === "" ? path : path.slice(folder.length + 1);
  return developmentFolder.test(inside) || developmentFile.test(inside);
}

/** A package that an import names, with the import. */
export interface PackageUse {
  readonly name: string;
  readonly by: ModuleImport;
  readonly module: SourceModule;
  /** The path, not the name, says which package: `../../other/src/index.js`. */
  readonly byPath: boolean;
}

/** The packages, other than its own, that a module imports from. `owners` are those of the workspace. */
export function packageUses(
  module: SourceModule,
  { graph, importsOf }: RuleInput,
  owners: ReadonlyMap<string, WorkspacePackage>,
): readonly PackageUse[] {
  return importsOf(module).flatMap((by) => {
    const { target, specifier = "" } = by;
    if (target.kind === "external") {
      return target.builtin ? [] : [{ name: target.name, by, module, byPath: false }];
    }
    if (target.kind !== "module") return [];
    const to = graph.modules.get(target.path);
    if (to === undefined || to.packageFolder === module.packageFolder) return [];
    const owner = owners.get(to.packageFolder);
    if (owner === undefined || owner.name === "") return [];
    const byPath = !names(specifier, owner.name);
    // What lies in no package but the root's is there for all.
    return byPath && owner.folder === "" ? [] : [{ name: owner.name, by, module, byPath }];
  });
}

function names(specifier: string, name: string): boolean {
  return specifier === name || specifier.startsWith(`${name}/`);
}
