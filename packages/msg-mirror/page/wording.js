/**
 * How things are written on the page: times, sizes, states, and text that somebody else wrote. All of
 * it becomes text nodes; what could mislead the eye (controls, characters that turn the direction of
 * writing) is shown by its number.
 */

const misleading = /[\p{Cc}\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;

const numberOf = (/** @type {string} */ character) =>
  `⟨${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;

/** On one line. @param {string} text */
export function safe(text) {
  return text.replace(misleading, numberOf);
}

/** Tabs and line ends stay. @param {string} text */
export function safeLines(text) {
  return text.replace(misleading, (character) =>
    character === "\n" || character === "\t" ? character : numberOf(character),
  );
}

/** `14:03:07.052`, in this machine's zone. @param {string} time RFC 3339 */
export function clockTime(time) {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return "";
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  const ms = String(date.getMilliseconds()).padStart(3, "0");
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${ms}`;
}

/** `812 B`, `1.4 kB`, `3.0 MB`. @param {number} bytes */
export function sizeText(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  let size = bytes / 1000;
  let unit = 0;
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${size.toFixed(1)} ${units[unit]}`;
}

/** `12,345` @param {number} number */
export function countText(number) {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** A state, never by colour alone. @param {string | undefined} signature */
export function signatureWords(signature) {
  switch (signature) {
    case "valid":
      return { text: "✓ valid", tone: "good" };
    case "unsigned":
      return { text: "– unsigned", tone: "quiet" };
    case "unknown key":
      return { text: "? unknown key", tone: "warn" };
    case "bad signature":
      return { text: "✕ bad", tone: "bad" };
    case "unchecked":
      return { text: "· unchecked", tone: "quiet" };
    default:
      return { text: "", tone: "quiet" };
  }
}

/** @param {string} direction */
export function directionTone(direction) {
  if (direction === "rejected" || direction === "refused") return "bad";
  if (direction === "retried" || direction === "stale") return "warn";
  return "quiet";
}

/**
 * JSON with line ends and indentation, otherwise character by character as it came: numbers are not
 * read, so `1.0` and `12345678901234567890` stay. Gives pieces, for one colour each.
 *
 * @param {string} json valid JSON
 * @returns {{ text: string, kind: "name" | "text" | "other" | "mark" }[]}
 */
export function jsonPieces(json) {
  /** @type {{ text: string, kind: "name" | "text" | "other" | "mark" }[]} */
  const pieces = [];
  const tokens = json.match(/"(?:[^"\\]|\\.)*"|[[\]{}:,]|[^\s[\]{}:,"]+/g) ?? [];
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.min(depth, 40))}`;
  for (const [index, token] of tokens.entries()) {
    const next = tokens[index + 1];
    if (token === "{" || token === "[") {
      const isEmpty = next === "}" || next === "]";
      depth += 1;
      pieces.push({ text: isEmpty ? token : token + line(), kind: "mark" });
    } else if (token === "}" || token === "]") {
      depth -= 1;
      const before = tokens[index - 1];
      pieces.push({
        text: before === "{" || before === "[" ? token : line() + token,
        kind: "mark",
      });
    } else if (token === ",") pieces.push({ text: token + line(), kind: "mark" });
    else if (token === ":") pieces.push({ text: ": ", kind: "mark" });
    else if (token.startsWith('"')) {
      pieces.push({ text: safeLines(token), kind: next === ":" ? "name" : "text" });
    } else pieces.push({ text: token, kind: "other" });
  }
  return pieces;
}
