/**
 * The first thing in a value that is not JSON data, and where: the slow pass, taken after a refusal.
 *
 * It walks in the order of the quick pass, but knows the way it came: the trail of keys becomes the
 * JSON Pointer of the error, and the ancestors tell a cycle from great depth.
 */

import { CanonicalJsonError, type CanonicalJsonErrorCode } from "./canonical-json-error.js";
import { charactersMax, depthMax, valuesMax } from "./limits.js";
import { hasToJson, isPlain } from "./soundness.js";

// What an error message shows of a path; the error's `path` is whole.
const shownLengthMax = 200;

interface Walk {
  readonly trail: (string | number)[];
  readonly ancestors: Set<object>;
  values: number;
  characters: number;
}

/** The error to throw for `value`, or undefined when nothing is wrong with it. */
export function findDefect(value: unknown): CanonicalJsonError | undefined {
  for (const type of [String, Number, Boolean]) {
    if (!("toJSON" in type.prototype)) continue;
    const message = `expected no toJSON on ${type.name}.prototype, got one: it would be called for every ${type.name.toLowerCase()}`;
    return new CanonicalJsonError("TO_JSON_METHOD", message, { path: "" });
  }
  return defectOf(value, { trail: [], ancestors: new Set(), values: 1, characters: 0 });
}

function defectOf(value: unknown, walk: Walk): CanonicalJsonError | undefined {
  switch (typeof value) {
    case "string":
      walk.characters += value.length;
      if (walk.characters > charactersMax) return tooLong(walk);
      if (value.isWellFormed()) return undefined;
      return defect(walk, "STRING_ILL_FORMED", "a well-formed string, got a lone surrogate");
    case "number":
      if (Number.isFinite(value)) return undefined;
      return defect(walk, "NUMBER_NOT_FINITE", `a finite number, got ${value}`);
    case "boolean":
      return undefined;
    case "object":
      return value === null ? undefined : defectOfContainer(value, walk);
    default:
      return defect(walk, "UNSUPPORTED_TYPE", `a JSON value, got ${nameOfType(value)}`);
  }
}

function defectOfContainer(container: object, walk: Walk): CanonicalJsonError | undefined {
  if (walk.ancestors.has(container)) {
    return defect(walk, "CYCLE", "a tree, got a value that contains itself");
  }
  if (walk.ancestors.size === depthMax) {
    return defect(walk, "VALUE_TOO_DEEP", `at most ${depthMax} levels of nesting, got more`);
  }
  walk.ancestors.add(container);
  const found = Array.isArray(container)
    ? defectOfElements(container, walk)
    : defectOfMembers(container, walk);
  walk.ancestors.delete(container);
  return found;
}

function defectOfElements(array: readonly unknown[], walk: Walk): CanonicalJsonError | undefined {
  if (hasToJson(array)) return callsToJson(walk);
  walk.values += array.length;
  if (walk.values > valuesMax) return tooLarge(walk);
  for (let index = 0; index < array.length; index += 1) {
    walk.trail.push(index);
    const hole = array[index] === undefined && !Object.hasOwn(array, index);
    const found = hole
      ? defect(walk, "UNSUPPORTED_TYPE", "a JSON value, got a hole in the array")
      : defectOf(array[index], walk);
    if (found !== undefined) return found;
    walk.trail.pop();
  }
  return undefined;
}

function defectOfMembers(object: object, walk: Walk): CanonicalJsonError | undefined {
  if (!isPlain(object)) {
    return defect(walk, "OBJECT_NOT_PLAIN", `a plain object, got ${nameOfClass(object)}`);
  }
  if (hasToJson(object)) return callsToJson(walk);
  for (const symbol of Object.getOwnPropertySymbols(object)) {
    if (!Object.prototype.propertyIsEnumerable.call(object, symbol)) continue;
    return defect(walk, "SYMBOL_KEY", `string keys only, got ${String(symbol)}`);
  }
  for (const key of Object.keys(object)) {
    walk.trail.push(key);
    walk.values += 1;
    walk.characters += key.length;
    if (walk.values > valuesMax) return tooLarge(walk);
    if (walk.characters > charactersMax) return tooLong(walk);
    const found = key.isWellFormed()
      ? // An object may be read by any key; what comes out is unknown, and treated so.
        defectOf((object as Record<string, unknown>)[key], walk)
      : defect(walk, "STRING_ILL_FORMED", "a well-formed key, got a lone surrogate");
    if (found !== undefined) return found;
    walk.trail.pop();
  }
  return undefined;
}

function callsToJson(walk: Walk): CanonicalJsonError {
  return defect(walk, "TO_JSON_METHOD", "plain data, got an object with a toJSON method");
}

function tooLarge(walk: Walk): CanonicalJsonError {
  return defect(walk, "VALUE_TOO_LARGE", `at most ${valuesMax} values, got more`);
}

function tooLong(walk: Walk): CanonicalJsonError {
  const expected = `at most ${charactersMax} characters of strings and keys, got more`;
  return defect(walk, "VALUE_TOO_LARGE", expected);
}

function defect(
  walk: Walk,
  code: CanonicalJsonErrorCode,
  expectedAndGot: string,
): CanonicalJsonError {
  const path = pointerOf(walk.trail);
  const where = path === "" ? "at the root" : `at ${shown(path)}`;
  return new CanonicalJsonError(code, `expected ${expectedAndGot} ${where}`, { path });
}

/** A path for a message: as text that can be printed anywhere, and not of any length. */
function shown(path: string): string {
  if (path.length <= shownLengthMax) return path.toWellFormed();
  return `${path.slice(0, shownLengthMax).toWellFormed()}... (${path.length} characters)`;
}

/** RFC 6901: `~` is written `~0`, `/` is written `~1`. */
function pointerOf(trail: readonly (string | number)[]): string {
  let pointer = "";
  for (const step of trail)
    pointer += `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`;
  return pointer;
}

function nameOfType(value: unknown): string {
  return value === undefined ? "undefined" : `a ${typeof value}`;
}

/** Read from the prototype's own data, so that no getter of the caller's runs. */
function nameOfClass(object: object): string {
  const prototype: object = Object.getPrototypeOf(object);
  const named: unknown = Object.getOwnPropertyDescriptor(prototype, "constructor")?.value;
  return typeof named === "function" ? `an instance of ${named.name}` : "an object of some class";
}
