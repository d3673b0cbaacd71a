/**
 * Which partition a key belongs to: Kafka's rule, so that a key lands where a Kafka client with as
 * many partitions would put it. From Kafka's `Utils.murmur2` and `BuiltInPartitioner
 * .partitionForKey`: MurmurHash2 with a fixed seed, the sign bit cleared, modulo the partitions.
 */

const multiplier = 0x5bd1e995;
const seed = 0x9747b28c;

/** MurmurHash2 of `bytes` as Kafka has it: a signed 32-bit number. */
export function murmur2(bytes: Uint8Array): number {
  const size = bytes.length;
  let hash = seed ^ size;
  let at = 0;
  for (; at + 4 <= size; at += 4) {
    let word =
      byteAt(bytes, at) |
      (byteAt(bytes, at + 1) << 8) |
      (byteAt(bytes, at + 2) << 16) |
      (byteAt(bytes, at + 3) << 24);
    word = Math.imul(word, multiplier);
    word ^= word >>> 24;
    hash = Math.imul(hash, multiplier) ^ Math.imul(word, multiplier);
  }
  const left = size - at;
  if (left >= 3) hash ^= byteAt(bytes, at + 2) << 16;
  if (left >= 2) hash ^= byteAt(bytes, at + 1) << 8;
  if (left >= 1) hash = Math.imul(hash ^ byteAt(bytes, at), multiplier);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, multiplier);
  return hash ^ (hash >>> 15);
}

/** The caller stays inside the array. */
function byteAt(bytes: Uint8Array, index: number): number {
  return bytes[index] as number;
}

/** The partition of a key, from 0. `key` is not empty: a message without a key has no such place. */
export function partitionOf(key: Uint8Array, partitions: number): number {
  return (murmur2(key) & 0x7fffffff) % partitions;
}
