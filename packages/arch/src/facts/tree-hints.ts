/**
 * Whether a file may hold what the module record does not tell, from its text alone. A hint may be
 * wrong in one way only: where it says no, there is none. So words in comments and strings count too,
 * and so does every escape that could spell a word otherwise.
 */
import { isDeclarationPath } from "../module-scan.js";
import type { ModuleRecord } from "./module-record.js";

/** `require`, `createRequire`, `jest.requireActual`, `vi.doMock` and the like, however spelt. */
const callWords = /\\u|[rR]equire|getBuiltinModule|[mM]ock|importActual/;

/** `new URL("x", import.meta.url)`, `import.meta.resolve`, `import.meta.glob`. */
const metaWords = /\b(?:URL|glob|resolve)\b/;

/** Nothing but space and comments. No text can be matched in two ways, so this stays linear. */
const gap = String.raw`(?:\s|\/\*(?:[^*]|\*(?!\/))*\*\/|\/\/[^\n]*\n)*`;

/** `export {} from "x"` makes an edge and leaves no entry in the record. */
const emptyReExport = new RegExp(String.raw`\{${gap}\}${gap}from\b`);

/** `import("x").T`, and whatever else is no statement. */
const importCall = /\bimport\s*(?:\(|\/[/*])/g;

/** With no record yet, the answer is yes for more files. */
export function mayHideImports(text: string, path: string, record?: ModuleRecord): boolean {
  if (callWords.test(text)) return true;
  const hasMeta = record === undefined ? text.includes("meta") : record.importMetas.length > 0;
  if (hasMeta && metaWords.test(text)) return true;
  if (text.includes("export") && emptyReExport.test(text)) return true;
  if (/\.[cm]?jsx?$/.test(path)) return false;
  // A module that is declared inside another has imports of its own.
  const declares = isDeclarationPath(path) || /\bdeclare\b/.test(text);
  if (declares && /\b(?:module|global|namespace)\b/.test(text)) return true;
  return (text.match(importCall)?.length ?? 0) > (record?.dynamicImports.length ?? 0);
}
