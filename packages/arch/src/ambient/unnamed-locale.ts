/**
 * Whether a call leaves the locale or the zone to the machine, as far as its arguments show.
 *
 * An argument that is there and is not plainly nothing is taken for a locale: only the run knows what
 * a variable holds. Options that are not written out are taken to name the zone, for the same reason.
 */

import type { Argument, Node, ObjectExpression } from "@oxc-project/types";
import type { AmbientCall } from "@reprise/worlds";
import { constantOf, keyOf } from "./member-key.js";
import type { ScopeTree, Site } from "./scope.js";
import { argumentsOf } from "./value-flow.js";

export function leavesLocaleOpen(call: AmbientCall, at: Site, tree: ScopeTree): boolean {
  const given = argumentsOf(at);
  const { locale, timeZone } = call;
  if (locale !== undefined && isNothing(argument(given, locale), at, tree)) return true;
  return timeZone !== undefined && namesNoZone(argument(given, timeZone), at, tree);
}

/** undefined: not there, or behind a spread, so nobody can say. */
function argument(given: readonly Argument[], index: number): Node | undefined {
  const isSpread = given.slice(0, index + 1).some(({ type }) => type === "SpreadElement");
  return isSpread ? undefined : given[index];
}

function isNothing(node: Node | undefined, at: Site, tree: ScopeTree): boolean {
  switch (node?.type) {
    case undefined:
      return true;
    case "Identifier": {
      if (node.name === "undefined") return true;
      const constant = constantOf(node.name, at.scope, tree);
      return constant !== undefined && constant.value.type === "Identifier"
        ? constant.value.name === "undefined"
        : false;
    }
    case "UnaryExpression":
      return node.operator === "void";
    case "ArrayExpression":
      return node.elements.length === 0;
    default:
      return false;
  }
}

function namesNoZone(node: Node | undefined, at: Site, tree: ScopeTree): boolean {
  if (isNothing(node, at, tree)) return true;
  const options = node?.type === "Identifier" ? constantOf(node.name, at.scope, tree)?.value : node;
  return options?.type === "ObjectExpression" && !mayHaveZone(options, at, tree);
}

function mayHaveZone({ properties }: ObjectExpression, { scope }: Site, tree: ScopeTree): boolean {
  return properties.some((property) => {
    if (property.type === "SpreadElement") return true;
    const key = keyOf(property, scope, tree);
    return key === undefined || key === "timeZone";
  });
}
