/**
 * Changes of the manifest that would make it true: externals that are imported, nodes for modules in
 * none, edges that no rule lists. What a world or a trust zone refuses is never suggested.
 */
import type { JsonObject } from "@reprise/canonical-json";
import type { Diagnostic, PatchOperation, SuggestedPatch } from "./diagnostic.js";
import { groupModules, nodeFor } from "./first/first-manifest.js";
import type { RuleInput } from "./rules/rule-input.js";

export function manifestPatches(
  input: RuleInput,
  diagnostics: readonly Diagnostic[],
  path: string,
): readonly SuggestedPatch[] {
  const parts = [
    {
      note: "Allow external imports explicitly (exact).",
      patch: namesOf(diagnostics, "E_ARCH_EXTERNAL_IMPORT_NOT_ALLOWED", "import").map((name) =>
        added("/externals/allowed_exact/-", name),
      ),
    },
    { note: "Add nodes for orphan modules.", patch: orphanNodes(input, diagnostics) },
    { note: "Allow internal edges explicitly.", patch: missingEdges(diagnostics) },
  ].filter(({ patch }) => patch.length > 0);
  if (parts.length === 0) return [];
  const note = parts.map((part) => part.note).join(" ");
  return [{ path, patch: parts.flatMap(({ patch }) => patch), note }];
}

function added(path: string, value: JsonObject | string): PatchOperation {
  return { op: "add", path, value };
}

function namesOf(
  diagnostics: readonly Diagnostic[],
  code: Diagnostic["code"],
  member: string,
): readonly string[] {
  const refused = new Set(
    diagnostics
      .filter((each) => each.code === "E_ARCH_WORLD_CAPABILITY")
      .map(({ data }) => data?.[member]),
  );
  const names = diagnostics
    .filter((each) => each.code === code)
    .map(({ data }) => data?.[member])
    .filter((name) => typeof name === "string")
    .filter((name) => !refused.has(name));
  return [...new Set(names)].sort();
}

function orphanNodes(
  { graph, manifest, nodes }: RuleInput,
  diagnostics: readonly Diagnostic[],
): readonly PatchOperation[] {
  if (!diagnostics.some(({ code }) => code === "E_ARCH_NODE_ORPHAN_MODULE")) return [];
  const taken = manifest.nodes.map(({ id }) => id);
  return groupModules(graph, nodes.orphans, taken).map(({ id, part, modules }) => {
    const globs = modules.map(({ path }) => path.replace(/[\\*?[\]{}()!+@|^$"]/g, "\\$&"));
    const { match, ...rest } = nodeFor(id, part, globs);
    return added("/nodes/-", { ...rest, match: { ...match } } as unknown as JsonObject);
  });
}

const refusing: ReadonlySet<Diagnostic["code"]> = new Set<Diagnostic["code"]>([
  "E_ARCH_WORLD_EDGE_FORBIDDEN",
  "E_ARCH_TRUST_ZONE_EDGE",
  "E_ARCH_VISIBILITY",
]);

function missingEdges(diagnostics: readonly Diagnostic[]): readonly PatchOperation[] {
  const edgeOf = ({ data }: Diagnostic): string =>
    JSON.stringify([String(data?.node_from), String(data?.node_to)]);
  const refused = new Set(diagnostics.filter(({ code }) => refusing.has(code)).map(edgeOf));
  const missing = new Set(
    diagnostics.filter(({ code }) => code === "E_ARCH_EDGE_NOT_ALLOWED").map(edgeOf),
  );
  return [...missing]
    .filter((edge) => !refused.has(edge))
    .sort()
    .map((edge) => {
      // Made above, of two strings.
      const [from, to] = JSON.parse(edge) as [string, string];
      const id = `allow.${from}.${to}`.slice(0, 128);
      return added("/rules/-", { kind: "deps_v1", id, from, to: [to], mode: "allow" });
    });
}
