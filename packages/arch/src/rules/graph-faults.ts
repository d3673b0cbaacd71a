/** What could not be read or followed: each is an error, for no rule can speak for it. */
import { isSolve } from "./external-capability.js";
import { finding, locationIn, locationOf, moduleData } from "./finding.js";
import type { Rule } from "./rule-input.js";

export const emptyScan: Rule = ({ graph }) => {
  if (graph.modules.size > 0) return [];
  return [finding({ code: "E_ARCH_SCAN_EMPTY", message: "no file was scanned" })];
};

export const unreadableFiles: Rule = ({ graph }) =>
  graph.unreadable.map(({ path, message }) =>
    finding({
      code: "E_ARCH_SCAN_UNREADABLE",
      stage: "parse",
      message,
      loc: locationOf(path === "" ? "." : path),
      data: { module_path: path },
    }),
  );

export const unparsedModules: Rule = ({ graph }) =>
  [...graph.modules.values()].flatMap(({ path, facts: { parseError } }) =>
    parseError === undefined
      ? []
      : [
          finding({
            code: "E_ARCH_MODULE_PARSE",
            stage: "parse",
            message: parseError.message,
            loc: locationIn(path, { start: parseError.at, end: parseError.at }),
            data: { module_path: path },
          }),
        ],
  );

export const duplicateIds: Rule = ({ graph }) =>
  graph.duplicates.map(({ id, path, existing }) =>
    finding({
      code: "E_ARCH_DUPLICATE_MODULE_ID",
      message: "duplicate module_id across scanned files",
      loc: locationOf(path),
      data: { module_id: id, module_path: path, module_path_existing: existing },
      notes: [
        `rename or remove ${path} or ${existing}, or exclude one in arch/reprise.arch.json`,
        "source_roots there says which folders are left out of ids; [] is none",
      ],
    }),
  );

export const unresolvedImports: Rule = (input) =>
  [...input.graph.modules.values()].flatMap((module) =>
    input.importsOf(module).flatMap((by) => {
      if (by.target.kind !== "unresolved") return [];
      const { specifier, kind } = by;
      const told = { loc: locationIn(module.path, by) };
      if (specifier !== undefined) {
        return [
          finding({
            ...told,
            code: "E_ARCH_IMPORT_UNRESOLVED",
            message: `import does not resolve: ${by.target.reason}`,
            data: { ...moduleData(module), import: specifier },
          }),
        ];
      }
      const node = input.nodes.nodeOf.get(module.path);
      // A URL is a place, and tests may load what they like.
      if (kind === "url" || node?.trust_zone === "test_only") return [];
      const isAmbient = module.facts.ambient.some(({ start }) => start.line === by.start.line);
      // There it is told as an ambient use already.
      if (isAmbient && node !== undefined && isSolve(node.world)) return [];
      return [
        finding({
          ...told,
          code: "W_ARCH_IMPORT_OPAQUE",
          severity: "warning",
          message: "import names what is only known when it runs",
          data: { ...moduleData(module), kind },
        }),
      ];
    }),
  );
