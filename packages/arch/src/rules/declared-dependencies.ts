/**
 * What a package imports, its package.json declares; what it declares, something imports; and a
 * package that is pure throughout declares nothing that reaches outside.
 */
import type { Diagnostic } from "../diagnostic.js";
import { pointerTo, spanOf } from "../documents/json-position.js";
import type { DependencyKind, SourceModule, WorkspacePackage } from "../module-graph.js";
import { isDevelopment, type PackageUse, packageUses } from "./dependency-use.js";
import { capabilityText, forbiddenCapability, isSolve } from "./external-capability.js";
import { finding, locationIn, moduleData } from "./finding.js";
import type { Rule, RuleInput } from "./rule-input.js";

const shippedKinds: readonly DependencyKind[] = [
  "dependencies",
  "peerDependencies",
  "optionalDependencies",
];
const allKinds: readonly DependencyKind[] = [...shippedKinds, "devDependencies"];

export const declaredDependencies: Rule = (input) => {
  const modulesOf = new Map<string, SourceModule[]>();
  for (const module of input.graph.modules.values()) {
    const modules = modulesOf.get(module.packageFolder) ?? [];
    modules.push(module);
    modulesOf.set(module.packageFolder, modules);
  }
  const owners = new Map(input.graph.packages.map((owner) => [owner.folder, owner] as const));
  const root = owners.get("");
  return input.graph.packages.flatMap((owner) => {
    const modules = modulesOf.get(owner.folder) ?? [];
    const uses = modules.flatMap((module) => packageUses(module, input, owners));
    return [
      ...undeclared({ owner, root, uses, input }),
      ...unused(owner, uses, input.graph.packages),
      ...impure(owner, modules, input),
    ];
  });
};

interface Declared {
  readonly owner: WorkspacePackage;
  readonly root: WorkspacePackage | undefined;
  readonly uses: readonly PackageUse[];
  readonly input: RuleInput;
}

function undeclared({ owner, root, uses, input }: Declared): readonly Diagnostic[] {
  const seen = new Set<string>();
  // One of types alone may be a warning, or excused: it must not hide one that is there at run time.
  const strongest = [...uses].sort((a, b) => Number(a.by.typeOnly) - Number(b.by.typeOnly));
  return strongest.flatMap(({ name, by, module, byPath }) => {
    const key = JSON.stringify([module.path, name, byPath]);
    if (name === owner.name || seen.has(key)) return [];
    const zone = input.nodes.nodeOf.get(module.path)?.trust_zone;
    const development = isDevelopment(module, owner.folder, zone);
    const kinds = development || owner.private || by.typeOnly ? allKinds : shippedKinds;
    const owners = development && root !== undefined ? [owner, root] : [owner];
    const declared = owners.some((each) => declares(each, name, kinds));
    if (declared && !byPath) return [];
    seen.add(key);
    const file = packageFile(owner);
    return [
      finding({
        code: "E_ARCH_DEPENDENCY_UNDECLARED",
        message: byPath
          ? "import of another package by path, not by its name"
          : "imported package is not declared in package.json",
        severity: input.severityOf(by),
        loc: locationIn(module.path, by),
        data: { ...moduleData(module), package: owner.name, import: name, package_json: file },
        notes: [undeclaredNext({ name, file, byPath, owner, development })],
      }),
    ];
  });
}

interface Undeclared {
  readonly name: string;
  readonly file: string;
  readonly byPath: boolean;
  readonly owner: WorkspacePackage;
  readonly development: boolean;
}

function undeclaredNext({ name, file, byPath, owner, development }: Undeclared): string {
  if (byPath) return `import it as ${name}, and declare ${name} in ${file}`;
  if (!development && owner.dependencies.devDependencies.includes(name)) {
    return `move ${name} from devDependencies to dependencies in ${file}: code that is shipped imports it`;
  }
  return `add ${name} to ${development ? "devDependencies" : "dependencies"} in ${file}`;
}

function declares(
  { dependencies }: WorkspacePackage,
  name: string,
  kinds: readonly DependencyKind[],
): boolean {
  return kinds.some(
    (kind) => dependencies[kind].includes(name) || dependencies[kind].includes(typesOf(name)),
  );
}

