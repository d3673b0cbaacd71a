/**
 * Rule purity: outside src/os/ nothing names a module of node.
 *
 * The compiler holds this boundary already (the pure program has no node types); this is the cheap
 * second look that also reads a specifier the compiler was told to ignore.
 */
import { builtinModules } from "node:module";
import { lineAt, moduleReferences } from "../syntax.mjs";

const builtins = new Set(builtinModules);

/** Entries that run inside a test runner, which is an OS program. */
const runnerEntries = new Set(["vitest.ts", "jest.ts", "node-test.ts"]);

/** @type {import("../project.mjs").Rule} */
export const purity = {
  id: "purity",
  says: "only src/os/ and the entries for test runners import a module of node",
  next: "move the code to src/os/, or take what it needs as an argument",
  check: (project) =>
    project.sources.filter(isPure).flatMap((path) => {
      const source = project.parse(path);
      return moduleReferences(source)
        .filter(({ specifier }) => isBuiltin(specifier))
        .map(({ specifier, pos }) => ({
          path,
          line: lineAt(source, pos),
          message: `imports ${specifier} outside src/os`,
        }));
    }),
};

/** @param {string} path */
function isPure(path) {
  const inside = /^(?:packages|apps)\/[^/]+\/src\/(.+)$/.exec(path)?.[1];
  return inside !== undefined && !inside.startsWith("os/") && !runnerEntries.has(inside);
}

/** @param {string} specifier */
function isBuiltin(specifier) {
  return specifier.startsWith("node:") || builtins.has(specifier);
}
