/** Colours of a terminal, or none. */

export interface Ink {
  readonly error: (text: string) => string;
  readonly warning: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly faint: (text: string) => string;
}

const reset = "\u001b[0m";

function painted(code: string): (text: string) => string {
  return (text) => (text === "" ? "" : `\u001b[${code}m${text}${reset}`);
}

function unpainted(text: string): string {
  return text;
}

export const colourInk: Ink = {
  error: painted("1;31"),
  warning: painted("1;33"),
  strong: painted("1"),
  faint: painted("2"),
};

export const plainInk: Ink = {
  error: unpainted,
  warning: unpainted,
  strong: unpainted,
  faint: unpainted,
};
