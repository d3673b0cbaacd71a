/** A string that stands for bytes, one character for each: equal exactly when they are. */
export function byteText(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index++) {
    // Within bounds: the cast holds.
    text += String.fromCharCode(bytes[index] as number);
  }
  return text;
}
