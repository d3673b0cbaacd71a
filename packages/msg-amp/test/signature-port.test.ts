/**
 * Goal: both signature ports compute what the RFCs say, and give the same verdict on what is hostile.
 * Method: the published vectors, signed and verified; every bit of a signature flipped; signatures that
 * implementations are known to judge differently, made with the curve's own arithmetic.
 */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { nobleSignatures } from "@reprise/msg-amp";
import { nodeSignatures } from "@reprise/msg-amp/os";
import { describe, expect, test } from "vitest";
import { bytesOf, hexOf } from "../../../tools/testing/hex.ts";
import { isStrictPoint, isStrictSignature } from "../src/ed25519-rules.ts";
import { isPublicKey, publicKeyOf } from "../src/noble-signatures.ts";
import { ed25519Vectors, hmacVectors } from "./rfc-vectors.ts";
import { seed } from "./samples.ts";

const { Point } = ed25519;
const orderOf8 = Point.fromHex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a");
const order = 2n ** 252n + 27742317777372353535851937790883648493n;

describe.each([
  ["noble", nobleSignatures],
  ["node", nodeSignatures],
])("%s", (_, port) => {
  test.each(ed25519Vectors)("RFC 8032, 7.1, $name", (vector) => {
    const { publicKey, message, signature } = vector;
    const bytes = bytesOf(message);
    expect(hexOf(port.ed25519Signer(bytesOf(vector.seed))(bytes))).toBe(hexOf(bytesOf(signature)));
    expect(hexOf(publicKeyOf(bytesOf(vector.seed)))).toBe(publicKey);
    const verify = port.ed25519Verifier(bytesOf(publicKey));
    expect(isPublicKey(bytesOf(publicKey))).toBe(true);
    expect(isStrictSignature(bytesOf(signature))).toBe(true);
    expect(verify(bytes, bytesOf(signature))).toBe(true);
    expect(verify(Uint8Array.of(...bytes, 0), bytesOf(signature))).toBe(false);
  });

  test.each(hmacVectors)("$name", ({ secret, data, tag }) => {
    expect(hexOf(port.hmacSha256(bytesOf(secret))(bytesOf(data)))).toBe(tag);
  });

  test("results are plain bytes", () => {
    for (const bytes of [port.hmacSha256(seed)(seed), port.ed25519Signer(seed)(seed)]) {
      expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype);
    }
  });

  test("R with a part of small order is not signed by the key, though the cofactor would hide it", () => {
    const signature = signatureWithTorsion();
    const publicKey = publicKeyOf(seed);
    expect(isStrictSignature(signature)).toBe(true);
    expect(ed25519.verify(signature, seed, publicKey, { zip215: false })).toBe(true);
    expect(port.ed25519Verifier(publicKey)(seed, signature)).toBe(false);
  });
});

test("both ports verify what the other signs", () => {
  const publicKey = publicKeyOf(seed);
  const [one, other] = [nobleSignatures, nodeSignatures];
  expect(one.ed25519Signer(seed)(seed)).toEqual(other.ed25519Signer(seed)(seed));
  expect(one.ed25519Verifier(publicKey)(seed, other.ed25519Signer(seed)(seed))).toBe(true);
});

describe("what is refused before anything is computed", () => {
  const { signature: hex } = ed25519Vectors[0] as (typeof ed25519Vectors)[0];
  const signature = bytesOf(hex);
  const withS = (s: bigint): Uint8Array => Uint8Array.of(...signature.subarray(0, 32), ...le(s));
  const s = numberOf(signature.subarray(32));

  test("S of L and beyond", () => {
    expect(isStrictSignature(withS(order - 1n))).toBe(true);
    for (const wrong of [order, order + 1n, s + order, 2n ** 256n - 1n]) {
      expect(isStrictSignature(withS(wrong))).toBe(false);
    }
  });

  test("lengths", () => {
    for (const size of [0, 63, 65]) expect(isStrictSignature(new Uint8Array(size))).toBe(false);
    for (const size of [0, 31, 33]) expect(isStrictPoint(new Uint8Array(size).fill(3))).toBe(false);
  });

  test("the eight points of small order, either sign", () => {
    for (let times = 0n; times < 8n; times++) {
      const point = Point.ZERO.add(times === 0n ? Point.ZERO : orderOf8.multiplyUnsafe(times));
      const bytes = point.toBytes();
      expect(point.isSmallOrder()).toBe(true);
      expect(isStrictPoint(bytes)).toBe(false);
      bytes[31] = (bytes[31] ?? 0) ^ 0x80;
      expect(isStrictPoint(bytes)).toBe(false);
      expect(isStrictSignature(Uint8Array.of(...bytes, ...new Uint8Array(32)))).toBe(false);
    }
  });

  test("y of p and beyond, either sign", () => {
    const p = 2n ** 255n - 19n;
    for (let y = p; y < 2n ** 255n; y++) {
      expect(isStrictPoint(le(y))).toBe(false);
      expect(isStrictPoint(le(y + 2n ** 255n))).toBe(false);
    }
    expect(isStrictPoint(le(p - 2n))).toBe(true);
  });

  test("keys that are no point, or not of prime order", () => {
    expect(isPublicKey(le(2n))).toBe(false);
    const mixed = Point.BASE.add(orderOf8).toBytes();
    expect(isStrictPoint(mixed)).toBe(true);
    expect(isPublicKey(mixed)).toBe(false);
    expect(isPublicKey(Point.BASE.toBytes())).toBe(true);
  });
});

/** R = rB + T, S = r + ka, made by who has the key: right but for T. */
function signatureWithTorsion(): Uint8Array {
  const { scalar } = ed25519.utils.getExtendedPublicKey(seed);
  const r = 12345n;
  const pointR = Point.BASE.multiply(r).add(orderOf8).toBytes();
  const k = numberOf(sha512(Uint8Array.of(...pointR, ...publicKeyOf(seed), ...seed))) % order;
  return Uint8Array.of(...pointR, ...le((r + k * scalar) % order));
}

function le(number: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, at) => Number((number >> BigInt(8 * at)) & 255n));
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((number, byte) => number * 256n + BigInt(byte), 0n);
}
