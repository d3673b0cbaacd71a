/**
 * Finds where a module opens a policy's scope (`withPolicy` of `@reprise/msg-rr/os`), and where it
 * opens a driver whose traffic a policy should hold (`openKafkaDriver`, `openAmqpDriver`,
 * `openRedisDriver`). The embedded broker is not among them: it reaches nothing.
 *
 * An opening is *within* a policy
 * - when it stands in the body given to `withPolicy`, in whatever function: the innermost one counts;
 * - or in a function of the module's top level that is not exported and is only ever called within a
 *   policy, or given to `withPolicy` as the body: then within each of those.
 * Else it is outside. A driver's `open...` that is handed on (`run(openKafkaDriver)`) counts as an
 * opening there; a `withPolicy` that is handed on, as one whose id nobody can tell.
 *
 * Both are known by where they are imported from, under any local name, through a namespace, through
 * `await import(...)` and `require(...)`. A module that passes them on to another is not followed.
 */
import type { Node, Program } from "@oxc-project/types";
import { constantOf, constantText, keyOf } from "../ambient/member-key.js";
import { isPlainText } from "../ambient/module-forms.js";
import {
  type Binding,
  bindingOf,
  globalReferences,
  referencesTo,
  type ScopeTree,
  type Site,
} from "../ambient/scope.js";
import { readScopes } from "../ambient/scope-reader.js";
import { argumentsOf, type Follower, followValues, type Step } from "../ambient/value-flow.js";
import { roleOf } from "../ambient/value-role.js";
import type { Position } from "../diagnostic.js";
import type { PolicyUse } from "../source-facts.js";

const policyModule = "@reprise/msg-rr/os";

/** By the module, then by the export; a driver's operations have this prefix. */
const watched: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [policyModule, new Map([["withPolicy", ""]])],
  ...[
    ["kafka", "openKafkaDriver"],
    ["amqp", "openAmqpDriver"],
    ["redis", "openRedisDriver"],
  ].flatMap(([kind, open]) =>
    ["", "/os"].map(
      (entry) =>
        [`@reprise/msg-${kind}${entry}`, new Map([[`${open}`, `std.msg.${kind}.`]])] as const,
    ),
  ),
]);

/** False: `policyUses` finds nothing in a file with this text. */
export function mentionsPolicy(text: string): boolean {
  return text.includes("@reprise/msg-") || text.includes("\\");
}

/** In order of where they stand. The span is that of what is called. */
export function policyUses(
  program: Program,
  positionOf: (offset: number) => Position,
): readonly PolicyUse[] {
  const tree = readScopes(program, new Set());
  const starts = importedValues(program, tree);
  if (starts.length === 0) return [];
  const calls = new Map<Node, string | undefined>();
  const openings: Step[] = [];
  followValues(starts, policyFollower(tree, calls, openings), tree);
  const scopes: PolicyScopes = { tree, calls };
  const span = (node: Node) => {
    const named = node.type === "CallExpression" ? node.callee : node;
    return { start: positionOf(named.start), end: positionOf(named.end), offset: named.start };
  };
  const uses = [
    ...[...calls].map(([node, id]) => ({ call: "with-policy" as const, id, ...span(node) })),
    ...openings.flatMap(({ place, at }) =>
      policiesAround(at, scopes).map((within) => ({
        call: "recordable" as const,
        id: place,
        within,
        ...span(at.node),
      })),
    ),
  ];
  return uses.sort((a, b) => a.offset - b.offset).map(({ offset: _, ...use }) => use);
}

/** Whatever brings in one of the modules: the names, or the module as a whole. */
function importedValues(program: Program, tree: ScopeTree): Step[] {
  const declared = program.body.flatMap((statement) => {
    if (statement.type !== "ImportDeclaration") return [];
    const exports = watched.get(statement.source.value);
    if (exports === undefined) return [];
    return statement.specifiers.flatMap((specifier) => {
      const binding = tree.module.bindings.get(specifier.local.name);
      const place =
        specifier.type === "ImportNamespaceSpecifier"
          ? statement.source.value
          : specifier.type === "ImportSpecifier"
            ? placeOf(exports, exportedName(specifier.imported))
            : undefined;
      if (binding === undefined || place === undefined) return [];
      return referencesTo(binding, tree).map((at) => ({ place, at }));
    });
  });
  const dynamic = tree.moduleForms.flatMap((at) =>
    at.node.type === "ImportExpression" ? wholeModule(at.node.source, at, tree) : [],
  );
  const required = globalReferences("require", tree).flatMap(({ node, parent }) => {
    if (parent?.node.type !== "CallExpression" || parent.node.callee !== node) return [];
    const [source] = parent.node.arguments;
    return source === undefined ? [] : wholeModule(source, parent, tree);
  });
  return [...declared, ...dynamic, ...required];
}

