/**
 * The shortest chain of imports from a module to an external that the world at its beginning does not
 * allow. It does not go on where somebody else answers: at a module whose own world allows no more,
 * and at an import that breaks the importer's own world.
 */
import type { World } from "@reprise/worlds";
import type { Location } from "../diagnostic.js";
import type { ModuleImport, SourceModule } from "../module-graph.js";
import { forbiddenCapability, reachesNoMore } from "./external-capability.js";
import { locationIn } from "./finding.js";
import { importName } from "./import-name.js";
import type { RuleInput } from "./rule-input.js";
import { shortestPath } from "./strong-components.js";

export interface CapabilityChain {
  /** Ids of modules, then the external. */
  readonly chain: readonly string[];
  readonly name: string;
  readonly capability: string;
  readonly related: readonly { readonly message: string; readonly loc: Location }[];
}

/** Chains are asked for again and again from the same module: each is looked for once. */
export function createChainFinder(
  input: RuleInput,
): (start: SourceModule, world: World) => CapabilityChain | undefined {
  const known = new Map<string, CapabilityChain | undefined>();
  return (start, world) => {
    const key = `${world} ${start.path}`;
    if (!known.has(key)) known.set(key, findChain(start, world, input));
    return known.get(key);
  };
}

function findChain(
  start: SourceModule,
  world: World,
  input: RuleInput,
): CapabilityChain | undefined {
  const { graph, nodes } = input;
  const forbiddenOf = (path: string): ForbiddenImport | undefined => {
    const module = graph.modules.get(path);
    return module === undefined ? undefined : firstForbidden(module, world, input);
  };
  const nextOf = (path: string): readonly string[] => {
    const module = graph.modules.get(path);
    if (module === undefined) return [];
    return input.importsOf(module).flatMap(({ target }) => {
      if (target.kind !== "module") return [];
      const node = nodes.nodeOf.get(target.path);
      return node !== undefined && reachesNoMore(node.world, world) ? [] : [target.path];
    });
  };
  const way =
    forbiddenOf(start.path) === undefined
      ? shortestPath(start.path, nextOf, (path) => forbiddenOf(path) !== undefined)
      : [start.path];
  const found = forbiddenOf(way.at(-1) ?? "");
  return found === undefined ? undefined : describe(way, found, input);
}

interface ForbiddenImport {
  readonly by: ModuleImport;
  readonly name: string;
  readonly capability: string;
}

function firstForbidden(
  module: SourceModule,
  world: World,
  input: RuleInput,
): ForbiddenImport | undefined {
  const own = input.nodes.nodeOf.get(module.path)?.world ?? "run-os";
  for (const by of input.importsOf(module)) {
    if (by.target.kind !== "external") continue;
    const name = importName(by, input.graph);
    const capability = forbiddenCapability(name, world, input.overlay);
    if (capability === undefined) continue;
    if (forbiddenCapability(name, own, input.overlay) === undefined)
      return { by, name, capability };
  }
  return undefined;
}

function describe(
  way: readonly string[],
  { by, name, capability }: ForbiddenImport,
  { graph, importsOf }: RuleInput,
): CapabilityChain {
  const modules = way.flatMap((path) => graph.modules.get(path) ?? []);
  const related = modules.map((module, at) => {
    const next = modules[at + 1];
    const step =
      next === undefined
        ? by
        : importsOf(module).find(
            ({ target }) => target.kind === "module" && target.path === next.path,
          );
    return {
      message: `${module.path} imports ${next === undefined ? name : next.path}`,
      loc: locationIn(module.path, step ?? by),
    };
  });
  return { chain: [...modules.map(({ id }) => id), name], name, capability, related };
}
