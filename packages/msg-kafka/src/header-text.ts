/** The bytes of a header as text: most are short and ASCII, and to call the runtime's codec is dear. */

/** Up to so many bytes a loop beats `TextDecoder`. */
const loopSizeMax = 64;
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** undefined where they are not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  const size = bytes.length;
  if (size <= loopSizeMax) {
    let text = "";
    let at = 0;
    for (; at < size; at++) {
      // Inside the array.
      const byte = bytes[at] as number;
      if (byte > 0x7f) break;
      text += String.fromCharCode(byte);
    }
    if (at === size) return text;
  }
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

export function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    if (text.charCodeAt(index) > 0x7f) return false;
  }
  return true;
}

export function hexOf(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}