function wholeModule(source: Node, at: Site, tree: ScopeTree): Step[] {
  if (!isPlainText(source)) return [];
  const specifier = constantText(source, at.scope, tree);
  return specifier !== undefined && watched.has(specifier) ? [{ place: specifier, at }] : [];
}

function exportedName(name: { type: "Identifier"; name: string } | { value: string }): string {
  return "value" in name ? name.value : name.name;
}

/** The place of an export: the prefix of a driver's operations, or `withPolicy`. */
function placeOf(exports: ReadonlyMap<string, string>, name: string): string | undefined {
  return exports.get(name) === "" ? name : exports.get(name);
}

function policyFollower(
  tree: ScopeTree,
  calls: Map<Node, string | undefined>,
  openings: Step[],
): Follower {
  const isModule = (place: string) => watched.has(place);
  const handedOn = (place: string, at: Site): undefined => {
    if (isModule(place)) return;
    if (place === "withPolicy") calls.set(at.node, undefined);
    else openings.push({ place, at });
  };
  return {
    member(place, key) {
      const exports = watched.get(place);
      return exports === undefined || key === undefined ? undefined : placeOf(exports, key);
    },
    called(place, at) {
      if (isModule(place)) return undefined;
      if (place === "withPolicy") calls.set(at.node, policyIdOf(at, tree));
      else openings.push({ place, at });
      return undefined;
    },
    passed: handedOn,
    handedOn,
  };
}

/** `policyId` of the options, where it is written out and nothing after it may change it. */
function policyIdOf(call: Site, tree: ScopeTree): string | undefined {
  const [first] = argumentsOf(call);
  const options =
    first?.type === "Identifier" ? constantOf(first.name, call.scope, tree)?.value : first;
  if (options?.type !== "ObjectExpression") return undefined;
  let id: string | undefined;
  for (const property of options.properties) {
    const key = property.type === "Property" ? keyOf(property, call.scope, tree) : undefined;
    if (key === undefined) id = undefined;
    else if (key === "policyId" && property.type === "Property") {
      id = constantText(property.value, call.scope, tree);
    }
  }
  return id;
}

interface PolicyScopes {
  readonly tree: ScopeTree;
  /** The calls of `withPolicy`, and their ids. */
  readonly calls: ReadonlyMap<Node, string | undefined>;
}

/** The ids of the policies that hold there, "" for one nobody can tell; one undefined: none does. */
function policiesAround(start: Site, scopes: PolicyScopes): readonly (string | undefined)[] {
  const found = new Set<string>();
  const seen = new Set<Binding>();
  const pending = [start];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    const { policy, caller } = surroundings(at, scopes);
    if (policy !== undefined) found.add(policy);
    else if (caller === undefined) return [undefined];
    else if (!seen.has(caller)) {
      seen.add(caller);
      for (const reference of referencesTo(caller, scopes.tree)) {
        if (roleOf(reference) !== "callee" && !isBody(reference, scopes)) return [undefined];
        pending.push(reference);
      }
    }
  }
  return found.size === 0 ? [undefined] : [...found].sort();
}

interface Surroundings {
  /** Of the innermost body it stands in. */
  readonly policy?: string;
  /** Where there is none: the function of the top level it stands in. */
  readonly caller?: Binding | undefined;
}

function surroundings(at: Site, scopes: PolicyScopes): Surroundings {
  let outermost = at;
  for (let site = at; site.parent !== undefined; site = site.parent) {
    if (isBody(site, scopes)) return { policy: scopes.calls.get(site.parent.node) ?? "" };
    if (isFunction(site.node)) outermost = site;
  }
  return { caller: topLevelFunction(outermost) };
}

/** Whether this is the second argument of a `withPolicy`. */
function isBody({ node, parent }: Site, { calls }: PolicyScopes): boolean {
  return parent !== undefined && calls.has(parent.node) && argumentsOf(parent)[1] === node;
}

function isFunction({ type }: Node): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type);
}

/** One that is exported is no such function: anybody may call it. */
function topLevelFunction({ node, parent }: Site): Binding | undefined {
  if (parent?.node.type === "Program" && node.type === "FunctionDeclaration") {
    return node.id === null ? undefined : bindingOf(node.id.name, parent.scope);
  }
  const declarator = parent?.node;
  const isOfModule = parent?.parent?.parent?.node.type === "Program";
  if (declarator?.type !== "VariableDeclarator" || !isOfModule) return undefined;
  return declarator.id.type === "Identifier" && declarator.init === node
    ? bindingOf(declarator.id.name, parent.scope)
    : undefined;
}
