/** Lines of a configuration file: ours, then the caller's, which replace ours of the same name. */

export type ConfigLines = Readonly<Record<string, string>>;

/** `separator` stands between name and value: " ", " = " or "=". */
export function renderConfigLines(
  ours: ConfigLines,
  callers: ConfigLines,
  separator: string,
): string {
  const lines = { ...ours, ...callers };
  return Object.entries(lines)
    .map(([name, value]) => `${name}${separator}${value}\n`)
    .join("");
}
