/** What `explain` says of a code. */
import { codes, type DiagnosticCode } from "../codes.js";
import type { Ink } from "./ink.js";
import { wrapText } from "./text-width.js";

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

/** `width` is that of the terminal, if it is one. */
export function explain(code: DiagnosticCode, ink: Ink, width?: number): string {
  const { example } = codes[code];
  const wrapped = (text: string): string =>
    width === undefined ? text : wrapText(text, width).join("\n");
  const says = wrapped(codes[code].says);
  const next = wrapped(`next: ${codes[code].next}`).replace(/^next:/, ink.strong("next:"));
  const shown = example
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");
  return `${ink.strong(code)}\n\n${says}\n\n${next}\n\n${ink.strong("example:")}\n${shown}\n`;
}

/** All codes, a line each; where a terminal has no room for that, what they say below them. */
export function codeList(ink: Ink, terminalWidth?: number): string {
  const names = allCodes();
  if (terminalWidth !== undefined) {
    const says = (code: DiagnosticCode): string =>
      wrapText(codes[code].says, terminalWidth - 4).join("\n    ");
    return names.map((code) => `${ink.strong(code)}\n    ${says(code)}\n`).join("");
  }
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
