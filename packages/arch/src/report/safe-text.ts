/**
 * Text of a foreign repository, made safe to show: what could drive a terminal, turn a line around or
 * forge one is written as an escape, as JavaScript writes it. A tab is one space, so that a caret
 * below it stands where it should.
 */

const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;
const plain = /^[\x20-\x7e]*$/;

export function safeText(text: string): string {
  return plain.test(text) ? text : text.replace(hidden, escaped);
}

function escaped(character: string): string {
  if (character === "\t") return " ";
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  // One code point of a match: it is there.
  const code = character.codePointAt(0) as number;
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, "0")}`;
  if (code < 0x10000) return `\\u${code.toString(16).padStart(4, "0")}`;
  return `\\u{${code.toString(16)}}`;
}
