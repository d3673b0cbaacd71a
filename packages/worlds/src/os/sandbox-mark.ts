/**
 * How a program knows that it runs in a sandbox: the guard, which is there before the program, leaves a
 * mark on the global object that cannot be changed. There is no variable that says so, since one that
 * is set by mistake would switch the sandbox off.
 */

export interface SandboxMark {
  readonly policyId: string;
}

const key = Symbol.for("@reprise/worlds/sandbox@1");

/** The policy that this process runs under; undefined outside of every sandbox. */
export function insideSandbox(): SandboxMark | undefined {
  // Nobody else uses this name: what is there is a mark of this version.
  return (globalThis as unknown as Record<symbol, SandboxMark | undefined>)[key];
}

export function markSandbox(policyId: string): void {
  Object.defineProperty(globalThis, key, { value: Object.freeze({ policyId }) });
}
