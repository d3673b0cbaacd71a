/**
 * Methods that count on any object (`getHours`, `toLocaleString`), because a file does not say what
 * its objects are: all but those that are plainly something else than a Date, a number or a text.
 */
import type { Node } from "@oxc-project/types";
import { ambientCalls } from "@reprise/worlds";
import { isNewDate } from "./date-form.js";
import { constantOf, keyOf } from "./member-key.js";
import { bindingOf, type Scope, type ScopeTree, type Site } from "./scope.js";
import { leavesLocaleOpen } from "./unnamed-locale.js";
import { roleOf } from "./value-role.js";

/** From the method's name to its row's. */
const methods: ReadonlyMap<string, string> = new Map(
  [...ambientCalls.keys()]
    .filter((name) => name.startsWith("."))
    .map((name) => [name.slice(1), name]),
);

export const methodNames: ReadonlySet<string> = new Set(methods.keys());

export interface Found {
  readonly name: string;
  readonly node: Node;
}

export function methodUses(tree: ScopeTree): readonly Found[] {
  const found: Found[] = [];
  for (const [method, sites] of tree.members) {
    const name = methods.get(method) ?? method;
    for (const at of sites) if (counts(name, at, tree)) found.push({ name, node: at.node });
  }
  return found;
}

function counts(name: string, at: Site, tree: ScopeTree): boolean {
  const call = ambientCalls.get(name);
  if (call === undefined || at.node.type !== "MemberExpression") return false;
  const receiver: Site = { ...at, node: at.node.object };
  if (call.counts === "form") return isDate(receiver, tree);
  const role = calledRole(at);
  if (role.kind === "written" || isOther(receiver, name.slice(1), tree)) return false;
  if (role.kind !== "callee" || call.locale === undefined) return true;
  return leavesLocaleOpen(call, role.call, tree);
}

/** What becomes of the method: `x.m()`, `x?.m()`, `(x.m)()`, or something else. */
function calledRole(member: Site): { kind: "callee"; call: Site } | { kind: "written" | "taken" } {
  for (let at = member; at.parent !== undefined; at = at.parent) {
    const role = roleOf(at);
    if (role === "callee") return { kind: "callee", call: at.parent };
    if (role === "written") return { kind: "written" };
    if (role !== "same") break;
  }
  return { kind: "taken" };
}

function isDate({ node, scope }: Site, tree: ScopeTree): boolean {
  if (node.type !== "Identifier") return isNewDate(node, scope);
  const constant = constantOf(node.name, scope, tree);
  return constant !== undefined && isNewDate(constant.value, constant.scope);
}

/** Whether the receiver is plainly an object of somebody's own making. */
function isOther({ node, parent, scope }: Site, method: string, tree: ScopeTree): boolean {
  switch (node.type) {
    case "ThisExpression":
    case "Super":
      return ownerHas(parent, method, scope, tree);
    case "ObjectExpression":
      return true;
    case "NewExpression":
      return makesOther(node, scope);
    case "Identifier":
      return namesOther(node.name, scope, tree);
    default:
      return false;
  }
}

/** `new X()` where X is plainly not Date: another global, an import, or a class that extends none. */
function makesOther(node: Node, scope: Scope): boolean {
  if (node.type !== "NewExpression" || node.callee.type !== "Identifier") return false;
  const binding = bindingOf(node.callee.name, scope);
  if (binding === undefined) return node.callee.name !== "Date";
  return binding.declarations.every(({ node: declared }) =>
    declared.type === "ClassDeclaration"
      ? declared.superClass === null
      : declared.type.startsWith("Import"),
  );
}

function namesOther(name: string, scope: Scope, tree: ScopeTree): boolean {
  const declared = bindingOf(name, scope)?.declarations ?? [];
  if (declared.some(({ node }) => otherDeclarations.has(node.type))) return true;
  const constant = constantOf(name, scope, tree);
  if (constant === undefined) return false;
  return constant.value.type === "ObjectExpression" || makesOther(constant.value, constant.scope);
}

const otherDeclarations: ReadonlySet<Node["type"]> = new Set<Node["type"]>([
  "ImportNamespaceSpecifier",
  "ClassDeclaration",
  "FunctionDeclaration",
  "TSEnumDeclaration",
  "TSModuleDeclaration",
]);

/** Whether the class or object around has a method of this name: `this.getDate()` is then its own. */
function ownerHas(from: Site | undefined, method: string, scope: Scope, tree: ScopeTree): boolean {
  for (let at = from; at !== undefined; at = at.parent) {
    const { node } = at;
    if (node.type === "ClassBody") {
      return node.body.some((member) => "key" in member && keyOf(member, scope, tree) === method);
    }
    if (node.type === "ObjectExpression" && isMethodAround(from, node)) {
      return node.properties.some(
        (member) => member.type === "Property" && keyOf(member, scope, tree) === method,
      );
    }
  }
  return false;
}

/** Whether `from` is in a method of the object itself, and not only in one of its values. */
function isMethodAround(from: Site | undefined, object: Node): boolean {
  for (let at = from; at?.parent !== undefined && at.node !== object; at = at.parent) {
    const { node, parent } = at;
    const isMethod = node.type === "FunctionExpression" && parent.node.type === "Property";
    if (isMethod && parent.parent?.node === object) return true;
  }
  return false;
}
