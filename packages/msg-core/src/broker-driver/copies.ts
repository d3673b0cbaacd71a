/**
 * Copies of messages, carved from chunks that many of them share: a typed array with memory of its
 * own costs several times what filling a small one does. The price: a delivery that is kept keeps
 * its chunk.
 */

const chunkSize = 64 * 1024;
/** A larger message gets memory of its own. */
const carveSizeMax = 8 * 1024;

export type Copy = (bytes: Uint8Array) => Uint8Array;

export function createCopies(): Copy {
  let chunk = new Uint8Array(0);
  let used = 0;
  return (bytes) => {
    const size = bytes.length;
    // A Buffer has a `slice` of its own, which copies nothing.
    if (size > carveSizeMax) return Uint8Array.prototype.slice.call(bytes);
    if (used + size > chunk.length) {
      chunk = new Uint8Array(chunkSize);
      used = 0;
    }
    const start = used;
    chunk.set(bytes, start);
    // Copies begin on an 8-byte boundary, so that a handler may lay a wider view over one.
    used = (start + size + 7) & ~7;
    return chunk.subarray(start, start + size);
  };
}
