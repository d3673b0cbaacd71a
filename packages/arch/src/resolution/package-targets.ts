/**
 * What `exports` and `imports` of a package.json map a subpath to: node's algorithm, but with every
 * condition taken, because which of them holds is the business of whoever runs the code. Of several
 * files for one subpath the one that says it is a source comes first, then in order of writing.
 */
import { isRecord } from "./package-manifest.js";

/**
 * Targets for `subpath` ("." or "./os", or "#inner" in `imports`), with `*` filled in. Empty: the
 * package keeps it to itself. undefined: there is no such map.
 */
export function packageTargets(map: unknown, subpath: string): readonly string[] | undefined {
  if (map === undefined || map === null) return undefined;
  const entries = entriesOf(map);
  const exact = entries.get(subpath);
  if (exact !== undefined && !subpath.includes("*")) return leaves(exact.target, undefined);
  let best: { readonly key: string; readonly filling: string } | undefined;
  for (const key of entries.keys()) {
    const filling = fillingOf(key, subpath);
    if (filling === undefined) continue;
    if (best === undefined || isMoreSpecific(key, best.key)) best = { key, filling };
  }
  if (best === undefined) return [];
  return leaves(entries.get(best.key)?.target, best.filling);
}

/** A text, a list, or conditions alone stand for ".". */
function entriesOf(map: unknown): ReadonlyMap<string, { readonly target: unknown }> {
  if (isRecord(map) && Object.keys(map).some((key) => /^[.#]/.test(key))) {
    return new Map(Object.entries(map).map(([key, target]) => [key, { target }]));
  }
  return new Map([[".", { target: map }]]);
}

/** What stands for the `*` of `key`; a key that ends with `/` is a folder, as node once had it. */
function fillingOf(key: string, subpath: string): string | undefined {
  const star = key.indexOf("*");
  const before = star < 0 ? key : key.slice(0, star);
  const after = star < 0 ? "" : key.slice(star + 1);
  if (star < 0 && !key.endsWith("/")) return undefined;
  if (subpath.length <= before.length + after.length) return undefined;
  if (!subpath.startsWith(before) || !subpath.endsWith(after)) return undefined;
  return subpath.slice(before.length, subpath.length - after.length);
}

function isMoreSpecific(key: string, than: string): boolean {
  const base = (text: string): number => (text.includes("*") ? text.indexOf("*") : text.length);
  return base(key) > base(than) || (base(key) === base(than) && key.length > than.length);
}

/** Conditions that name a source before it is built. */
const sourceConditions = /(?:^|[-/:@])(?:source|src|development|typescript|ts)$/;

function leaves(target: unknown, filling: string | undefined): readonly string[] {
  const sources: string[] = [];
  const others: string[] = [];
  const take = (value: unknown, isSource: boolean): void => {
    if (typeof value === "string") {
      (isSource ? sources : others).push(fill(value, filling));
    } else if (Array.isArray(value)) {
      for (const each of value) take(each, isSource);
    } else if (isRecord(value)) {
      for (const [condition, each] of Object.entries(value)) {
        take(each, isSource || sourceConditions.test(condition));
      }
    }
  };
  take(target, false);
  return [...sources, ...others];
}

function fill(target: string, filling: string | undefined): string {
  if (filling === undefined) return target;
  return target.includes("*") ? target.replaceAll("*", () => filling) : target + filling;
}
