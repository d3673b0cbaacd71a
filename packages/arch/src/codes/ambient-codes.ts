/** Codes of what a pure world may not reach. */
import type { CodeRow } from "./code-row.js";

export const ambientCodes: Readonly<Record<"E_ARCH_AMBIENT", CodeRow>> = {
  E_ARCH_AMBIENT: {
    says: "A module of a solve world uses what differs from run to run, or reaches outside.",
    next: "take it as an argument or a port, or move the code to an OS world (under src/os)",
    example: `// src/receipt.ts, in a node of world solve-pure
export function receipt(order) {
  return { order, at: Date.now() };       // E_ARCH_AMBIENT Date.now
}

// Instead: the caller, in an OS world, says what time it is.
export function receipt(order, now) {
  return { order, at: now };
}

Also seen: const { random } = Math; globalThis["Date"]; new Date(); f(Math.random);
x.toLocaleString(); import(name). Not meant: new Date(ms), a parameter called fetch, a type.`,
  },
};
