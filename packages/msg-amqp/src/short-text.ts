/** Short text: what AMQP has one byte for the length of. Names, routing keys, most properties. */

/** In bytes of UTF-8. */
export const shortTextSizeMax: number = 255;

const encoder = new TextEncoder();

export function fitsShortText(text: string): boolean {
  // A character takes at most three bytes for each of its units.
  if (text.length * 3 <= shortTextSizeMax) return true;
  return text.length <= shortTextSizeMax && sizeOf(text) <= shortTextSizeMax;
}

/** The bytes of `text` as UTF-8. */
export function sizeOf(text: string): number {
  return encoder.encode(text).length;
}
