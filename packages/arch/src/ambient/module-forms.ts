/** `import(...)` of what only the run will say, and what `import.meta` tells of the machine. */
import type { Node } from "@oxc-project/types";
import type { Found } from "./method-uses.js";
import { bindingOf, type ScopeTree, type Site } from "./scope.js";
import type { Step } from "./value-flow.js";

export function moduleFormUses(tree: ScopeTree): readonly Found[] {
  return tree.moduleForms.flatMap(({ node }) =>
    node.type === "ImportExpression" && !isPlainText(node.source)
      ? [{ name: "import()", node }]
      : [],
  );
}

/** A module named in the code: an edge of the graph, and so no secret. */
export function isPlainText(node: Node): boolean {
  if (node.type === "TemplateLiteral") return node.expressions.length === 0;
  return node.type === "Literal" && typeof node.value === "string";
}

/** `import.meta`, to be followed, but for `new URL("./x", import.meta.url)`, which is an edge too. */
export function moduleFormValues(tree: ScopeTree): readonly Step[] {
  return tree.moduleForms.flatMap((at) =>
    at.node.type === "MetaProperty" && !isBaseOfUrl(at) ? [{ place: "import.meta", at }] : [],
  );
}

function isBaseOfUrl({ parent }: Site): boolean {
  const call = parent?.parent?.node;
  if (parent?.node.type !== "MemberExpression" || call?.type !== "NewExpression") return false;
  const { property, computed } = parent.node;
  if (computed || property.type !== "Identifier" || property.name !== "url") return false;
  const [path, base] = call.arguments;
  const isUrl = call.callee.type === "Identifier" && call.callee.name === "URL";
  if (!isUrl || base !== parent.node || path === undefined || !isPlainText(path)) return false;
  return bindingOf("URL", parent.scope) === undefined;
}
