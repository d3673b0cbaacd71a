/** Bytes: telling, comparing, joining. Integers are little-endian u32 throughout this package. */

/** Whether `value` is a Uint8Array, of this realm or another (a test runner has one of its own). */
export function isBytes(value: unknown): value is Uint8Array {
  return (
    ArrayBuffer.isView(value) &&
    (value instanceof Uint8Array || Object.prototype.toString.call(value) === "[object Uint8Array]")
  );
}

/** Unsigned, a proper prefix first. */
export function compareBytes(left: Uint8Array, right: Uint8Array): number {
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    // Both are within bounds: the casts hold.
    const difference = (left[index] as number) - (right[index] as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

export function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const part of parts) size += part.length;
  const bytes = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

/** Bytes, with what is under them at hand: to ask an array for its buffer costs more than a slice. */
export interface Source {
  readonly bytes: Uint8Array;
  /** Of all of `bytes`. */
  readonly view: DataView;
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
}

export function sourceOf(bytes: Uint8Array): Source {
  const { buffer, byteOffset, byteLength } = bytes;
  return { bytes, view: new DataView(buffer, byteOffset, byteLength), buffer, byteOffset };
}

/** The bytes `[start, end)` of the source: no copy. */
export function sliceOf({ buffer, byteOffset }: Source, start: number, end: number): Uint8Array {
  return new Uint8Array(buffer, byteOffset + start, end - start);
}

/** Copies `source` to `offset` and returns the offset after it. */
export function writeBytes(bytes: Uint8Array, offset: number, source: Uint8Array): number {
  const { length } = source;
  if (length > loopSizeMax) {
    bytes.set(source, offset);
  } else {
    // Within bounds: the cast holds.
    for (let index = 0; index < length; index++) bytes[offset + index] = source[index] as number;
  }
  return offset + length;
}

/** Up to this many bytes a loop beats `TypedArray.set`, whose call costs some 30 ns. */
const loopSizeMax = 48;
