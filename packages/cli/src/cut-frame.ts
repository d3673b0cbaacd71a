/**
 * Whether the last bytes of a cassette are an entry whose end is missing, as a killed process or a
 * full disk leaves it. A file that stops too early for the entry's length says nothing yet: the
 * length itself may be wrong, and what follows be whole entries that a repair must not drop.
 *
 * ```
 * u32 length | 01 05 u32 count | count x ( len+key, value )
 *                                             ^ a cut one ends in here, and before `length` does
 * ```
 */

const lengthSize = 4;
/** As deep as a document may be. */
const depthMax = 64;
const fixedSizes: readonly (number | undefined)[] = [0, 1];
const tags = { number: 2, string: 3, seq: 4, map: 5 } as const;

/** What a walk over the bytes that are there came to. */
type Walk = "cut" | "wrong" | number;

/** `tail`: everything from the first byte of the entry that could not be read to the file's end. */
export function isCutFrame(tail: Uint8Array): boolean {
  if (tail.length <= lengthSize) return true;
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  const end = lengthSize + view.getUint32(0, true);
  if (end <= tail.length) return false;
  if (view.getUint8(lengthSize) !== 1) return false;
  return walkValue({ view, end }, lengthSize + 1, 0) === "cut";
}

interface Frame {
  readonly view: DataView;
  /** Where the frame would end. */
  readonly end: number;
}

/** Where the value at `at` ends, if it is all there. */
function walkValue(frame: Frame, at: number, depth: number): Walk {
  const { view } = frame;
  if (depth > depthMax || at >= frame.end) return "wrong";
  if (at >= view.byteLength) return "cut";
  const tag = view.getUint8(at);
  const fixed = fixedSizes[tag];
  if (fixed !== undefined) return skip(frame, at + 1, fixed);
  if (tag === tags.number || tag === tags.string) return walkText(frame, at + 1);
  if (tag !== tags.seq && tag !== tags.map) return "wrong";
  const start = skip(frame, at + 1, 4);
  if (typeof start !== "number") return start;
  const count = view.getUint32(at + 1, true);
  let next: Walk = start;
  for (let index = 0; index < count && typeof next === "number"; index++) {
    if (tag === tags.map) next = walkText(frame, next);
    if (typeof next === "number") next = walkValue(frame, next, depth + 1);
  }
  return next;
}

function walkText(frame: Frame, at: number): Walk {
  const start = skip(frame, at, 4);
  return typeof start === "number" ? skip(frame, start, frame.view.getUint32(at, true)) : start;
}

function skip({ view, end }: Frame, at: number, size: number): Walk {
  if (size > end - at) return "wrong";
  return at + size > view.byteLength ? "cut" : at + size;
}
