/**
 * Bytes in and out of a buffer: what every codec here is made of. Integers are little-endian u32.
 *
 * A result is carved from a chunk that many results share, because a typed array with memory of its
 * own costs several times what filling a small one does. The price: a result that is kept for ever
 * keeps its chunk (`chunkSize`) alive, as with Node's own buffer pool. Results that may be larger
 * than `carveSizeMax` get memory of their own.
 */

const chunkSize = 64 * 1024;
/** At 10 kB, carving wins a tenth over memory of its own; at 20 kB nothing. */
export const carveSizeMax: number = 8 * 1024;
/** Up to this many bytes a loop beats `TypedArray.set`, whose call costs some 30 ns. */
const loopSizeMax = 48;

/** No bytes: shared. */
const emptyBytes: Uint8Array = new Uint8Array(0);

/** Whether `value` is a Uint8Array, of this realm or another. Buffers are. */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) &&
    (value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]")
  );
}

/** Memory to write into, from `start` on. `carve` turns what was written into a result. */
export interface Space {
  readonly bytes: Uint8Array;
  /** Of all of `bytes`, which is all of `buffer`: to ask an array for its buffer takes a call. */
  readonly view: DataView;
  readonly buffer: ArrayBuffer;
  readonly start: number;
}

interface Chunk extends Space {
  start: number;
}

let chunk: Chunk = createSpace(chunkSize);

function createSpace(size: number): Chunk {
  const bytes = new Uint8Array(size);
  const { buffer } = bytes;
  return { bytes, view: new DataView(buffer), buffer, start: 0 };
}

/** Room for at most `sizeMax` bytes. No other `reserve` may come before its `carve`. */
export function reserve(sizeMax: number): Space {
  if (sizeMax > carveSizeMax) return createSpace(sizeMax);
  // Its length, not `chunkSize`: none is left of a chunk that somebody transferred to a worker.
  if (chunk.start + sizeMax > chunk.bytes.length) chunk = createSpace(chunkSize);
  return chunk;
}

/** What was written from `space.start` up to `end`. Nobody else has a view of it. */
export function carve(space: Space, end: number): Uint8Array {
  const { buffer, start } = space;
  // Results begin on an 8-byte boundary, so that a caller may lay a wider view over one.
  if (space === chunk) chunk.start = (end + 7) & ~7;
  return new Uint8Array(buffer, start, end - start);
}

/** A buffer up to this size may be kept alive until the next one is read. */
const keptSizeMax = 1024 * 1024;

let lastBuffer: ArrayBufferLike = chunk.buffer;
let lastView: DataView = chunk.view;
/** Views of larger buffers, for as long as the buffers live. */
const largeViews = new WeakMap<ArrayBufferLike, DataView>();

/** A view of all of `buffer`, which is mostly the one of last time. It must not be detached. */
export function viewUnder(buffer: ArrayBufferLike): DataView {
  return buffer === lastBuffer ? lastView : otherView(buffer);
}

function otherView(buffer: ArrayBufferLike): DataView {
  if (buffer.byteLength <= keptSizeMax) {
    lastBuffer = buffer;
    lastView = new DataView(buffer);
    return lastView;
  }
  const known = largeViews.get(buffer);
  if (known !== undefined) return known;
  const view = new DataView(buffer);
  largeViews.set(buffer, view);
  return view;
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
 * The end of the `len+X` at `offset`: at most `limit`, or `limit + 1` where it does not fit. An
 * `offset` beyond `limit` stays there, so that a run of fields needs one check, at its end.
 */
export function fieldEnd(view: DataView, offset: number, limit: number): number {
  const room = limit - offset - 4;
  if (room < 0) return limit + 1;
  const length = view.getUint32(offset, true);
  return length > room ? limit + 1 : offset + 4 + length;
}

/** The bytes `[start, end)` of `buffer`: no copy. */
export function sliceOf(buffer: ArrayBufferLike, start: number, end: number): Uint8Array {
  return start === end ? emptyBytes : new Uint8Array(buffer, start, end - start);
}

/** The offset of the first byte that differs (the shorter length, if one is a prefix), or -1. */
export function firstDifference(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    if (left[index] !== right[index]) return index;
  }
  return left.length === right.length ? -1 : length;
}
