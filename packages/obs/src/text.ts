/**
 * Names, order and escapes: what metric names and labels may hold, and how text is quoted.
 *
 * Order is by UTF-16 code unit, as in RFC 8785, so that no two machines can disagree. It differs
 * from the order of the UTF-8 bytes only between characters above U+FFFF and those from U+E000 up.
 */

const namePattern = /^[A-Za-z][A-Za-z0-9_]*$/;

/**
 * True for a metric or label name that a user may declare: letters, digits and `_`, starting with a
 * letter. OpenMetrics keeps a leading `_` for itself, and `:` for recording rules.
 */
export function isName(name: string): boolean {
  return namePattern.test(name);
}

const exemplarNamePattern = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** True for a label name that the text format can hold at all. */
export function isExemplarLabelName(name: string): boolean {
  return exemplarNamePattern.test(name);
}

/** By UTF-16 code unit. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Two rows of equal width, by their first difference. */
export function compareRows(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < a.length; index++) {
    const left = a[index] ?? "";
    const right = b[index] ?? "";
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** Unicode characters, not UTF-16 units. */
export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

const special = /[\\\n"]/g;

/** The escaped-string of the OpenMetrics ABNF, for label values and HELP. Every other character stands for itself. */
export function escaped(text: string): string {
  if (text.search(special) < 0) return text;
  return text.replace(special, (found) => (found === "\n" ? "\\n" : `\\${found}`));
}

/** HELP in Prometheus' format 0.0.4, where a quote stands for itself. */
export function helpEscaped(text: string): string {
  return text.replace(/[\\\n]/g, (found) => (found === "\n" ? "\\n" : "\\\\"));
}
