/**
 * Which declaration a name refers to at a place: scopes as ranges of the source. Enough to tell node's
 * `require` from a parameter called so, and to follow `const load = createRequire(import.meta.url)`.
 */
import type { BindingPattern, Expression, Node } from "@oxc-project/types";

export interface Binding {
  /** Where it can be seen. */
  readonly start: number;
  readonly end: number;
  /** What a constant stands for, or a parameter's default; undefined where nobody can say. */
  readonly value: Expression | undefined;
  /** `const { require: load } = value`: the member of `value` that it is. */
  readonly member?: string;
  /** For an import: the module, and the name there (`*` for all of it). */
  readonly imported?: { readonly from: string; readonly name: string };
}

export interface NameBindings {
  /** To be called for every node of the walk. */
  visit(node: Node, parents: readonly Node[]): void;
  /** The innermost declaration; undefined: the name is global. To be asked when the walk is over. */
  find(name: string, offset: number): Binding | undefined;
}

export function createNameBindings(): NameBindings {
  const found = new Map<string, Binding[]>();
  const add: Add = (name, binding) => {
    const before = found.get(name);
    if (before === undefined) found.set(name, [binding]);
    else before.push(binding);
  };
  return {
    visit: (node, parents) => visitDeclaration(node, parents, add),
    find: (name, offset) => {
      let innermost: Binding | undefined;
      for (const binding of found.get(name) ?? []) {
        if (offset < binding.start || offset >= binding.end) continue;
        if (innermost === undefined || binding.start >= innermost.start) innermost = binding;
      }
      return innermost;
    },
  };
}

type Add = (name: string, binding: Binding) => void;

function visitDeclaration(node: Node, parents: readonly Node[], add: Add): void {
  switch (node.type) {
    case "VariableDeclarator": {
      const parent = parents.at(-1);
      const isVar = parent?.type === "VariableDeclaration" && parent.kind === "var";
      const scope = scopeOf(parents, isVar ? isFunctionScope : isBlockScope);
      const value = node.init ?? undefined;
      for (const bound of boundNames(node.id, value)) add(bound.name, { ...scope, ...bound });
      return;
    }
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "TSDeclareFunction": {
      for (const param of node.params) {
        const pattern =
          param.type === "TSParameterProperty"
            ? param.parameter
            : param.type === "RestElement"
              ? param.argument
              : param;
        for (const bound of boundNames(pattern, undefined))
          add(bound.name, { ...range(node), ...bound });
      }
      if (node.type === "ArrowFunctionExpression" || node.id === null) return;
      const scope =
        node.type === "FunctionExpression" ? range(node) : scopeOf(parents, isBlockScope);
      add(node.id.name, { ...scope, value: undefined });
      return;
    }
    case "ClassDeclaration":
    case "ClassExpression":
    case "TSEnumDeclaration": {
      if (node.id === null) return;
      const inside = node.type === "ClassExpression";
      const scope = inside ? range(node) : scopeOf(parents, isBlockScope);
      add(node.id.name, { ...scope, value: undefined });
      return;
    }
    case "CatchClause":
      if (node.param === null) return;
      for (const bound of boundNames(node.param, undefined))
        add(bound.name, { ...range(node), ...bound });
      return;
    case "ImportDeclaration":
      addImports(node, scopeOf(parents, isBlockScope), add);
      return;
  }
}

function addImports(
  node: Extract<Node, { type: "ImportDeclaration" }>,
  scope: { readonly start: number; readonly end: number },
  add: Add,
): void {
  for (const each of node.specifiers) {
    const name =
      each.type === "ImportNamespaceSpecifier"
        ? "*"
        : each.type === "ImportDefaultSpecifier"
          ? "default"
          : each.imported.type === "Literal"
            ? each.imported.value
            : each.imported.name;
    const imported = { from: node.source.value, name };
    add(each.local.name, { ...scope, value: undefined, imported });
  }
}

interface BoundName {
  readonly name: string;
  readonly value: Expression | undefined;
  readonly member?: string;
}

/** One level of destructuring keeps what it takes from; deeper ones are names and no more. */
function boundNames(pattern: BindingPattern, value: Expression | undefined): BoundName[] {
  switch (pattern.type) {
    case "Identifier":
      return [{ name: pattern.name, value }];
    case "AssignmentPattern":
      return boundNames(pattern.left, value);
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => {
        if (element === null) return [];
        return boundNames(element.type === "RestElement" ? element.argument : element, undefined);
      });
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => {
        if (property.type === "RestElement") return boundNames(property.argument, undefined);
        const { key, computed } = property;
        const names = boundNames(property.value, undefined);
        const member = !computed && key.type === "Identifier" ? key.name : undefined;
        if (member === undefined || value === undefined) return names;
        return names.map(({ name }) => ({ name, value, member }));
      });
  }
}

function scopeOf(
  parents: readonly Node[],
  isScope: (node: Node) => boolean,
): { readonly start: number; readonly end: number } {
  for (let depth = parents.length - 1; depth > 0; depth--) {
    const parent = parents[depth];
    if (parent !== undefined && isScope(parent)) return range(parent);
  }
  return range(undefined);
}

function range(node: Node | undefined): { readonly start: number; readonly end: number } {
  // A program's range begins with its first statement; its names can be seen everywhere.
  if (node === undefined || node.type === "Program") return { start: 0, end: Number.MAX_VALUE };
  return { start: node.start, end: node.end };
}

const functionScopes = new Set([
  "Program",
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "StaticBlock",
  "TSModuleBlock",
]);

const blockScopes = new Set([
  ...functionScopes,
  "BlockStatement",
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "SwitchStatement",
]);

function isFunctionScope({ type }: Node): boolean {
  return functionScopes.has(type);
}

function isBlockScope({ type }: Node): boolean {
  return blockScopes.has(type);
}
