/**
 * Finds where a module uses what differs from run to run or reaches outside, by name: the names and
 * what counts as a use are the table of `@reprise/worlds`.
 *
 * It starts at each name that leads to the global object and follows the value: through aliases,
 * destructuring, defaults, `globalThis["Date"]`, `Reflect.get(globalThis, "Date")`. Where a value
 * that can do harm leaves what can be followed (`run(Date)`, `{ Math }`, `export const D = Date`),
 * that is the use. So is a member that only the run will name (`Math[name]`).
 *
 * Not seen: `x.constructor.constructor("...")`, methods whose names are put together, what a date
 * prints when it is made a text (`${date}`), and texts without a zone that are not written out where
 * `new Date` reads them. `declare const process` declares nothing that runs: its uses count.
 */
import type { Program } from "@oxc-project/types";
import { type AmbientCall, ambientCalls, ambientMember, globalObjects } from "@reprise/worlds";
import type { Position } from "../diagnostic.js";
import type { AmbientUse } from "../source-facts.js";
import { dateForm, isLocalText } from "./date-form.js";
import { constantText, plainKey } from "./member-key.js";
import { type Found, methodNames, methodUses } from "./method-uses.js";
import { isPlainText, moduleFormUses, moduleFormValues } from "./module-forms.js";
import { bindingOf, globalReferences, type ScopeTree, type Site } from "./scope.js";
import { readScopes } from "./scope-reader.js";
import { leavesLocaleOpen } from "./unnamed-locale.js";
import { argumentsOf, type Follower, followValues, type Step } from "./value-flow.js";
import { roleOf } from "./value-role.js";

/** Names that are looked for as globals: all but methods, forms, and members of other names. */
export const ambientRoots: readonly string[] = [...ambientCalls.keys()].filter((name) =>
  /^[\w$]+$/.test(name),
);

/** In order of where they stand; each place and name once. */
export function ambientUses(
  program: Program,
  positionOf: (offset: number) => Position,
): readonly AmbientUse[] {
  const tree = readScopes(program, methodNames);
  const found: Found[] = [...methodUses(tree), ...moduleFormUses(tree)];
  const starts: Step[] = ambientRoots.flatMap((place) =>
    globalReferences(place, tree).map((at) => ({ place, at })),
  );
  followValues([...starts, ...moduleFormValues(tree)], ambientFollower(tree, found), tree);
  return inOrder(found).map(({ name, node }) => ({
    name,
    capability: ambientCalls.get(name)?.capability ?? "globals",
    start: positionOf(node.start),
    end: positionOf(node.end),
  }));
}

function inOrder(found: readonly Found[]): readonly Found[] {
  const byPlace = new Map(
    found.map((one) => [`${one.node.start} ${one.node.end} ${one.name}`, one]),
  );
  return [...byPlace.values()].sort(
    (a, b) => a.node.start - b.node.start || a.node.end - b.node.end || (a.name < b.name ? -1 : 1),
  );
}

function ambientFollower(tree: ScopeTree, found: Found[]): Follower {
  const use = (name: string, { node }: Site): undefined => {
    if (ambientCalls.has(name)) found.push({ name, node });
  };
  return {
    arrived(place, at) {
      if (ambientCalls.get(place)?.counts !== "any" || isNarrowed(place, at, tree)) return true;
      use(place, at);
      return false;
    },
    member(place, key, at) {
      if (key === undefined) return use(place, at);
      if (handsOnItself.has(key) && ambientCalls.get(place)?.counts === "call") {
        return use(place, at);
      }
      return ambientMember(place, key)?.name;
    },
    called(place, at) {
      const name = usedByCalling(place, at, tree);
      return name === undefined ? undefined : use(name, at);
    },
    passed(place, at) {
      if (at.parent === undefined) return undefined;
      if (isReflectGet(at.parent, at)) {
        const [, key] = argumentsOf(at.parent);
        return key === undefined
          ? undefined
          : this.member(place, constantText(key, at.scope, tree), at.parent);
      }
      return asksForKind(at.parent) ? undefined : use(place, at);
    },
    handedOn: use,
    tested(place, at) {
      if (globalObjects.indexOf(place) > 0) use(place, at);
    },
  };
}

const handsOnItself: ReadonlySet<string> = new Set(["call", "apply", "bind"]);

/** Whether a member is taken that has a row of its own: `process.hrtime` says more than `process`. */
function isNarrowed(place: string, at: Site, tree: ScopeTree): boolean {
  const parent = at.parent?.node;
  if (roleOf(at) !== "object" || parent?.type !== "MemberExpression") return false;
  const key = parent.computed
    ? constantText(parent.property, at.scope, tree)
    : parent.property.type === "Identifier"
      ? parent.property.name
      : undefined;
  return key !== undefined && ambientMember(place, key) !== undefined;
}

/** The name that calling or constructing it uses, if it does. */
function usedByCalling(place: string, at: Site, tree: ScopeTree): string | undefined {
  const call = ambientCalls.get(place);
  if (call?.counts !== "call") return undefined;
  const [first] = argumentsOf(at);
  switch (place) {
    case "Date":
      return dateForm(at, tree);
    case "Date.parse":
      return isLocalText(first, at, tree) ? place : undefined;
    case "require":
      return first !== undefined && isPlainText(first) ? undefined : place;
    default:
      return isOpen(call, at, tree) ? place : undefined;
  }
}

function isOpen(call: AmbientCall, at: Site, tree: ScopeTree): boolean {
  return call.locale === undefined || leavesLocaleOpen(call, at, tree);
}

/** `Reflect.get(x, "key")`, of its first argument. */
function isReflectGet(call: Site, argument: Site): boolean {
  const { node } = call;
  if (node.type !== "CallExpression" || node.arguments[0] !== argument.node) return false;
  const { callee } = node;
  if (callee.type !== "MemberExpression" || callee.object.type !== "Identifier") return false;
  const isGet = plainKey(callee) === "get" && callee.object.name === "Reflect";
  return isGet && bindingOf("Reflect", call.scope) === undefined;
}

/** `schema.instanceof(Date)`: it is compared, not called. */
function asksForKind({ node }: Site): boolean {
  if (node.type !== "CallExpression" || node.callee.type !== "MemberExpression") return false;
  return /^(is)?instanceof$/i.test(plainKey(node.callee) ?? "");
}
