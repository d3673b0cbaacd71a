/**
 * Frames as a session writes them: each with the checksum that goes on from the entry before. A run
 * of frames is put together in one piece of memory, which is used again for the next run.
 */
import { type Checksum, entryChecksum } from "./checksum.js";
import { type FramePlan, writeFrame } from "./entry-frame.js";

export interface SealedRun {
  /** Adds a frame behind the ones that are there; gives its checksum, which continues `previous`. */
  add(plan: FramePlan, previous: number): number;
  /** The run so far. It is overwritten after `clear`. */
  bytes(): Uint8Array;
  clear(): void;
}

const sizeMin = 4096;
/** A larger run's memory is given back. */
const keptSizeMax = 1024 * 1024;
/** "crc" with its length, and the tag and length of its value. */
const checksumHeadSize = 12;
const frameHeadSize = 10;

export function createSealedRun(checksum: Checksum): SealedRun {
  let space = spaceOf(sizeMin);
  let size = 0;

  const makeRoom = (needed: number): void => {
    if (needed <= space.bytes.length) return;
    const larger = spaceOf(Math.max(needed, 2 * space.bytes.length));
    larger.bytes.set(space.bytes.subarray(0, size));
    space = larger;
  };

  return {
    add(plan, previous) {
      const start = size;
      const frameEnd = start + plan.size;
      makeRoom(frameEnd);
      const checksumKeyAt = writeFrame(space, start, plan);
      const checksumAt = checksumKeyAt + checksumHeadSize;
      const places = { mapStart: start + frameHeadSize, checksumKeyAt, checksumAt, frameEnd };
      const { buffer } = space;
      const sum = entryChecksum({ buffer, byteOffset: 0, checksum }, places, previous);
      space.view.setUint32(checksumAt, sum, true);
      size = frameEnd;
      return sum;
    },
    bytes: () => new Uint8Array(space.buffer, 0, size),
    clear() {
      size = 0;
      if (space.bytes.length > keptSizeMax) space = spaceOf(sizeMin);
    },
  };
}

interface RunSpace {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly buffer: ArrayBuffer;
}

function spaceOf(size: number): RunSpace {
  const buffer = new ArrayBuffer(size);
  return { bytes: new Uint8Array(buffer), view: new DataView(buffer), buffer };
}
