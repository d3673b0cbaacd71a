/**
 * Follows a value through a file: from where it is named, up through what its parents make of it,
 * into the names it is bound to, and on from each place where those are read.
 *
 * It does not follow order or conditions: a name that is given the value once may have it wherever it
 * is read. And it stops where the value leaves what can be seen (an argument, a field, a result, an
 * export): that is `handedOn`, and the follower decides what it thinks of it.
 *
 * A *place* is the follower's name for what is being followed: `Math`, `globalThis`, `withPolicy`.
 */
import type { CallExpression, NewExpression, Node } from "@oxc-project/types";
import { keyOf } from "./member-key.js";
import { type Binding, bindingOf, referencesTo, type ScopeTree, type Site } from "./scope.js";
import { roleOf } from "./value-role.js";

export interface Follower {
  /** The value is here. False: go no further. */
  arrived?(place: string, at: Site): boolean;
  /**
   * A member of it is taken, there; undefined as a key: only the run will say which. The result is
   * the place of the member, if that should be followed.
   */
  member(place: string, key: string | undefined, at: Site): string | undefined;
  /** `at` is the call. The result is the place of what it gives, if that should be followed. */
  called(place: string, at: Site): string | undefined;
  /** `at` is the argument; likewise. */
  passed(place: string, at: Site): string | undefined;
  handedOn(place: string, at: Site): void;
  tested?(place: string, at: Site): void;
}

export interface Step {
  readonly place: string;
  readonly at: Site;
}

export function followValues(starts: readonly Step[], follower: Follower, tree: ScopeTree): void {
  const seen = new Map<Binding, Set<string>>();
  const pending: Step[] = [...starts];
  const context: Context = { follower, tree, pending, seen };
  for (let step = pending.pop(); step !== undefined; step = pending.pop()) {
    let next: Step | undefined = step;
    while (next !== undefined) next = climb(next, context);
  }
}

interface Context {
  readonly follower: Follower;
  readonly tree: ScopeTree;
  readonly pending: Step[];
  /** Which bindings have been given which places. */
  readonly seen: Map<Binding, Set<string>>;
}

/** One parent up; undefined where the value goes no further on this way. */
function climb({ place, at }: Step, context: Context): Step | undefined {
  const { follower } = context;
  const parent = at.parent;
  if (follower.arrived?.(place, at) === false || parent === undefined) return undefined;
  switch (roleOf(at)) {
    case "same":
      return { place, at: parent };
    case "bound":
      bindTo(parent, { place, at }, context);
      return undefined;
    case "assigned":
      bindTo(parent, { place, at }, context);
      return { place, at: parent };
    case "object":
      return goOn(follower.member(place, memberKey(parent, context.tree), parent), parent);
    case "callee":
      return goOn(follower.called(place, parent), parent);
    case "argument":
      return goOn(follower.passed(place, at), parent);
    case "tested":
      follower.tested?.(place, at);
      return undefined;
    case "written":
    case "handed-on":
      follower.handedOn(place, at);
      return undefined;
    case "dropped":
      return undefined;
  }
}

function goOn(place: string | undefined, at: Site): Step | undefined {
  return place === undefined ? undefined : { place, at };
}

function memberKey({ node, scope }: Site, tree: ScopeTree): string | undefined {
  if (node.type === "TSQualifiedName") return node.right.name;
  if (node.type !== "MemberExpression") return undefined;
  return keyOf({ key: node.property, computed: node.computed }, scope, tree);
}

/** `taker` is the declarator, default or assignment that takes the value of `step`. */
function bindTo(taker: Site, step: Step, context: Context): void {
  const pattern = patternOf(taker.node);
  const isField = pattern?.type === "MemberExpression";
  if (isField || isSeenOutside(taker)) context.follower.handedOn(step.place, step.at);
  if (pattern !== undefined && !isField) bindPattern(pattern, { ...step, at: taker }, context);
}

function patternOf(taker: Node): Node | undefined {
  switch (taker.type) {
    case "VariableDeclarator":
    case "TSImportEqualsDeclaration":
      return taker.id;
    case "AssignmentPattern":
    case "AssignmentExpression":
      return taker.left;
    default:
      return undefined;
  }
}

/** An exported name, or a parameter that becomes a field. */
function isSeenOutside({ node, parent }: Site): boolean {
  if (node.type === "AssignmentPattern") return parent?.node.type === "TSParameterProperty";
  const statement = node.type === "VariableDeclarator" ? parent?.parent : parent;
  return statement?.node.type === "ExportNamedDeclaration";
}

function bindPattern(pattern: Node, step: Step, context: Context): void {
  const { place, at } = step;
  switch (pattern.type) {
    case "Identifier":
      bindName(pattern.name, { place, at: { ...at, node: pattern } }, context);
      return;
    case "AssignmentPattern":
      bindPattern(pattern.left, step, context);
      return;
    case "RestElement":
      bindPattern(pattern.argument, step, context);
      return;
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
    case "TSNonNullExpression":
      bindPattern(pattern.expression, step, context);
      return;
    case "ObjectPattern":
      for (const property of pattern.properties) {
        if (property.type === "RestElement") bindPattern(property, step, context);
        else {
          const key = keyOf(property, at.scope, context.tree);
          const taken = context.follower.member(place, key, { ...at, node: property.key });
          if (taken !== undefined) bindMember(property, { place: taken, at }, context);
        }
      }
      return;
    case "ArrayPattern":
      return;
    default:
      context.follower.handedOn(place, { ...at, node: pattern });
  }
}

function bindMember(
  property: { readonly key: Node; readonly value: Node },
  { place, at }: Step,
  context: Context,
): void {
  const keyAt: Site = { ...at, node: property.key };
  if (context.follower.arrived?.(place, keyAt) === false) return;
  bindPattern(property.value, { place, at }, context);
}

function bindName(name: string, { place, at }: Step, context: Context): void {
  const binding = bindingOf(name, at.scope);
  if (binding === undefined) {
    context.follower.handedOn(place, at);
    return;
  }
  const places = context.seen.get(binding) ?? new Set();
  if (places.has(place)) return;
  context.seen.set(binding, places.add(place));
  for (const reference of referencesTo(binding, context.tree)) {
    if (roleOf(reference) !== "written") context.pending.push({ place, at: reference });
  }
}

/** The arguments of the call that `at` is one of, or is. */
export function argumentsOf(at: Site): (CallExpression | NewExpression)["arguments"] {
  const { node } = at;
  return node.type === "CallExpression" || node.type === "NewExpression" ? node.arguments : [];
}
