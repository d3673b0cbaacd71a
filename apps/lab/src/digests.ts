/** SHA-256 as the lab uses it: of a text, and chained over many bytes. */
import { sha256 } from "@noble/hashes/sha2.js";
// arch-allow E_ARCH_WORLD_CAPABILITY: hexadecimal only; what else is in there is not taken
import { bytesToHex } from "@noble/hashes/utils.js";

const encoder = new TextEncoder();

/** What a chain begins with: 32 bytes of zero. */
export const chainStart: Uint8Array = new Uint8Array(32);

/** The chain with `bytes` at its end: 32 bytes that change with any byte, and with the order. */
export function chained(chain: Uint8Array, bytes: Uint8Array): Uint8Array {
  return sha256.create().update(chain).update(bytes).digest();
}

/** 32 bytes. */
export function digestOf(text: string): Uint8Array {
  return sha256(encoder.encode(text));
}

export function hexOf(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}