/** Where DefinitelyTyped has the types of a package. */
function typesOf(name: string): string {
  return `@types/${name.startsWith("@") ? name.slice(1).replace("/", "__") : name}`;
}

/**
 * Of `peerDependencies` and `devDependencies` nobody can say: a host or a script may be what needs
 * them. What a dependency of the workspace wants of its host, its host declares and need not import.
 */
function unused(
  owner: WorkspacePackage,
  uses: readonly PackageUse[],
  packages: readonly WorkspacePackage[],
): readonly Diagnostic[] {
  const wanted = packages
    .filter(({ name }) => declares(owner, name, allKinds))
    .flatMap(({ dependencies }) => dependencies.peerDependencies);
  const used = new Set([...uses.map(({ name }) => name), ...wanted].flatMap(withTypes));
  return (["dependencies", "optionalDependencies"] as const).flatMap((kind) =>
    owner.dependencies[kind]
      .filter((name) => !used.has(name))
      .map((name) =>
        finding({
          code: "E_ARCH_DEPENDENCY_UNUSED",
          message: "declared dependency is imported by nothing",
          loc: locationOfDependency(owner, kind, name),
          data: { package: owner.name, dependency: name, kind, package_json: packageFile(owner) },
          notes: [`take ${name} out of ${kind} in ${packageFile(owner)}`],
        }),
      ),
  );
}

function withTypes(name: string): readonly string[] {
  return [name, typesOf(name)];
}

/** A package of which every shipped module is in a solve node. */
function impure(
  owner: WorkspacePackage,
  modules: readonly SourceModule[],
  input: RuleInput,
): readonly Diagnostic[] {
  if (!input.manifest.checks.enforce_world_caps) return [];
  const shipped = modules.flatMap((module) => {
    const node = input.nodes.nodeOf.get(module.path);
    return isDevelopment(module, owner.folder, node?.trust_zone) ? [] : [node];
  });
  const [first] = shipped;
  if (first === undefined) return [];
  if (shipped.some((node) => node === undefined || !isSolve(node.world))) return [];
  return shippedKinds.flatMap((kind) =>
    owner.dependencies[kind].flatMap((name) => {
      const capability = declaredCapability(name, first.world, input);
      if (capability === undefined) return [];
      return [
        finding({
          code: "E_ARCH_WORLD_CAPABILITY",
          message: "a package of solve-* nodes must not declare what reaches the operating system",
          loc: locationOfDependency(owner, kind, name),
          data: {
            package: owner.name,
            package_json: packageFile(owner),
            import: name,
            kind,
            world: first.world,
            capability,
          },
          notes: [
            `take ${name} out of ${kind} in ${packageFile(owner)}, or move it to devDependencies if only tests need it`,
            capabilityText(name, capability),
          ],
        }),
      ];
    }),
  );
}

type NodeWorld = Parameters<typeof forbiddenCapability>[1];

/** undefined: it is harmless, or a package of the workspace with a part in a solve world. */
function declaredCapability(
  name: string,
  world: NodeWorld,
  { graph, nodes, overlay }: RuleInput,
): string | undefined {
  const local = graph.packages.find((each) => each.name === name);
  if (local === undefined) return forbiddenCapability(name, world, overlay);
  const worldsOf = [...graph.modules.values()]
    .filter(({ packageFolder }) => packageFolder === local.folder)
    .flatMap(({ path }) => {
      const node = nodes.nodeOf.get(path);
      return node === undefined || node.trust_zone === "test_only" ? [] : [node.world];
    });
  return worldsOf.length === 0 || worldsOf.some(isSolve) ? undefined : "os";
}

function packageFile({ folder }: WorkspacePackage): string {
  return folder === "" ? "package.json" : `${folder}/package.json`;
}

function locationOfDependency(
  owner: WorkspacePackage,
  kind: DependencyKind,
  name: string,
): NonNullable<Diagnostic["loc"]> {
  return locationIn(packageFile(owner), spanOf(owner.text, pointerTo(kind, name)));
}
