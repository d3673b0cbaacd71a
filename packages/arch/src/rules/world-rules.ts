/**
 * No operating system in a solve world: neither by way of another node, nor by an external, nor by
 * a package that such a module's package declares.
 */
import { mayDependOn } from "@reprise/worlds";
import type { Diagnostic } from "../diagnostic.js";
import type { ManifestNode } from "../documents/manifest.js";
import type { ModuleImport, SourceModule } from "../module-graph.js";
import { createChainFinder } from "./capability-chain.js";
import { isDevelopment } from "./dependency-use.js";
import { edgeRule } from "./edge-rule.js";
import {
  capabilityText,
  forbiddenCapability,
  isSolve,
  reachesNoMore,
} from "./external-capability.js";
import { finding, locationIn, moduleData } from "./finding.js";
import { importName } from "./import-name.js";
import type { Rule, RuleInput } from "./rule-input.js";

const message = "solve-* nodes must not reach the operating system";

export const worldEdges: Rule = edgeRule(
  {
    code: "E_ARCH_WORLD_EDGE_FORBIDDEN",
    message: "solve-* nodes must not depend on run-os* nodes",
  },
  (input) => {
    if (!checksWorldEdges(input)) return undefined;
    const chainFrom = createChainFinder(input);
    return ({ fromNode, toNode, from, to, by }) => {
      const [world_from, world_to] = [fromNode.world, toNode.world];
      if (mayDependOn(world_from, world_to)) return [];
      const reached = chainFrom(to, world_from);
      const next = `hand what ${to.path} does in as an argument, or move the code that needs it under src/os`;
      if (reached === undefined) return [{ data: { world_from, world_to }, next }];
      const first = {
        message: `${from.path} imports ${to.path}`,
        loc: locationIn(from.path, by),
      };
      return [
        {
          data: { world_from, world_to, chain: [from.id, ...reached.chain] },
          next,
          related: [first, ...reached.related],
        },
      ];
    };
  },
);

/** Externals that a solve node imports, or reaches through modules that may do more than it may. */
export const worldCapabilities: Rule = (input) => {
  if (!input.manifest.checks.enforce_world_caps) return [];
  const chainFrom = createChainFinder(input);
  const found: Diagnostic[] = [];
  for (const module of input.graph.modules.values()) {
    const node = input.nodes.nodeOf.get(module.path);
    if (node === undefined || !isSolve(node.world)) continue;
    found.push(...directCapabilities(module, node, input));
    for (const by of passages(module, node, input)) {
      const to = by.target.kind === "module" ? input.graph.modules.get(by.target.path) : undefined;
      const reached = to === undefined ? undefined : chainFrom(to, node.world);
      if (to === undefined || reached === undefined) continue;
      found.push(
        capabilityFinding(
          module,
          { ...reached, chain: [module.id, ...reached.chain], by, node, input },
          [
            { message: `${module.path} imports ${to.path}`, loc: locationIn(module.path, by) },
            ...reached.related,
          ],
        ),
      );
    }
  }
  return found;
};

function checksWorldEdges({ manifest: { checks } }: RuleInput): boolean {
  return checks.enforce_world_caps && checks.world_of_imported_v1?.enabled !== false;
}

function directCapabilities(
  module: SourceModule,
  node: ManifestNode,
  input: RuleInput,
): readonly Diagnostic[] {
  const seen = new Set<string>();
  return strongestFirst(module, input).flatMap((by) => {
    if (by.target.kind !== "external") return [];
    const name = importName(by, input.graph);
    const capability = forbiddenCapability(name, node.world, input.overlay);
    if (capability === undefined || seen.has(name)) return [];
    seen.add(name);
    const chain = [module.id, name];
    return [capabilityFinding(module, { name, capability, chain, by, node, input }, [])];
  });
}

/** Imports of modules that no solve world answers for, and that `worldEdges` does not refuse. */
function passages(
  module: SourceModule,
  node: ManifestNode,
  input: RuleInput,
): readonly ModuleImport[] {
  const seen = new Set<string>();
  return strongestFirst(module, input).filter(({ target }) => {
    if (target.kind !== "module" || seen.has(target.path)) return false;
    seen.add(target.path);
    const to = input.nodes.nodeOf.get(target.path);
    if (to === undefined) return true;
    if (reachesNoMore(to.world, node.world)) return false;
    return mayDependOn(node.world, to.world) || !checksWorldEdges(input);
  });
}

/** One of types alone may be a warning: it must not hide one that is there at run time. */
function strongestFirst(module: SourceModule, { importsOf }: RuleInput): readonly ModuleImport[] {
  return [...importsOf(module)].sort((a, b) => Number(a.typeOnly) - Number(b.typeOnly));
}

function nextStep({
  module,
  name,
  capability,
  node,
}: Pick<Reached, "name" | "capability" | "node"> & { readonly module: SourceModule }): string {
  // Whoever writes the first test of a pure package meets this.
  if (isDevelopment(module, module.packageFolder, undefined)) {
    return `a test or tool is not for ${node.world}: leave it out of match of ${node.id}, and give it a node with world run-os and trust_zone test_only (--write does, once no node matches it)`;
  }
  return capability === "unknown"
    ? `take ${name} away, or, if it reaches nothing outside, add it to pure_externals of arch/reprise.arch.json`
    : "hand it in as an argument, or move the code that needs it under src/os";
}

interface Reached {
  readonly name: string;
  readonly capability: string;
  readonly chain: readonly string[];
  readonly by: ModuleImport;
  readonly node: ManifestNode;
  readonly input: RuleInput;
}

function capabilityFinding(
  module: SourceModule,
  { name, capability, chain, by, node, input }: Reached,
  related: NonNullable<Diagnostic["related"]>,
): Diagnostic {
  return finding({
    code: "E_ARCH_WORLD_CAPABILITY",
    message,
    severity: input.severityOf(by),
    loc: locationIn(module.path, by),
    data: {
      ...moduleData(module),
      node: node.id,
      world: node.world,
      import: name,
      capability,
      chain,
      ...(by.typeOnly ? { type_only: true } : {}),
    },
    notes: [
      nextStep({ module, name, capability, node }),
      `${capabilityText(name, capability)}: ${chain.join(" -> ")}`,
    ],
    related,
  });
}
