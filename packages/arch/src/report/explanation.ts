/** What `explain` says of a code. */
import { codes, type DiagnosticCode } from "../codes.js";
import type { Ink } from "./ink.js";

/** undefined: there is no such code. Case does not matter, nor does the beginning `E_ARCH_`. */
export function findCode(name: string): DiagnosticCode | undefined {
  const wanted = name.toUpperCase();
  return allCodes().find(
    (code) => code === wanted || code === `E_ARCH_${wanted}` || code === `W_ARCH_${wanted}`,
  );
}

export function allCodes(): readonly DiagnosticCode[] {
  // Proof of the cast: the keys of `codes` are the union, by its type.
  return (Object.keys(codes) as DiagnosticCode[]).sort();
}

export function explain(code: DiagnosticCode, ink: Ink): string {
  const { says, next, example } = codes[code];
  const shown = example
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
  return `${ink.strong(code)}\n\n${says}\n\n${ink.strong("next:")} ${next}\n\n${ink.strong("example:")}\n${shown}\n`;
}

/** All codes, a line each. */
export function codeList(ink: Ink): string {
  const names = allCodes();
  const width = Math.max(...names.map((name) => name.length));
  return names.map((code) => `${ink.strong(code.padEnd(width))}  ${codes[code].says}\n`).join("");
}

/** Codes that somebody may have meant. */
export function similarCodes(name: string): readonly DiagnosticCode[] {
  const words = name
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter((word) => word.length > 2 && word !== "ARCH");
  const shared = (code: string): number => words.filter((word) => code.includes(word)).length;
  const best = Math.max(0, ...allCodes().map(shared));
  return best === 0
    ? []
    : allCodes()
        .filter((code) => shared(code) === best)
        .slice(0, 5);
}
