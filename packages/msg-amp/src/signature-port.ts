/**
 * Who computes: noble in the pure world (`noble-signatures.ts`, the default), node's crypto outside of it
 * (`os/node-signatures.ts`), ten to twenty times as fast. Keys are prepared once.
 */

export interface SignaturePort {
  /** HMAC-SHA-256 (RFC 2104) under `secret`: 32 bytes for any bytes. */
  hmacSha256(secret: Uint8Array): (bytes: Uint8Array) => Uint8Array;
  /** Ed25519 (RFC 8032, neither ctx nor ph) under a seed of 32 bytes: 64 bytes for any bytes. */
  ed25519Signer(seed: Uint8Array): (bytes: Uint8Array) => Uint8Array;
  /**
   * `publicKey` and `signature` have passed ed25519-rules.ts, and the key is a point of prime order. The
   * check is the one without the cofactor: `R` is `SB - kA`, to the byte.
   */
  ed25519Verifier(publicKey: Uint8Array): (bytes: Uint8Array, signature: Uint8Array) => boolean;
}
