/**
 * What a file declares, and where it names it: the result of `readScopes`.
 *
 * Only values count. An interface called `Date` hides no value, and neither does `declare const
 * process`, nor a type-only import: when the program runs, the name still leads to the global object.
 */
import type { Node } from "@oxc-project/types";

export interface Scope {
  readonly parent: Scope | undefined;
  /** Where a `var` comes to rest: a module, a function's body, a static block, a namespace. */
  readonly holdsVars: boolean;
  readonly bindings: Map<string, Binding>;
}

export interface Binding {
  readonly name: string;
  /** The names where it is declared: several for a `var` said twice, or an enum in two parts. */
  readonly declarations: Site[];
}

/** A node, where it stands, and which names hold there. */
export interface Site<T extends Node = Node> {
  readonly node: T;
  readonly parent: Site | undefined;
  readonly scope: Scope;
}

export interface ScopeTree {
  readonly module: Scope;
  /** Every identifier that stands for a value, by its name; written as well as read. */
  readonly references: ReadonlyMap<string, readonly Site[]>;
  /** `x.y` and `x["y"]`, by `y`, for the names that were asked for. */
  readonly members: ReadonlyMap<string, readonly Site[]>;
  /** `import.meta` and `import(...)`. */
  readonly moduleForms: readonly Site[];
}

/** What `name` stands for there; undefined: nothing of this file, so the global object's. */
export function bindingOf(name: string, scope: Scope): Binding | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
    const binding = at.bindings.get(name);
    if (binding !== undefined) return binding;
  }
  return undefined;
}

/** Where the value of a binding is named. */
export function referencesTo(binding: Binding, tree: ScopeTree): readonly Site[] {
  const named = tree.references.get(binding.name) ?? [];
  return named.filter(({ scope }) => bindingOf(binding.name, scope) === binding);
}

/** Where `name` leads to the global object. */
export function globalReferences(name: string, tree: ScopeTree): readonly Site[] {
  const named = tree.references.get(name) ?? [];
  return named.filter(({ scope }) => bindingOf(name, scope) === undefined);
}
