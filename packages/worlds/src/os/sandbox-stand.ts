/** Standing in front of a function for good, whatever the program does to the prototypes it knows. */
import { replaceFunction } from "./ambient-guard-patch.js";

/** One call of a guarded function. */
export interface GuardedCall {
  readonly self: object;
  readonly args: readonly unknown[];
  /** Does what the function does, with these arguments or others. */
  go(args?: readonly unknown[]): unknown;
}

const { apply } = Reflect;

/** Puts `work` in the place of these functions of `holder`; a name that it does not have is left out. */
export function standBefore(
  holder: object,
  names: readonly string[],
  work: (call: GuardedCall, name: string) => unknown,
): void {
  for (const name of names) {
    replaceFunction(holder, name, (original) => {
      return {
        method(this: unknown, ...args: unknown[]): unknown {
          // Of a function that is called on nothing, nobody asks for `self`.
          const self = this as object;
          return work({ self, args, go: (other = args) => apply(original, this, other) }, name);
        },
      }.method;
    });
  }
}

/** Puts a class in the place of one, that makes nothing. */
export function refuseClass(holder: object, name: string, refusal: () => Error): void {
  replaceFunction(
    holder,
    name,
    () =>
      function refused(): never {
        throw refusal();
      },
  );
}
