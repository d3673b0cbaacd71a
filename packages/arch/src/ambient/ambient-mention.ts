/**
 * A look at the text of a file that tells whether its tree is worth having. Building the tree takes
 * several times as long as all that is done with it here; many files name nothing of the table.
 *
 * It may say yes for nothing (a name in a comment), never no for something. Every use has, as it
 * stands in the text, a name that leads to the global object, a method's name, `require`, or an
 * `import` that is no declaration; only an escape in an identifier (`\u0044ate`) can hide it, so any
 * such escape is a yes. `Math.max` and its like are so common that `Math` alone is not enough.
 */

import { ambientRoots } from "./ambient-uses.js";
import { methodNames } from "./method-uses.js";

const names = [...ambientRoots, ...methodNames].filter((name) => name !== "Math");

const mention = new RegExp(
  [
    String.raw`\\u`,
    // A form of syntax: `import(`, `import.meta`, `import.source(`; a comment may stand between.
    String.raw`\bimport\b\s*[^\s\w$"'{*]`,
    String.raw`\bMath\b(?!\.(?!random\b)[a-z])`,
    `\\b(?:${names.join("|")})\\b`,
  ].join("|"),
);

/** False: `ambientUses` finds nothing in a file with this text. */
export function mentionsAmbient(text: string): boolean {
  return mention.test(text);
}
