/** Bytes as a person writes them: hexadecimal, spaced as the fields are. */

export function bytesOf(hex: string): Uint8Array {
  const digits = hex.replace(/\s/g, "");
  if (!/^([0-9a-f]{2})*$/.test(digits)) throw new Error(`not whole bytes in hex: ${hex}`);
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** `number` as the hex of a little-endian u32. */
export function u32(number: number): string {
  return hexOf(new Uint8Array(Uint32Array.of(number).buffer));
}

/** `hex` behind its length in bytes. */
export function field(hex: string): string {
  return `${u32(bytesOf(hex).length)} ${hex}`;
}
