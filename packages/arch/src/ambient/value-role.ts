/**
 * Where the value of an expression goes, as far as its parent says. This is all the syntax that
 * following a value needs.
 */
import type { Node } from "@oxc-project/types";
import type { Site } from "./scope.js";

export type ValueRole =
  /** The parent's value is, or may be, this one: `(x)`, `x!`, `a ? x : b`, `await x`. */
  | "same"
  /** A pattern takes it: `const p = x`, `(p = x) => ...`, `p = x`. An assignment has the value too. */
  | "bound"
  | "assigned"
  /** `x.member`. */
  | "object"
  /** `x()`, `new x()`, `` x`...` ``. */
  | "callee"
  | "argument"
  /** It is a place to write to, and what is there is not read. */
  | "written"
  /** `typeof x`. */
  | "tested"
  /** Compared, made a text, or thrown away: nobody has it afterwards. */
  | "dropped"
  /** Somebody has it afterwards: a result, a field, an element, another module. */
  | "handed-on";

export function roleOf({ node, parent }: Site): ValueRole {
  if (parent === undefined) return "dropped";
  const rule = roles.get(parent.node.type);
  return typeof rule === "function" ? rule(node, parent) : (rule ?? "handed-on");
}

export function isWritten(at: Site): boolean {
  return roleOf(at) === "written";
}

type Rule = ValueRole | ((node: Node, parent: Site) => ValueRole);

const storing: ReadonlySet<string> = new Set(["=", "||=", "&&=", "??="]);

function propertyRole(node: Node, { node: property, parent }: Site): ValueRole {
  if (property.type !== "Property" || property.value !== node) return "dropped";
  return parent?.node.type === "ObjectPattern" ? "written" : "handed-on";
}

const roles: ReadonlyMap<Node["type"], Rule> = new Map<Node["type"], Rule>([
  ["ChainExpression", "same"],
  ["ParenthesizedExpression", "same"],
  ["AwaitExpression", "same"],
  ["TSAsExpression", "same"],
  ["TSSatisfiesExpression", "same"],
  ["TSTypeAssertion", "same"],
  ["TSNonNullExpression", "same"],
  ["TSInstantiationExpression", "same"],
  [
    "SequenceExpression",
    (node, { node: parent }) =>
      parent.type === "SequenceExpression" && parent.expressions.at(-1) === node
        ? "same"
        : "dropped",
  ],
  [
    "ConditionalExpression",
    (node, { node: parent }) =>
      parent.type === "ConditionalExpression" && parent.test === node ? "dropped" : "same",
  ],
  [
    "LogicalExpression",
    (node, { node: parent }) =>
      parent.type === "LogicalExpression" && parent.operator === "&&" && parent.left === node
        ? "dropped"
        : "same",
  ],
  [
    "AssignmentExpression",
    (node, { node: parent }) => {
      if (parent.type !== "AssignmentExpression") return "handed-on";
      if (parent.left === node) return "written";
      return storing.has(parent.operator) ? "assigned" : "dropped";
    },
  ],
  [
    "AssignmentPattern",
    (node, { node: parent }) =>
      parent.type === "AssignmentPattern" && parent.left === node ? "written" : "bound",
  ],
  ["VariableDeclarator", "bound"],
  ["TSImportEqualsDeclaration", "bound"],
  [
    "MemberExpression",
    (node, { node: parent }) =>
      parent.type === "MemberExpression" && parent.object === node ? "object" : "dropped",
  ],
  ["TSQualifiedName", "object"],
  [
    "CallExpression",
    (node, { node: parent }) =>
      parent.type === "CallExpression" && parent.callee === node ? "callee" : "argument",
  ],
  [
    "NewExpression",
    (node, { node: parent }) =>
      parent.type === "NewExpression" && parent.callee === node ? "callee" : "argument",
  ],
  ["TaggedTemplateExpression", "callee"],
  [
    "TemplateLiteral",
    (_node, { parent }) =>
      parent?.node.type === "TaggedTemplateExpression" ? "handed-on" : "dropped",
  ],
  ["Property", propertyRole],
  ["ArrayPattern", "written"],
  ["RestElement", "written"],
  ["UpdateExpression", "written"],
  [
    "ForInStatement",
    (node, { node: parent }) =>
      parent.type === "ForInStatement" && parent.left === node ? "written" : "dropped",
  ],
  [
    "ForOfStatement",
    (node, { node: parent }) =>
      parent.type === "ForOfStatement" && parent.left === node ? "written" : "handed-on",
  ],
  [
    "UnaryExpression",
    (_node, { node: parent }) =>
      parent.type === "UnaryExpression" && parent.operator === "typeof" ? "tested" : "dropped",
  ],
  ["BinaryExpression", "dropped"],
  ["ExpressionStatement", "dropped"],
  ["IfStatement", "dropped"],
  ["WhileStatement", "dropped"],
  ["DoWhileStatement", "dropped"],
  ["ForStatement", "dropped"],
  ["SwitchStatement", "dropped"],
  ["SwitchCase", "dropped"],
]);
