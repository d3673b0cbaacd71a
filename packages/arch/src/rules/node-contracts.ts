/** What a node has promised to export, and how. */
import { pointerTo } from "../documents/json-position.js";
import { finding, locationIn, moduleData } from "./finding.js";
import type { Rule } from "./rule-input.js";

/** A node with a smoke entry exports it: by its name, or by the id of its module, `#`, and its name. */
export const smokeEntries: Rule = ({ manifest, nodes, placeInManifest }) =>
  manifest.nodes.flatMap((node, index) => {
    const entry = node.contracts?.smoke_entry;
    const modules = nodes.modulesOf.get(node.id) ?? [];
    if (entry === undefined || modules.length === 0) return [];
    const exported = modules.some(({ id, facts }) =>
      facts.exports.some((name) => name === entry || `${id}#${name}` === entry),
    );
    if (exported) return [];
    const loc = placeInManifest(pointerTo("nodes", index, "contracts", "smoke_entry"));
    return [
      finding({
        code: "E_ARCH_SMOKE_MISSING",
        message: "node is missing contracts.smoke_entry export",
        ...(loc === undefined ? {} : { loc }),
        data: { node: node.id, smoke_entry: entry },
        notes: [`export ${entry} from a module of ${node.id}, or correct contracts.smoke_entry`],
      }),
    ];
  });

export const publicBytes: Rule = ({ manifest, nodes }) => {
  if (manifest.checks.brand_boundary_v1?.enabled === false) return [];
  return manifest.nodes.flatMap((node) => {
    if (node.visibility.mode !== "public") return [];
    return (nodes.modulesOf.get(node.id) ?? []).flatMap((module) =>
      module.facts.unbranded.map(({ symbol, param, type, start, end }) =>
        finding({
          code: "E_ARCH_PUBLIC_BYTES_UNBRANDED",
          message: `public exported bytes ${param === undefined ? "result" : "param"} is missing a brand`,
          loc: locationIn(module.path, { start, end }),
          data: {
            ...moduleData(module),
            node: node.id,
            symbol,
            ...(param === undefined ? {} : { param }),
            ty: type,
          },
        }),
      ),
    );
  });
};
