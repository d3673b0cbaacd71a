/**
 * What an Ed25519 signature and key must be before anything is computed, so that every implementation
 * gives the same verdict (RFC 8032, section 5.1; "Taming the many EdDSAs", Chalkias et al. 2020).
 *
 * ```
 *  key, and R    32 bytes, little-endian: y in 255 bits, the sign of x in the last one
 *  signature     R, then S in 32 bytes, little-endian
 * ```
 *
 * Implementations differ in what they do with points of small order, with y not below p, and with points
 * that have a part of small order. Honest signers make none of these. A key is refused once, when it is
 * given; a signature whenever it is seen.
 */

const keySize = 32;
const signatureSize = 64;

/** p = 2^255 - 19, little-endian. RFC 8032, section 5.1. */
const fieldPrime = constant("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");
/** L = 2^252 + 27742317777372353535851937790883648493, little-endian. RFC 8032, section 5.1. */
const groupOrder = constant("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
/** y of the eight points of small order, each below p: of order 1, 2, 4 and twice 8. */
const smallOrderYs = [
  "0100000000000000000000000000000000000000000000000000000000000000",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "0000000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
].map(constant);

/** Of a public key, or of R: 32 bytes, y below p, and not of small order. Not whether it is a point. */
export function isStrictPoint(bytes: Uint8Array): boolean {
  if (bytes.length !== keySize) return false;
  const y = Uint8Array.from(bytes);
  y[31] = (y[31] ?? 0) & 0x7f;
  return isBelow(y, fieldPrime) && !smallOrderYs.some((small) => isSame(y, small));
}

/** 64 bytes, a strict R, and S below L. */
export function isStrictSignature(bytes: Uint8Array): boolean {
  if (bytes.length !== signatureSize) return false;
  return isStrictPoint(bytes.subarray(0, 32)) && isBelow(bytes.subarray(32), groupOrder);
}

function isBelow(number: Uint8Array, limit: Uint8Array): boolean {
  for (let at = keySize - 1; at >= 0; at--) {
    const difference = (number[at] ?? 0) - (limit[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  return left.every((byte, at) => byte === right[at]);
}

function constant(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
