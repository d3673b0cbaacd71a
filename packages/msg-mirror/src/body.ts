/**
 * Bytes as something that JSON can carry: text where they are UTF-8, base64 (RFC 4648, section 4)
 * where they are not.
 */
import type { Body } from "./frame.js";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A body, and what its JSON says where it is JSON. */
export interface ReadBody {
  readonly body: Body;
  /** Undefined where the text is not JSON, or not all there. */
  readonly json: unknown;
}

/** `bytes` are the first of `size`; where they are fewer, the body is cut. Never throws. */
export function readBody(bytes: Uint8Array, size: number): ReadBody {
  const isCut = bytes.length < size;
  const cut = isCut ? ({ cut: true } as const) : undefined;
  const text = decoded(isCut ? wholeCharacters(bytes) : bytes);
  if (text === undefined) {
    return { body: { encoding: "base64", data: base64(bytes), size, ...cut }, json: undefined };
  }
  const json = isCut ? undefined : parsed(text);
  const encoding = json === undefined ? "text" : "json";
  return { body: { encoding, data: text, size, ...cut }, json };
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Objects and arrays only: what begins otherwise is shown as the text it is. */
function parsed(text: string): unknown {
  if (!/^[\t\n\r ]*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** `bytes` without a character at their end that is not all there. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Padded. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const left = bytes.length - index;
    const bits =
      ((bytes[index] ?? 0) << 16) | ((bytes[index + 1] ?? 0) << 8) | (bytes[index + 2] ?? 0);
    text += digits.charAt(bits >>> 18) + digits.charAt((bits >>> 12) & 63);
    text += left > 1 ? digits.charAt((bits >>> 6) & 63) : "=";
    text += left > 2 ? digits.charAt(bits & 63) : "=";
  }
  return text;
}
