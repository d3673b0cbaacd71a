/**
 * Goal: keys land where Kafka's Java client puts them.
 * Method: the vectors of Kafka's own UtilsTest.testMurmur2; every length of tail; the partition
 * worked out by hand from a vector.
 */
import { murmur2, partitionOf } from "@reprise/msg-core/driver";
import { expect, test } from "vitest";

const encoder = new TextEncoder();
const bytes = (text: string): Uint8Array => encoder.encode(text);

const vectors: readonly (readonly [string, number])[] = [
  ["21", -973932308],
  ["foobar", -790332482],
  ["a-little-bit-long-string", -985981536],
  ["a-little-bit-longer-string", -1486304829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971],
  ["abc", 479470107],
];

test.each(vectors)("murmur2 of %s is %i", (key, hash) => {
  expect(murmur2(bytes(key))).toBe(hash);
});

test("a view into a larger buffer hashes as its own bytes", () => {
  expect(murmur2(bytes("xxfoobarxx").subarray(2, 8))).toBe(-790332482);
});

test("bytes above 127 are taken without a sign", () => {
  // The last three bytes of a tail, and a whole word: Java masks each with 0xff.
  const hashes = [1, 2, 3, 4, 5].map((size) => murmur2(new Uint8Array(size).fill(0xff)));
  expect(new Set(hashes).size).toBe(5);
  for (const hash of hashes) expect(hash).toBe(hash | 0);
});

test("the partition is the hash without its sign bit, modulo the partitions", () => {
  // -973932308 & 0x7fffffff is 1173551340; 479470107 is positive.
  expect(partitionOf(bytes("21"), 7)).toBe(1173551340 % 7);
  expect(partitionOf(bytes("21"), 1)).toBe(0);
  expect(partitionOf(bytes("abc"), 1024)).toBe(479470107 % 1024);
});
