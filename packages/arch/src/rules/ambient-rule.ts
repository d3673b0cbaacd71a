/** What differs from run to run, or reaches outside, is not used in a solve world. */
import { ambientCalls, capabilities, isCapability, mayReach, worlds } from "@reprise/worlds";
import type { AmbientUse } from "../source-facts.js";
import { finding, locationIn, moduleData } from "./finding.js";
import type { Rule } from "./rule-input.js";

export const ambientUses: Rule = ({ manifest, graph, nodes }) => {
  if (!manifest.checks.enforce_world_caps) return [];
  return [...graph.modules.values()].flatMap((module) => {
    const node = nodes.nodeOf.get(module.path);
    if (node === undefined || worlds[node.world].kind !== "solve") return [];
    return module.facts.ambient
      .filter((use) => isForbidden(use, node.world))
      .map((use) =>
        finding({
          code: "E_ARCH_AMBIENT",
          message: "solve-* nodes must not use what differs from run to run or reaches outside",
          loc: locationIn(module.path, use),
          data: {
            ...moduleData(module),
            node: node.id,
            world: node.world,
            name: use.name,
            capability: use.capability,
          },
          notes: notesOn(use),
        }),
      );
  });
};

function isForbidden({ capability }: AmbientUse, world: keyof typeof worlds): boolean {
  return !mayReach(world, isCapability(capability) ? capability : "unknown");
}

function notesOn({ name, capability }: AmbientUse): readonly string[] {
  const instead = ambientCalls.get(name)?.instead;
  const says = isCapability(capability) ? capabilities[capability] : capability;
  return [
    instead ?? "take it as an argument, or move the code under src/os",
    `${name} reaches ${says}`,
  ];
}
