/**
 * Whether the encoder would write a value exactly: the quick pass, which every value takes.
 *
 * `fast-json-stable-stringify` writes RFC 8785 for JSON data and something for everything else: NaN
 * becomes null, a member that is undefined disappears, a Date becomes a string, an array that holds
 * itself overflows the stack. So this pass reads the value first and lets only JSON data through.
 *
 * It answers yes or no and keeps no path, because its time is added to every message (12 to 17 % of
 * the encoder's, see bench/). After a no, `findDefect` reads the value again, slowly, and names the
 * place. A no may be wrong, a yes may not: `for in` also visits inherited members, and a symbol key
 * may be one that JSON would not look at anyway. `findDefect` is exact.
 *
 * A cycle needs no bookkeeping: walking it runs into the depth limit.
 */

import { charactersMax, depthMax, valuesMax } from "./limits.js";

interface Budget {
  values: number;
  characters: number;
}

/** True when `value` is JSON data within the limits. */
export function isSound(value: unknown): boolean {
  // The encoder asks strings, numbers and booleans for `toJSON` too; only their prototypes can answer.
  if ("toJSON" in String.prototype || "toJSON" in Number.prototype) return false;
  if ("toJSON" in Boolean.prototype) return false;
  return isSoundValue(value, 1, { values: valuesMax - 1, characters: charactersMax });
}

/** `depth` is what a container at this place would have. */
function isSoundValue(value: unknown, depth: number, budget: Budget): boolean {
  switch (typeof value) {
    case "string":
      budget.characters -= value.length;
      return budget.characters >= 0 && value.isWellFormed();
    case "number":
      return value - value === 0; // false for NaN and both infinities
    case "boolean":
      return true;
    case "object":
      if (value === null) return true;
      if (depth > depthMax) return false;
      return Array.isArray(value)
        ? isSoundArray(value, depth, budget)
        : isSoundObject(value, depth, budget);
    default:
      return false;
  }
}

function isSoundArray(array: readonly unknown[], depth: number, budget: Budget): boolean {
  const { length } = array;
  budget.values -= length;
  if (budget.values < 0 || hasToJson(array)) return false;
  // A hole reads as undefined, which is refused like any other.
  for (let index = 0; index < length; index += 1) {
    if (!isSoundValue(array[index], depth + 1, budget)) return false;
  }
  return true;
}

function isSoundObject(object: object, depth: number, budget: Budget): boolean {
  if (!isPlain(object) || hasToJson(object)) return false;
  if (Object.getOwnPropertySymbols(object).length !== 0) return false;
  for (const key in object) {
    budget.values -= 1;
    budget.characters -= key.length;
    if (budget.values < 0 || budget.characters < 0 || !key.isWellFormed()) return false;
    // An object may be read by any key; what comes out is unknown, and treated so.
    if (!isSoundValue((object as Record<string, unknown>)[key], depth + 1, budget)) return false;
  }
  return true;
}

/**
 * Plain: made by a literal, by `Object.create(null)`, in another realm (whose `Object.prototype` has
 * no prototype either), or by a record factory whose shared prototype has none.
 */
export function isPlain(object: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null;
}

/** What the encoder would call instead of reading the value: own or inherited, enumerable or not. */
export function hasToJson(object: object): boolean {
  // The encoder reads this one property of every object; reading it asserts nothing of the rest.
  return typeof (object as { readonly toJSON?: unknown }).toJSON === "function";
}
