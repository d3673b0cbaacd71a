/** Bytes as something to read: text where they are UTF-8, hexadecimal where they are not. */
import type { JsonObject } from "@reprise/canonical-json";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const hexDigits = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** The text that `bytes` are, or undefined where they are not UTF-8. */
export function utf8Of(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

export function hexOf(bytes: Uint8Array): string {
  let hex = "";
  // Indexed by a byte: the table has it.
  for (const byte of bytes) hex += hexDigits[byte] as string;
  return hex;
}

/** The text, not yet made safe to show, or `0x` and hexadecimal. */
export function rawText(bytes: Uint8Array): string {
  return utf8Of(bytes) ?? `0x${hexOf(bytes)}`;
}

/** `{"utf8": text}` or `{"hex": digits}`: exactly one of them gives the bytes back. */
export function bytesAsJson(bytes: Uint8Array): JsonObject {
  const text = utf8Of(bytes);
  return text === undefined ? { hex: hexOf(bytes) } : { utf8: text };
}

const dumpWidth = 16;

/** Lines of an offset, sixteen bytes, and the ASCII among them. */
export function hexDump(bytes: Uint8Array): readonly string[] {
  const lines: string[] = [];
  const digits = Math.max(4, bytes.length.toString(16).length);
  for (let at = 0; at < bytes.length; at += dumpWidth) {
    const part = bytes.subarray(at, at + dumpWidth);
    const hex = Array.from(part, (byte) => hexDigits[byte] as string).join(" ");
    const ascii = Array.from(part, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".",
    ).join("");
    lines.push(
      `${at.toString(16).padStart(digits, "0")}  ${hex.padEnd(dumpWidth * 3 - 1)}  ${ascii}`,
    );
  }
  return lines;
}
