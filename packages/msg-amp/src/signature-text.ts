/**
 * What `sig` looks like:
 *
 * ```
 *  hmac-sha256:<64 hexadecimal digits>
 *  <64 hexadecimal digits>                     read as the first; other writers leave the name out
 *  ed25519:<key id>:<86 characters>            base64url (RFC 4648, section 5) of 64 bytes, no padding
 *  key id: 1 to 128 of A-Z a-z 0-9 . _ -
 * ```
 *
 * One signature has one spelling, or a message could be changed and still verify: hexadecimal is
 * lower-case, and the four bits that 86 characters have beyond 64 bytes are zero.
 */

export type AmpScheme = "hmac-sha256" | "ed25519";

export type ParsedSignature =
  | { readonly scheme: "hmac-sha256"; readonly bytes: Uint8Array }
  | { readonly scheme: "ed25519"; readonly keyId: string; readonly bytes: Uint8Array }
  | { readonly scheme: "none"; readonly problem: string };

export const keyIdForm: RegExp = /^[A-Za-z0-9._-]{1,128}$/;

const hmacForm = /^(?:hmac-sha256:)?([0-9a-f]{64})$/;
const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const signatureSize = 64;
const signatureLength = 86;

export function parseSignature(text: string): ParsedSignature {
  const hex = hmacForm.exec(text)?.[1];
  if (hex !== undefined) return { scheme: "hmac-sha256", bytes: decodeHex(hex) };
  const [scheme, keyId = "", encoded = "", ...more] = text.split(":");
  if (scheme === "hmac-sha256" || /^[0-9A-Fa-f]{64}$/.test(text)) {
    return refused("expected 64 lower-case hexadecimal digits of HMAC-SHA-256");
  }
  if (scheme !== "ed25519") return refused("expected hmac-sha256:... or ed25519:...");
  if (!keyIdForm.test(keyId)) return refused("expected a key id of 1 to 128 of A-Z a-z 0-9 . _ -");
  const bytes = more.length > 0 ? undefined : decodeBase64url(encoded);
  if (bytes === undefined) {
    return refused(`expected ${signatureLength} characters of base64url, the last bits zero`);
  }
  return { scheme, keyId, bytes };
}

export function hmacText(tag: Uint8Array): string {
  return `hmac-sha256:${encodeHex(tag)}`;
}

/** `signature`: 64 bytes. */
export function ed25519Text(keyId: string, signature: Uint8Array): string {
  return `ed25519:${keyId}:${encodeBase64url(signature)}`;
}

function refused(problem: string): ParsedSignature {
  return { scheme: "none", problem };
}

function encodeHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function decodeHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function encodeBase64url(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += alphabet[(held >> bits) & 63];
    }
    held &= (1 << bits) - 1;
  }
  return bits === 0 ? text : text + alphabet[(held << (6 - bits)) & 63];
}

/** undefined unless `text` is the one spelling of 64 bytes. */
function decodeBase64url(text: string): Uint8Array | undefined {
  if (text.length !== signatureLength) return undefined;
  const bytes = new Uint8Array(signatureSize);
  let at = 0;
  let bits = 0;
  let held = 0;
  for (const character of text) {
    const value = alphabet.indexOf(character);
    if (value < 0) return undefined;
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = held >> bits;
    held &= (1 << bits) - 1;
  }
  return held === 0 ? bytes : undefined;
}
