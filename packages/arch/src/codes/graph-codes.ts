/** Codes of reading and resolving modules. */
import type { CodeRow } from "./code-row.js";

export type GraphCode =
  | "E_ARCH_MODULE_PARSE"
  | "E_ARCH_DUPLICATE_MODULE_ID"
  | "E_ARCH_IMPORT_UNRESOLVED"
  | "W_ARCH_IMPORT_OPAQUE"
  | "E_ARCH_SCAN_EMPTY"
  | "E_ARCH_SCAN_UNREADABLE";

export const graphCodes: Readonly<Record<GraphCode, CodeRow>> = {
  E_ARCH_MODULE_PARSE: {
    says: "A file is not a module that can be read, so nothing is known of what it imports.",
    next: "mend the file, or exclude it in module_scan of the lock",
    example: `import { a from "./a.js";`,
  },
  E_ARCH_DUPLICATE_MODULE_ID: {
    says: "Two files have the same module id; only the first by path is checked.",
    next: "rename or remove one of them, or exclude it in module_scan of the lock",
    example: `packages/money/src/price.js and packages/money/src/price.ts are both @acme/money/price.`,
  },
  E_ARCH_IMPORT_UNRESOLVED: {
    says: "An import leads nowhere, so nobody can say whether it is allowed.",
    next: "correct the specifier, or restore the file",
    example: `import { total } from "./totals.js";     and there is a total.ts, but no totals.ts`,
  },
  W_ARCH_IMPORT_OPAQUE: {
    says: "What an import names is only known when it runs. In a solve node this is an error of its own.",
    next: "write the specifier as a literal, or allow it with a comment that says what it may be",
    example: `const plugin = await import(options.plugin);`,
  },
  E_ARCH_SCAN_EMPTY: {
    says: "No file was scanned, so nothing was checked.",
    next: "correct --repo-root, include of arch/reprise.arch.json, or module_scan of the lock",
    example: `"module_scan": { "include_globs": ["source/**"], "exclude_globs": [] }
and the folder is called src.`,
  },
  E_ARCH_SCAN_UNREADABLE: {
    says: "A file or folder could not be read, so nobody knows what is in it.",
    next: "make it readable, or exclude it in module_scan of the lock",
    example: `A folder without permission, a link that leads out of the repository or round in a circle,
a file that is too large.`,
  },
};
