/**
 * The little that is asked of any node of oxc's ESTree, whatever its type: its children.
 *
 * Types are told from values by their names: a node whose type begins with `TS` is a type, or stands
 * for none, but for the few listed, which have a value in them. So whoever walks by `eachChild`
 * never sees `typeof fetch` in a type, an interface, a generic argument or an overload.
 */
import type { Node } from "@oxc-project/types";

const typescriptWithValues: ReadonlySet<string> = new Set([
  "TSAsExpression",
  "TSSatisfiesExpression",
  "TSTypeAssertion",
  "TSNonNullExpression",
  "TSInstantiationExpression",
  "TSEnumDeclaration",
  "TSModuleDeclaration",
  "TSModuleBlock",
  "TSExportAssignment",
  "TSImportEqualsDeclaration",
  "TSQualifiedName",
]);

/** Whether anything is evaluated when this node is. */
export function hasValue({ type }: Node): boolean {
  return !type.startsWith("TS") || typescriptWithValues.has(type);
}

/** Calls for each node directly below, those that are types too, in the order of their fields. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  for (const key in node) {
    if (key === "parent") continue;
    // Proof of the cast: `key` is one of the node's own.
    const value: unknown = node[key as keyof Node];
    if (typeof value !== "object" || value === null) continue;
    if (!Array.isArray(value)) {
      if (isNode(value)) visit(value);
    } else for (const item of value) if (isNode(item)) visit(item);
  }
}

function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}
