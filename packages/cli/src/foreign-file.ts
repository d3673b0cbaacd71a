/** Files that are no cassettes, told by their first bytes: somebody named the wrong one. */

import { utf8Of } from "./byte-view.js";
import { CliError } from "./cli-error.js";

/** How many bytes it takes to tell. */
export const tellingSize: number = 16;

const signatures: readonly (readonly [what: string, bytes: readonly number[]])[] = [
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a gzip file: unpack it first", [0x1f, 0x8b]],
  ["a Zstandard file: unpack it first", [0x28, 0xb5, 0x2f, 0xfd]],
  ["a ZIP archive", [0x50, 0x4b, 0x03, 0x04]],
  ["a PDF document", [0x25, 0x50, 0x44, 0x46]],
  ["a program (ELF)", [0x7f, 0x45, 0x4c, 0x46]],
  ["a SQLite database", [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65]],
];

/** What follows a frame's length: an ok document that holds a map. */
const documentStart = [0x01, 0x05];

/**
 * Throws NOT_A_CASSETTE if `first`, the first bytes of the file `shown`, cannot begin a cassette: a
 * frame's length, then `01 05`. A file too short to tell is let through, for the reader to judge.
 */
export function checkFirstBytes(shown: string, first: Uint8Array): void {
  const starts = documentStart.every((byte, at) => (first[4 + at] ?? byte) === byte);
  if (starts) return;
  const known = signatures.find(([, bytes]) => bytes.every((byte, at) => first[at] === byte));
  const look = known === undefined ? lookOf(first) : `it looks like ${known[0]}`;
  const message = `${shown} is not a cassette: ${look}`;
  throw new CliError("NOT_A_CASSETTE", message, { entry: 0, offset: 0 });
}

function lookOf(first: Uint8Array): string {
  if (first.every((byte) => byte === 0)) return "it begins with zeros";
  // A text may be cut inside of a character: the last bytes are let go.
  const text = utf8Of(first) ?? utf8Of(first.subarray(0, -3));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (text !== undefined && !/[\x00-\x08\x0e-\x1f]/.test(text)) return "it looks like a text";
  return "no entry begins at its first byte";
}
