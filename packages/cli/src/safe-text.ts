/**
 * Text from a cassette, made safe to show. A message may hold anything: an escape sequence that
 * clears the screen, a newline that forges a row, an override that turns the line around. What has no
 * look of its own is written as an escape instead, as JavaScript writes it: `\n`, `\x1b`, `\u202e`.
 *
 * Escaped: control characters (C0, DEL, C1), format characters (bidirectional controls, joiners, the
 * byte order mark), line and paragraph separators, private use, unassigned, whatever Unicode lets a
 * display ignore, and every combining mark beyond the third on one letter. Letters that run from
 * right to left stay: `isolated` keeps them from turning their neighbours around.
 */

/** Marks on one letter: more than any script needs, fewer than it takes to cover other lines. */
const marksMax = 3;

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{DI}]/gu;
const mark = /\p{M}/u;
const markRuns = new RegExp(`(\\p{M}{${marksMax}})(\\p{M}+)`, "gu");
const plain = /^[\x20-\x7e]*$/;

/** Hebrew, Arabic and their neighbours, their presentation forms, and the scripts of U+10800. */
const rightToLeft =
  /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const leftToRightMark = "\u200e";

/** `text` with all that could drive a terminal written as escapes. */
export function safeText(text: string): string {
  if (plain.test(text)) return text;
  // Presentation selectors choose between two looks of one character: they are kept.
  const safe = text.replace(hidden, (character) =>
    character === "\ufe0e" || character === "\ufe0f" ? character : escaped(character),
  );
  return mark.test(safe) ? safe.replace(markRuns, escapeLaterMarks) : safe;
}

/** Safe text that leaves what stands behind it where it is, on a terminal that reorders. */
export function isolated(safe: string): string {
  return rightToLeft.test(safe) ? `${safe}${leftToRightMark}` : safe;
}

/** JSON text with the characters escaped that a terminal would act on: equal JSON, other bytes. */
export function safeJsonText(json: string): string {
  if (plain.test(json)) return json;
  return json.replace(hidden, (character) =>
    character === "\n"
      ? character
      : Array.from({ length: character.length }, (_, at) => unit(character.charCodeAt(at))).join(
          "",
        ),
  );
}

function escapeLaterMarks(_: string, kept: string, rest: string): string {
  return `${kept}${Array.from(rest, escaped).join("")}`;
}

function escaped(character: string): string {
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  // One code point of a match: it is there.
  const code = character.codePointAt(0) as number;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  return code < 0x10000 ? unit(code) : `\\u{${code.toString(16)}}`;
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, "0")}`;
}
