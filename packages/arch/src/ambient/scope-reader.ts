/**
 * Reads the scopes of a file in one walk, without recursion, so that no depth of nesting ends it.
 *
 * A reference may stand before what it refers to (`var`, functions, classes), so nothing is resolved
 * on the way: references are kept by name, and looked up when somebody asks.
 *
 * Why not a library (looked at in November 2026): oxc-walker's scope tracker imports `node:module`,
 * keeps scopes by text keys and takes `declare const` for a declaration; eslint's and
 * typescript-eslint's scope managers are written for another tree, and the second one's types need
 * the typescript package. None says where a value goes, which is what this is for.
 */
import type { Node, Program } from "@oxc-project/types";
import type { Binding, Scope, ScopeTree, Site } from "./scope.js";
import { declareNode } from "./scope-rules.js";
import { eachChild, hasValue } from "./syntax-node.js";

/** What the rules of each kind of node are given to work with. */
export interface ScopeReading {
  /** Goes on below, there. */
  enter(node: Node | null | undefined, parent: Site, scope?: Scope): void;
  open(parent: Scope, holdsVars?: boolean): Scope;
  declare(name: string, at: Site, scope: Scope): void;
  refer(name: string, at: Site): void;
  member(name: string, at: Site): void;
  moduleForm(at: Site): void;
}

/** `memberNames`: the names of members to keep. */
export function readScopes(program: Program, memberNames: ReadonlySet<string>): ScopeTree {
  const references = new Map<string, Site[]>();
  const members = new Map<string, Site[]>();
  const moduleForms: Site[] = [];
  const pending: Site[] = [];
  const reading: ScopeReading = {
    enter(node, parent, scope = parent.scope) {
      if (node && hasValue(node)) pending.push({ node, parent, scope });
    },
    open: (parent, holdsVars = false) => openScope(parent, holdsVars),
    declare,
    refer: (name, at) => keep(references, name, at),
    member(name, at) {
      if (memberNames.has(name)) keep(members, name, at);
    },
    moduleForm: (at) => moduleForms.push(at),
  };
  const module = openScope(undefined, true);
  pending.push({ node: program, parent: undefined, scope: module });
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const parent = at;
    if (!declareNode(at, reading)) eachChild(at.node, (child) => reading.enter(child, parent));
  }
  return { module, references, members, moduleForms };
}

function openScope(parent: Scope | undefined, holdsVars: boolean): Scope {
  return { parent, holdsVars, bindings: new Map() };
}

function declare(name: string, at: Site, scope: Scope): void {
  const binding: Binding | undefined = scope.bindings.get(name);
  if (binding === undefined) scope.bindings.set(name, { name, declarations: [at] });
  else binding.declarations.push(at);
}

function keep(lists: Map<string, Site[]>, name: string, at: Site): void {
  const list = lists.get(name);
  if (list === undefined) lists.set(name, [at]);
  else list.push(at);
}
