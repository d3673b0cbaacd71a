/** Every module is in exactly one node. */
import { finding, locationOf, moduleData } from "./finding.js";
import type { Rule } from "./rule-input.js";

export const orphans: Rule = ({ manifest, nodes }) => {
  if (!manifest.checks.deny_orphans) return [];
  return nodes.orphans.map((module) =>
    finding({
      code: "E_ARCH_NODE_ORPHAN_MODULE",
      message: "module matched no node",
      loc: locationOf(module.path),
      data: moduleData(module),
      notes: [
        "add it to match of a node of the manifest (--write adds a node for it), or exclude it in module_scan of the lock",
      ],
    }),
  );
};

export const overlaps: Rule = ({ nodes }) =>
  nodes.overlaps.map(({ module, nodes: matched }) => {
    const ids = matched.map(({ id }) => id);
    return finding({
      code: "E_ARCH_NODE_OVERLAP_MODULE",
      message: "module matched multiple nodes",
      loc: locationOf(module.path),
      data: { ...moduleData(module), matched_nodes: ids },
      notes: [`narrow match of ${ids.join(" or ")}, so that one node is left`],
    });
  });
