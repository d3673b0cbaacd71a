/** The rules about what an import names: externals, and the prefixes that a node may import. */
import type { Diagnostic } from "../diagnostic.js";
import type { ModuleImport, SourceModule } from "../module-graph.js";
import { finding, locationIn, moduleData } from "./finding.js";
import { importName } from "./import-name.js";
import type { Rule, RuleInput } from "./rule-input.js";

export const externals: Rule = (input) => {
  const { manifest, graph } = input;
  const { allowed_exact, allowed_import_prefixes } = manifest.externals;
  const mode = manifest.checks.allowlist_mode;
  const prefixes = mode?.enabled && !mode.default_allow_external ? [] : allowed_import_prefixes;
  return eachImport(input, (module, by) => {
    if (by.target.kind !== "external") return [];
    const name = importName(by, graph);
    if (allowed_exact.includes(name) || prefixes.some((prefix) => name.startsWith(prefix))) {
      return [];
    }
    return [
      finding({
        code: "E_ARCH_EXTERNAL_IMPORT_NOT_ALLOWED",
        message: "external import is not allowed by externals policy",
        severity: input.severityOf(by),
        loc: locationIn(module.path, by),
        data: { ...moduleData(module), import: name },
        notes: [`do without ${name}, or add it to externals.allowed_exact of the manifest`],
      }),
    ];
  });
};

export const importPrefixes: Rule = (input) => {
  const { manifest, graph, nodes } = input;
  if (!manifest.checks.enforce_world_caps) return [];
  return eachImport(input, (module, by) => {
    const node = nodes.nodeOf.get(module.path);
    if (node === undefined || by.target.kind === "asset" || by.target.kind === "unresolved") {
      return [];
    }
    const { deny_prefixes, allow_prefixes } = node.imports;
    const name = importName(by, graph);
    const denied = deny_prefixes.find((prefix) => name.startsWith(prefix));
    const told = {
      severity: input.severityOf(by),
      loc: locationIn(module.path, by),
      data: { ...moduleData(module), node: node.id, import: name },
    };
    if (denied !== undefined) {
      return [
        finding({
          ...told,
          code: "E_ARCH_IMPORT_PREFIX_DENIED",
          message: "node import policy denies this prefix",
          data: { ...told.data, denied_prefix: denied },
          notes: [`do without ${name}: imports.deny_prefixes of ${node.id} has ${denied}`],
        }),
      ];
    }
    if (allow_prefixes.length === 0 || allow_prefixes.some((prefix) => name.startsWith(prefix))) {
      return [];
    }
    return [
      finding({
        ...told,
        code: "E_ARCH_IMPORT_PREFIX_NOT_ALLOWED",
        message: "node import policy does not allow this import prefix",
        notes: [
          `do without ${name}, or add a prefix of it to imports.allow_prefixes of ${node.id}`,
        ],
      }),
    ];
  });
};

/** One diagnostic for each name that a module imports, however often it does. */
function eachImport(
  { graph, importsOf }: RuleInput,
  judge: (module: SourceModule, by: ModuleImport) => readonly Diagnostic[],
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const module of graph.modules.values()) {
    const seen = new Set<string>();
    // An import of types alone is no less an import, but one that stays says more.
    const imports = [...importsOf(module)].sort((a, b) => Number(a.typeOnly) - Number(b.typeOnly));
    for (const by of imports) {
      const name = importName(by, graph);
      if (by.target.kind !== "external" && by.target.kind !== "module") continue;
      if (seen.has(name)) continue;
      seen.add(name);
      found.push(...judge(module, by));
    }
  }
  return found;
}
