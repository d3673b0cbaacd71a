/** What a call of `Date` reads besides its arguments: the clock, or the machine's zone. */
import type { Node } from "@oxc-project/types";
import { constantText } from "./member-key.js";
import { bindingOf, type Scope, type ScopeTree, type Site } from "./scope.js";

/**
 * A text that `Date` reads as local: one with a time and no zone, or one that is not of the form
 * ECMAScript gives, which engines read as they like. A day alone is UTC.
 */
const zoned = /^([+-]\d{6}|\d{4})(-\d\d(-\d\d)?)?$|^\S+T\S+(Z|[+-]\d\d:\d\d)$/;

export function isLocalText(node: Node | undefined, at: Site, tree: ScopeTree): boolean {
  const text = node === undefined ? undefined : constantText(node, at.scope, tree);
  return text !== undefined && !zoned.test(text);
}

/** The form of `Date` that a call or construction is, where it is one that counts. */
export function dateForm(at: Site, tree: ScopeTree): string | undefined {
  if (at.node.type !== "NewExpression") return "Date()";
  const given = at.node.arguments;
  if (given.length === 0 || given.some(({ type }) => type === "SpreadElement")) return "new Date()";
  if (given.length > 1) return "new Date(year, month)";
  return isLocalText(given[0], at, tree) ? "new Date(text)" : undefined;
}

/** Whether the expression makes a Date. */
export function isNewDate(node: Node, scope: Scope): boolean {
  if (node.type !== "NewExpression" || node.callee.type !== "Identifier") return false;
  return node.callee.name === "Date" && bindingOf("Date", scope) === undefined;
}
