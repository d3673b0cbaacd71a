/**
 * The global object's own: every row of the table that is refused, and that this runtime has.
 *
 * A function refuses when it is called, so that asking whether there is one stays possible; what is no
 * function, or is only made when it is first read, refuses to be read.
 */
import { createRequire } from "node:module";
import type { AmbientCall } from "../ambient-call.js";
import { ambientCalls, globalObjects } from "../ambient-calls.js";
import {
  isCallable,
  refuseFunction,
  refuseLate,
  refuseReading,
  replaceFunction,
} from "./ambient-guard-patch.js";
import { guardProcess } from "./ambient-guard-process.js";
import { outside, refusalOf, scopeHere } from "./ambient-guard-scope.js";

export function guardGlobals(): void {
  guardProcess();
  const isLate = guardWebSocket();
  for (const call of ambientCalls.values()) {
    if (call.atRunTime === "refused" && !(isLate && call.name === "WebSocket")) refuse(call);
  }
  guardFunctionConstructors();
  guardConsole();
  guardFreshMemory();
}

const require = createRequire(import.meta.url);

/**
 * Node makes its WebSocket when somebody first looks at the property, and takes some 40 ms for it. So
 * nobody looks: node:http has it too. Says whether it is done that way; before 22.5 http has none.
 */
function guardWebSocket(): boolean {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 22 || (major === 22 && minor < 5) || !Object.hasOwn(globalThis, "WebSocket")) {
    return false;
  }
  let given: { readonly value: unknown } | undefined;
  return refuseLate(globalThis, "WebSocket", {
    refusal: refusalOf("WebSocket"),
    read: () =>
      given === undefined ? Reflect.get(require("node:http"), "WebSocket") : given.value,
    write: (value) => {
      given = { value };
    },
  });
}

function refuse({ name }: AmbientCall): void {
  const parts = name.split(".");
  const key = parts.pop() ?? name;
  let holder: unknown = globalThis;
  for (const part of parts) holder = isHolder(holder) ? Reflect.get(holder, part) : undefined;
  // A method of any object (`.getHours`), or of a host that is not this one.
  if (!isHolder(holder) || !Object.hasOwn(holder, key) || globalObjects.includes(key)) return;
  const value: unknown = Object.getOwnPropertyDescriptor(holder, key)?.value;
  if (isCallable(value)) refuseFunction(holder, key, refusalOf(name));
  else refuseReading(holder, key, refusalOf(name));
}

function isHolder(value: unknown): value is object {
  return isCallable(value) || (typeof value === "object" && value !== null);
}

/** `Function` has sisters without a name; each is the constructor of functions of its kind. */
function guardFunctionConstructors(): void {
  const kinds = [async () => undefined, function* () {}, async function* () {}];
  for (const kind of kinds) {
    const prototype: object = Object.getPrototypeOf(kind);
    refuseFunction(prototype, "constructor", refusalOf("Function"));
  }
}

/** Nothing comes back from a console, so it may do outside what it needs: it asks the environment for colours. */
function guardConsole(): void {
  for (const key of Object.getOwnPropertyNames(console)) {
    replaceFunction(console, key, (original) => {
      return {
        method(this: unknown, ...args: unknown[]): unknown {
          const scope = scopeHere();
          const call = (): unknown => Reflect.apply(original, this, args);
          return scope === undefined ? call() : outside(scope, call);
        },
      }.method;
    });
  }
}

/** Zeroes instead of what was there before: node's own `Buffer.concat` asks for such memory. */
function guardFreshMemory(): void {
  for (const key of ["allocUnsafe", "allocUnsafeSlow"] as const) {
    replaceFunction(Buffer, key, (original) => {
      return {
        method(this: unknown, size: unknown): unknown {
          const bytes = Reflect.apply(original, this, [size]);
          return scopeHere() === undefined ? bytes : (bytes as Buffer).fill(0);
        },
      }.method;
    });
  }
}
