/**
 * Which member an expression takes, as far as the file says it: `x.now`, `x["now"]`, `` x[`now`] ``,
 * `x["n" + "ow"]`, `const key = "now"; x[key]`.
 */
import type { Expression, MemberExpression, Node, PrivateIdentifier } from "@oxc-project/types";
import { bindingOf, referencesTo, type Scope, type ScopeTree } from "./scope.js";
import { isWritten } from "./value-role.js";

/** Texts put together, and constants named by constants, are followed this deep. */
const depthMax = 50;

/** Of `x.now`, `{ now }` and their computed forms; undefined: only the run will say. */
export function keyOf(
  { key, computed }: { readonly key: Node; readonly computed: boolean },
  scope: Scope,
  tree: ScopeTree,
): string | undefined {
  if (!computed && key.type === "Identifier") return key.name;
  if (key.type === "Literal" && typeof key.value === "number") return String(key.value);
  return isSymbol(key, scope, tree) ? symbolKey : constantText(key, scope, tree);
}

/** Any symbol: it is the key of nothing that has a name. */
const symbolKey = "Symbol()";

/** `Symbol.iterator`, `Symbol.for("x")`, or a constant that is one. */
function isSymbol(key: Node, scope: Scope, tree: ScopeTree): boolean {
  let value: Node = key;
  let place = scope;
  const constant = key.type === "Identifier" ? constantOf(key.name, scope, tree) : undefined;
  if (constant !== undefined) ({ value, scope: place } = constant);
  if (value.type === "CallExpression") value = value.callee;
  if (value.type === "MemberExpression") value = value.object;
  const isNamed = value.type === "Identifier" && value.name === "Symbol";
  return isNamed && bindingOf("Symbol", place) === undefined;
}

/** The text that an expression always is. */
export function constantText(
  node: Node,
  scope: Scope,
  tree: ScopeTree,
  depth: number = depthMax,
): string | undefined {
  if (depth === 0) return undefined;
  const textOf = (part: Node) => constantText(part, scope, tree, depth - 1);
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? node.value : undefined;
    case "TemplateLiteral":
      return templateText(node, textOf);
    case "BinaryExpression": {
      const left = node.operator === "+" ? textOf(node.left) : undefined;
      const right = left === undefined ? undefined : textOf(node.right);
      return left === undefined || right === undefined ? undefined : left + right;
    }
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "TSNonNullExpression":
      return textOf(node.expression);
    case "Identifier": {
      const constant = constantOf(node.name, scope, tree);
      return constant === undefined
        ? undefined
        : constantText(constant.value, constant.scope, tree, depth - 1);
    }
    default:
      return undefined;
  }
}

function templateText(
  { quasis, expressions }: { quasis: readonly TemplatePart[]; expressions: readonly Node[] },
  textOf: (part: Node) => string | undefined,
): string | undefined {
  let text = "";
  for (const [index, { value }] of quasis.entries()) {
    if (value.cooked === null) return undefined;
    text += value.cooked;
    const expression = expressions[index];
    if (expression === undefined) continue;
    const part = textOf(expression);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

interface TemplatePart {
  readonly value: { readonly cooked: string | null };
}

/** What a name always stands for: declared once, with a value, and never written to again. */
export function constantOf(
  name: string,
  scope: Scope,
  tree: ScopeTree,
): { readonly value: Expression; readonly scope: Scope } | undefined {
  const binding = bindingOf(name, scope);
  const [only, ...others] = binding?.declarations ?? [];
  const declarator = only?.parent;
  if (binding === undefined || only?.node.type !== "Identifier" || others.length > 0) {
    return undefined;
  }
  if (declarator?.node.type !== "VariableDeclarator" || declarator.node.init === null) {
    return undefined;
  }
  const list = declarator.parent?.node;
  const isConst = list?.type === "VariableDeclaration" && list.kind === "const";
  if (!isConst && referencesTo(binding, tree).some((at) => isWritten(at))) return undefined;
  return { value: declarator.node.init, scope: declarator.scope };
}

/**
 * The key of a member where it can be read as it stands, with no escape and nothing put together, so
 * that a file whose text does not hold the name has no such member.
 */
export function plainKey({ property, computed }: MemberExpression): string | undefined {
  return computed ? plainText(property) : nameOf(property);
}

function nameOf(property: Node | PrivateIdentifier): string | undefined {
  return property.type === "Identifier" ? property.name : undefined;
}

function plainText(node: Node): string | undefined {
  if (node.type === "TemplateLiteral") {
    return node.expressions.length === 0 ? node.quasis[0]?.value.raw : undefined;
  }
  const isText = node.type === "Literal" && typeof node.value === "string";
  return isText && !node.raw?.includes("\\") ? node.value : undefined;
}
