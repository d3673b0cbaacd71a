/**
 * Signatures by the noble libraries: audited, in plain JavaScript, with no operating system beneath.
 * One call draws randomness, signing with Ed25519, which blinds its scalar: inside a solve world the
 * guard refuses it. Verifying and HMAC run in any world.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { isStrictPoint } from "./ed25519-rules.js";
import type { SignaturePort } from "./signature-port.js";

const { Point } = ed25519;
const strictly = { zip215: false } as const;

export const nobleSignatures: SignaturePort = {
  hmacSha256: (secret) => (bytes) => hmac(sha256, secret, bytes),
  ed25519Signer: (seed) => (bytes) => ed25519.sign(bytes, seed),
  ed25519Verifier: (publicKey) => (bytes, signature) =>
    ed25519.verify(signature, bytes, publicKey, strictly) &&
    // Noble multiplies by the cofactor, which hides a part of small order in R; node does not.
    isOfPrimeOrder(signature.subarray(0, 32)),
};

export function publicKeyOf(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

/** Whether these 32 bytes are a point that a signer's key can be: of prime order, spelt as RFC 8032 has it. */
export function isPublicKey(bytes: Uint8Array): boolean {
  return isStrictPoint(bytes) && isOfPrimeOrder(bytes);
}

function isOfPrimeOrder(bytes: Uint8Array): boolean {
  try {
    return Point.fromBytes(bytes).isTorsionFree();
  } catch {
    return false;
  }
}
