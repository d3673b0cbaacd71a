/**
 * A walk over an ESTree program in order of source, with the ancestors of each node, that needs no
 * table of node kinds: the parser keeps a node's children in the order in which they stand.
 */
import type { Node } from "@oxc-project/types";

/** `parents` is from the outermost in, and is the walk's own: it changes as the walk goes on. */
export type Visit = (node: Node, parents: readonly Node[]) => void;

/** Without recursion: an expression may be nested deeper than the stack is. */
export function walkSyntax(root: Node, visit: Visit): void {
  const parents: Node[] = [];
  const open: (Node | undefined)[] = [root];
  for (let node = open.pop(); ; node = open.pop()) {
    if (node === undefined) {
      if (parents.pop() === undefined) return;
      continue;
    }
    visit(node, parents);
    parents.push(node);
    open.push(undefined);
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index--) open.push(children[index]);
  }
}

function childrenOf(node: Node): readonly Node[] {
  const children: Node[] = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) {
      for (const each of value) if (isNode(each)) children.push(each);
    } else if (isNode(value)) children.push(value);
  }
  return children;
}

/** Whatever has a kind: in an ESTree nothing else does. */
function isNode(value: unknown): value is Node {
  return (
    typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"
  );
}
