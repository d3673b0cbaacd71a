/**
 * Writes the binary records of `records.ts`, on the way of every recorded message: all into one
 * buffer that is kept, of which a record is a copy. Short ASCII is not handed to the runtime's
 * encoder, whose call costs more than the work.
 */

const encoder = new TextEncoder();
/** Up to this many characters a loop beats `TextEncoder`. */
const asciiLengthMax = 64;

let scratch: Uint8Array = new Uint8Array(4096);
let end = 0;

/** The record that `write` writes with the functions below. */
export function recordOf(write: () => void): Uint8Array {
  end = 0;
  write();
  return scratch.slice(0, end);
}

export function putU32(value: number): void {
  reserve(4);
  scratch[end] = value;
  scratch[end + 1] = value >>> 8;
  scratch[end + 2] = value >>> 16;
  scratch[end + 3] = value >>> 24;
  end += 4;
}

/** `len+UTF-8`. */
export function putText(text: string): void {
  // A UTF-16 unit takes at most three bytes.
  reserve(4 + 3 * text.length);
  const start = end + 4;
  const size = putAscii(text, start) ?? encoder.encodeInto(text, scratch.subarray(start)).written;
  putU32(size);
  end = start + size;
}

/** The bytes written, or undefined where the text is long or not ASCII. */
function putAscii(text: string, start: number): number | undefined {
  const { length } = text;
  if (length > asciiLengthMax) return undefined;
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return undefined;
    scratch[start + index] = code;
  }
  return length;
}

function reserve(size: number): void {
  if (end + size <= scratch.length) return;
  const grown = new Uint8Array(2 * (end + size));
  grown.set(scratch.subarray(0, end));
  scratch = grown;
}
