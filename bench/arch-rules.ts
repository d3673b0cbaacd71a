/** The same rules for each tool: no cycle, and of the folders in a package not every one may see every other. */

/** `[name, from, to]`: folders of a package's `src`. */
const boundaries: readonly (readonly [name: string, from: string, to: string])[] = [
  ["lib-not-os", "lib", "os"],
  ["model-not-lib", "model", "lib"],
  ["model-not-os", "model", "os"],
];

/** By path, what is to be written into the tree. */
export function ruleFiles(): Readonly<Record<string, string>> {
  return {
    "arch/manifest.x07arch.json": JSON.stringify(manifest()),
    "cruiser.json": JSON.stringify(cruiserRules()),
    "oxlint.json": JSON.stringify(oxlintRules),
  };
}

function manifest(): object {
  const node = (id: string, ...path_globs: readonly string[]): object => ({
    id,
    match: { module_prefixes: [], path_globs },
    world: "run-os",
    trust_zone: "untrusted",
    visibility: { mode: "public", visible_to: [] },
    imports: { deny_prefixes: [], allow_prefixes: [] },
  });
  return {
    schema_version: "x07.arch.manifest@0.3.0",
    repo: { id: "tree", root: "." },
    externals: { allowed_import_prefixes: ["node:", "lodash-es", "vitest"], allowed_exact: [] },
    nodes: [
      node("lib", "packages/*/src/lib/**"),
      node("model", "packages/*/src/model/**"),
      node("os", "packages/*/src/os/**"),
      node("rest", "packages/*/src/*", "packages/*/test/**"),
    ],
    rules: [
      { kind: "deny_cycles_v1", id: "no-circular", scope: "modules" },
      ...boundaries.map(([id, from, to]) => ({
        kind: "deps_v1",
        id,
        from,
        to: [to],
        mode: "deny",
      })),
    ],
    checks: {
      deny_cycles: true,
      deny_orphans: true,
      enforce_visibility: false,
      enforce_world_caps: false,
      brand_boundary_v1: { enabled: false },
    },
    tool_budgets: { max_modules: 100_000, max_edges: 1_000_000, max_diags: 100_000 },
    contracts_v1: { canonical_json: { mode: "jcs_rfc8785_v1" } },
  };
}

function cruiserRules(): object {
  const inFolder = (folder: string): object => ({ path: `^packages/[^/]+/src/${folder}/` });
  return {
    forbidden: [
      { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
      ...boundaries.map(([name, from, to]) => ({
        name,
        severity: "error",
        from: inFolder(from),
        to: inFolder(to),
      })),
    ],
    options: {
      tsConfig: { fileName: "tsconfig.json" },
      tsPreCompilationDeps: true,
      doNotFollow: { path: "node_modules" },
      enhancedResolveOptions: {
        exportsFields: ["exports"],
        conditionNames: ["import", "types", "default"],
        extensions: [".ts", ".js"],
      },
    },
  };
}

const oxlintRules = {
  plugins: ["import"],
  categories: { correctness: "off" },
  rules: { "import/no-cycle": "error" },
};
