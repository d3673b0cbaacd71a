/**
 * Standing in front of a function or a value that is there already: it looks and does as before, and
 * refuses where its guard says so. What cannot be replaced is left. Guards come in layers: that of a
 * sandbox, and in front of it that of the worlds inside.
 */
import { checkMay, type Refusal, scopeHere } from "./ambient-guard-scope.js";

export type Callable = (this: unknown, ...args: unknown[]) => unknown;

/** By the function they stand for, so that what was one function under two names stays one. */
let guarded = new WeakMap<object, Callable>();
/** Themselves, so that none is guarded twice. */
let guards = new WeakSet<object>();

/** What stands guard so far is from now on as any function: another guard goes in front of it. */
export function startLayer(): void {
  guarded = new WeakMap();
  guards = new WeakSet();
}

export function isCallable(value: unknown): value is Callable {
  return typeof value === "function";
}

/** An object's own data property that can be replaced. */
function replaceable(holder: object, key: PropertyKey): PropertyDescriptor | undefined {
  const found = Object.getOwnPropertyDescriptor(holder, key);
  return found?.configurable === true || found?.writable === true ? found : undefined;
}

/**
 * Puts what `make` makes of a function in its place. It gets the function's properties; to be
 * written as a method (`{ f() {} }.f`) where the function is no constructor.
 */
export function replaceFunction(
  holder: object,
  key: PropertyKey,
  make: (original: Callable) => Callable,
): void {
  const found = replaceable(holder, key);
  const original: unknown = found?.value;
  if (found === undefined || !isCallable(original) || guards.has(original)) return;
  const known = guarded.get(original);
  const replacement = known ?? dressed(make(original), original);
  guarded.set(original, replacement);
  guards.add(replacement);
  Object.defineProperty(holder, key, { ...found, value: replacement });
}

/** Gives the guard its original's name, length, prototype, statics. */
function dressed(replacement: Callable, original: Callable): Callable {
  for (const key of Reflect.ownKeys(original)) {
    const own = Object.getOwnPropertyDescriptor(replacement, key);
    const theirs = Object.getOwnPropertyDescriptor(original, key);
    if (theirs === undefined || (own?.configurable === false && own.writable === false)) continue;
    if (own?.configurable === false) {
      const { value, writable = true } = theirs;
      Object.defineProperty(replacement, key, { value, writable });
    } else Object.defineProperty(replacement, key, theirs);
  }
  Object.setPrototypeOf(replacement, Object.getPrototypeOf(original));
  const prototype: unknown = Object.getOwnPropertyDescriptor(original, "prototype")?.value;
  // That of `Function` is a function.
  if (!isCallable(prototype) && (typeof prototype !== "object" || prototype === null)) {
    return replacement;
  }
  const named = replaceable(prototype, "constructor");
  if (named?.value === original) {
    Object.defineProperty(prototype, "constructor", { ...named, value: replacement });
  }
  return replacement;
}

/** What stands for a function, or the function; anything else as it is. */
export function standIn(value: unknown): unknown {
  return isCallable(value) ? (guarded.get(value) ?? value) : value;
}

/** A function that refuses inside a world that does not reach as far. */
export function refuseFunction(holder: object, key: PropertyKey, refusal: Refusal): void {
  replaceFunction(holder, key, (original) =>
    Object.hasOwn(original, "prototype")
      ? refusingClass(original, refusal)
      : refusingMethod(original, refusal),
  );
}

function refusingMethod(original: Callable, refusal: Refusal): Callable {
  return {
    method(this: unknown, ...args: unknown[]): unknown {
      const scope = scopeHere();
      if (scope !== undefined) checkMay(scope, refusal);
      return Reflect.apply(original, this, args);
    },
  }.method;
}

function refusingClass(original: Callable, refusal: Refusal): Callable {
  return function guardedClass(this: unknown, ...args: unknown[]): unknown {
    const scope = scopeHere();
    if (scope !== undefined) checkMay(scope, refusal);
    if (new.target === undefined) return Reflect.apply(original, this, args);
    const target = new.target === guarded.get(original) ? original : new.target;
    return Reflect.construct(original, args, target);
  };
}

/** A property whose very reading refuses: for values that are no functions, and for lazy ones. */
export function refuseReading(holder: object, key: PropertyKey, refusal: Refusal): void {
  replaceReading(holder, key, (read) => {
    const scope = scopeHere();
    if (scope !== undefined) checkMay(scope, refusal);
    return read();
  });
}

/**
 * The same for a property that must not be looked at: `read` and `write` stand for it from now on. Says
 * whether they do.
 */
export function refuseLate(
  holder: object,
  key: PropertyKey,
  late: { readonly refusal: Refusal; read(): unknown; write(value: unknown): void },
): boolean {
  // To define a property that is there is to look at it.
  if (!Reflect.deleteProperty(holder, key)) return false;
  return Reflect.defineProperty(holder, key, {
    configurable: true,
    enumerable: false,
    get() {
      const scope = scopeHere();
      if (scope !== undefined) checkMay(scope, late.refusal);
      return late.read();
    },
    set: late.write,
  });
}

/** Puts `give` in front of the reading of a property; writing it stays as it was. */
export function replaceReading(
  holder: object,
  key: PropertyKey,
  give: (read: () => unknown, self: unknown) => unknown,
): void {
  const found = replaceable(holder, key);
  if (found?.configurable !== true || (found.get !== undefined && guards.has(found.get))) return;
  const { get, set, enumerable, writable } = found;
  let { value } = found;
  const read = {
    get(this: unknown): unknown {
      return give(() => (get === undefined ? value : Reflect.apply(get, this, [])), this);
    },
  }.get;
  const write = {
    set(this: unknown, next: unknown): void {
      if (set === undefined) value = next;
      else Reflect.apply(set, this, [next]);
    },
  }.set;
  guards.add(read);
  Object.defineProperty(holder, key, {
    configurable: true,
    enumerable: enumerable === true,
    get: read,
    ...(set !== undefined || writable === true ? { set: write } : {}),
  });
}

/** All own functions of a holder, but for those named. */
export function refuseAll(
  holder: object,
  refusal: (key: string) => Refusal,
  passes: ReadonlySet<string>,
): void {
  for (const key of Object.getOwnPropertyNames(holder)) {
    // What begins so is node's own, and called by its insides.
    if (key.startsWith("_") || passes.has(key)) continue;
    refuseFunction(holder, key, refusal(key));
  }
}
