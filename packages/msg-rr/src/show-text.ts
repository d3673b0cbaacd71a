/** Texts and bytes as a person reads them in an error: quoted, on one line, cut around a place. */

const shownMax = 72;
/** Of what is shown, this much stands before the place. */
const shownBefore = 24;
const hexMax = 24;
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
/** What a terminal would obey or hide: controls, bidirectional marks, spaces without width. */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what it looks for
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text that `bytes` are in UTF-8; undefined where they are not. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** `text` with what cannot be seen written as escapes. */
export function visible(text: string): string {
  return text
    .toWellFormed()
    .replace(unseen, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** As a JSON string. */
export function quoted(text: string): string {
  return visible(JSON.stringify(text.toWellFormed()));
}

/** The part of `text` around the index `at`, where there is more of it than fits. */
export function around(text: string, at: number): { text: string; before: string; after: string } {
  const from = text.length <= shownMax ? 0 : boundary(text, Math.max(0, at - shownBefore));
  const to = boundary(text, Math.min(text.length, from + shownMax));
  return {
    text: text.slice(from, to),
    before: from > 0 ? "..." : "",
    after: to < text.length ? "..." : "",
  };
}

/** Not in the middle of a surrogate pair. */
function boundary(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return index > 0 && code >= 0xdc00 && code <= 0xdfff ? index - 1 : index;
}

/** `bytes` in hex from `at` on, cut after some. */
export function hexFrom(bytes: Uint8Array, at: number): string {
  const part = bytes.subarray(at, at + hexMax);
  const hex = Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex}${at + part.length < bytes.length ? "..." : ""}`;
}

/** A key, or another short run of bytes: quoted text, or hex. */
export function shownBytes(bytes: Uint8Array): string {
  if (bytes.length === 0) return "(empty)";
  const text = textOf(bytes);
  if (text === undefined) return `hex ${hexFrom(bytes, 0)}`;
  const part = around(text, 0);
  return `${quoted(part.text)}${part.after}`;
}
