/**
 * Bytes in and out of a buffer: what every codec here is made of. Integers are little-endian u32.
 *
 * A result is carved from a chunk that many results share, because a typed array with memory of its
 * own costs several times what filling a small one does. The price: a result that is kept for ever
 * keeps its chunk (`chunkSize`) alive, as with Node's own buffer pool. Results that may be larger
 * than `carveSizeMax` get memory of their own.
 */

const chunkSize = 64 * 1024;
const carveSizeMax = 8 * 1024;
/** Up to this many bytes a loop beats `TypedArray.set`, whose call costs some 30 ns. */
const loopSizeMax = 48;

/** No bytes: shared. */
export const emptyBytes: Uint8Array = new Uint8Array(0);

/** Memory to write into, from `start` on. `carve` turns what was written into a result. */
export interface Space {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
}

let chunk = new Uint8Array(chunkSize);
let chunkView = new DataView(chunk.buffer);
let chunkUsed = 0;

/** Room for at most `sizeMax` bytes. No other `reserve` may come before its `carve`. */
export function reserve(sizeMax: number): Space {
  if (sizeMax > carveSizeMax) {
    const bytes = new Uint8Array(sizeMax);
    return { bytes, view: new DataView(bytes.buffer), start: 0 };
  }
  if (chunkUsed + sizeMax > chunkSize) {
    chunk = new Uint8Array(chunkSize);
    chunkView = new DataView(chunk.buffer);
    chunkUsed = 0;
  }
  return { bytes: chunk, view: chunkView, start: chunkUsed };
}

/** What was written from `space.start` up to `end`. Nobody else has a view of it. */
export function carve(space: Space, end: number): Uint8Array {
  const { bytes, start } = space;
  // Results begin on an 8-byte boundary, so that a caller may lay a wider view over one.
  if (bytes === chunk) chunkUsed = (end + 7) & ~7;
  return new Uint8Array(bytes.buffer, start, end - start);
}

let lastBuffer: ArrayBufferLike = chunk.buffer;
let lastView: DataView = chunkView;

/** A view of the whole buffer under `bytes`: mostly the same one as last time. */
export function viewUnder(bytes: Uint8Array): DataView {
  const { buffer } = bytes;
  if (buffer !== lastBuffer) {
    lastBuffer = buffer;
    lastView = new DataView(buffer);
  }
  return lastView;
}

/** Copies `source` to `offset` and returns the offset after it. */
export function writeBytes(bytes: Uint8Array, offset: number, source: Uint8Array): number {
  const length = source.length;
  if (length > loopSizeMax) {
    bytes.set(source, offset);
  } else {
    for (let index = 0; index < length; index++) bytes[offset + index] = source[index] as number;
  }
  return offset + length;
}

/** Writes `len+X` and returns the offset after it. */
export function writeField(space: Space, offset: number, source: Uint8Array): number {
  space.view.setUint32(offset, source.length, true);
  return writeBytes(space.bytes, offset + 4, source);
}

/**
 * The end of the `len+X` at `offset`: at most `limit`, or beyond it (Infinity) where it does not fit.
 * An `offset` beyond `limit` stays there, so that a run of fields needs one check, at its end.
 */
export function fieldEnd(view: DataView, offset: number, limit: number): number {
  if (limit - offset < 4) return Number.POSITIVE_INFINITY;
  const length = view.getUint32(offset, true);
  return length > limit - offset - 4 ? Number.POSITIVE_INFINITY : offset + 4 + length;
}

/** The bytes `[start, end)` of the buffer under `view`: no copy. */
export function sliceOf(view: DataView, start: number, end: number): Uint8Array {
  return start === end ? emptyBytes : new Uint8Array(view.buffer, start, end - start);
}

/** The offset of the first byte that differs (the shorter length, if one is a prefix), or -1. */
export function firstDifference(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    if (left[index] !== right[index]) return index;
  }
  return left.length === right.length ? -1 : length;
}
