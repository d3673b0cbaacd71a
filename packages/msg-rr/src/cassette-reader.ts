/**
 * Reading a cassette piece by piece, without holding it: bytes go in as they come, entries come out
 * when they are complete. What is kept between two pushes is the frame that is not complete yet, at
 * most `frameBytesMax` of it.
 *
 * It takes and refuses exactly what `decodeCassette` does, and with a checksum what loading does.
 */
import { MsgError } from "@reprise/msg-core";
import { type Source, sourceOf } from "./bytes.js";
import { type CassetteEntry, entryOf } from "./cassette-entry.js";
import { type Checksum, checkChecksum, entryChecksum } from "./checksum.js";
import { newEntryFields } from "./entry-fields.js";
import { scanEntry, truncated } from "./entry-scan.js";
import { createTriples } from "./triples.js";

export interface ReadEntry {
  /** From 0. */
  readonly index: number;
  /** The byte of the cassette at which its frame begins. */
  readonly offset: number;
  readonly entry: CassetteEntry;
}

/** How much of a cassette is complete. */
export interface CassetteExtent {
  /** Complete entries, and the bytes they take: what a repair keeps. */
  readonly entries: number;
  readonly bytes: number;
  /** Of those entries, how many carry a checksum. */
  readonly checksummed: number;
  /** The bytes behind them: a frame that was cut short. 0 if the cassette is whole. */
  readonly cutBytes: number;
}

export interface CassetteReaderOptions {
  /** Verifies every entry's checksum that carries one. Absent: none is. */
  readonly checksum?: Checksum;
  /** The longest frame, without its length field. Default 64 MiB. */
  readonly frameBytesMax?: number;
}

export interface CassetteReader {
  /**
   * The entries that are complete with `chunk`, in order. Their bytes may be views of `chunk`: it must
   * not be written to again. Throws CASSETTE_ENTRY_INVALID, CASSETTE_CHECKSUM, BUDGET_BYTES (a frame
   * longer than `frameBytesMax`, before any of it is kept); entries before the one that is wrong are
   * given first, and the error is thrown by the next call. Once thrown, it is thrown by every call.
   */
  push(chunk: Uint8Array): readonly ReadEntry[];
  /** There is no more. Throws what `push` throws, and CASSETTE_TRUNCATED where a frame is cut short. */
  end(): CassetteExtent;
  /** What is complete so far. Throws nothing. */
  extent(): CassetteExtent;
}

export const frameBytesMaxDefault: number = 64 * 1024 * 1024;

const lengthSize = 4;

export function createCassetteReader(options: CassetteReaderOptions = {}): CassetteReader {
  const { frameBytesMax = frameBytesMaxDefault, checksum } = options;
  const tail = createTail();
  const frames = createFrames(checksum);
  let failure: unknown;

  const checkLength = (length: number): void => {
    if (length <= frameBytesMax) return;
    const { entries, bytes } = frames;
    throw new MsgError(
      "BUDGET_BYTES",
      `cassette entry ${entries}, at byte ${bytes}: frame is ${length} bytes, at most ${frameBytesMax}`,
      { limit: frameBytesMax, actual: length, entry: entries, offset: bytes },
    );
  };

  /** Reads all that is complete and keeps what is not. */
  const take = (chunk: Uint8Array, read: ReadEntry[]): void => {
    let rest = chunk;
    while (tail.size() > 0 && rest.length > 0) {
      rest = rest.subarray(tail.fill(rest, lengthSize));
      const length = tail.length();
      if (length === undefined) return;
      checkLength(length);
      rest = rest.subarray(tail.fill(rest, lengthSize + length));
      if (tail.size() < lengthSize + length) return;
      // A frame is read from memory of its own: a view of it outlives the next push.
      frames.read(sourceOf(tail.taken()), 0, read);
    }
    if (rest.length === 0) return;
    const source = sourceOf(rest);
    let at = 0;
    while (rest.length - at >= lengthSize) {
      const length = source.view.getUint32(at, true);
      checkLength(length);
      if (rest.length - at - lengthSize < length) break;
      at = frames.read(source, at, read);
    }
    tail.fill(rest.subarray(at), rest.length - at);
  };

  const extent = (): CassetteExtent => {
    const { entries, bytes, checksummed } = frames;
    return { entries, bytes, checksummed, cutBytes: tail.size() };
  };

  return {
    push(chunk) {
      if (failure !== undefined) throw failure;
      const read: ReadEntry[] = [];
      try {
        take(chunk, read);
      } catch (error) {
        failure = error;
        if (read.length === 0) throw error;
      }
      return read;
    },
    end() {
      if (failure !== undefined) throw failure;
      if (tail.size() === 0) return extent();
      throw cutShort(tail, frames);
    },
    extent,
  };
}

function cutShort(tail: Tail, { entries, bytes }: Frames): MsgError {
  const length = tail.length();
  const there =
    length === undefined
      ? `${tail.size()} of the ${lengthSize} length bytes are there`
      : `${tail.size() - lengthSize} of its ${length} bytes are there`;
  return truncated({ at: bytes, entry: entries, base: 0 }, there);
}

interface Frames {
  readonly entries: number;
  readonly bytes: number;
  readonly checksummed: number;
  /** Adds the entry whose frame, which is complete, begins at `at`; says where the next one begins. */
  read(source: Source, at: number, read: ReadEntry[]): number;
}

function createFrames(checksum: Checksum | undefined): Frames {
  const fields = newEntryFields();
  const triples = createTriples((triple) => triple);
  const place = { at: 0, entry: 0, base: 0 };
  let last = 0;
  const frames = {
    entries: 0,
    bytes: 0,
    checksummed: 0,
    read(source: Source, at: number, read: ReadEntry[]): number {
      place.at = at;
      place.entry = frames.entries;
      place.base = frames.bytes - at;
      const next = scanEntry(source.view, place, fields);
      if (fields.checksumAt >= 0) {
        if (checksum !== undefined) {
          const { buffer, byteOffset, view } = source;
          const computed = entryChecksum({ buffer, byteOffset, checksum }, fields, last);
          checkChecksum(place, { stored: view.getUint32(fields.checksumAt, true), computed });
          last = computed;
        }
        frames.checksummed += 1;
      }
      const entry = entryOf(source, fields, triples.of(source, fields, place));
      read.push({ index: frames.entries, offset: frames.bytes, entry });
      frames.entries += 1;
      frames.bytes += next - at;
      return next;
    },
  };
  return frames;
}

/** The beginning of a frame whose end has not come yet. */
interface Tail {
  size(): number;
  /** Adds the first bytes of `more`, until there are `wanted`; says how many it took. */
  fill(more: Uint8Array, wanted: number): number;
  /** What the frame's length field says; undefined while that is not there. */
  length(): number | undefined;
  /** All of it; the tail is empty then. */
  taken(): Uint8Array;
}

function createTail(): Tail {
  let bytes = new Uint8Array(0);
  let size = 0;
  return {
    size: () => size,
    fill(more, wanted) {
      const count = Math.max(0, Math.min(more.length, wanted - size));
      if (size + count > bytes.length) {
        // Doubled, not as long as the frame says it is: it may lie, and nothing comes.
        const grown = new Uint8Array(Math.min(wanted, Math.max(64, 2 * (size + count))));
        grown.set(bytes.subarray(0, size));
        bytes = grown;
      }
      bytes.set(more.subarray(0, count), size);
      size += count;
      return count;
    },
    length: () =>
      size < lengthSize
        ? undefined
        : new DataView(bytes.buffer, bytes.byteOffset, lengthSize).getUint32(0, true),
    taken() {
      const taken = bytes.subarray(0, size);
      bytes = new Uint8Array(0);
      size = 0;
      return taken;
    },
  };
}

/**
 * How much of these bytes is complete: what a repair would keep. A last frame that is cut short is
 * counted, not refused. Throws CASSETTE_ENTRY_INVALID where anything before it is wrong.
 */
export function cassetteExtent(bytes: Uint8Array): CassetteExtent {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = newEntryFields();
  const triples = createTriples((triple) => triple);
  const source = sourceOf(bytes);
  const place = { at: 0, entry: 0, base: 0 };
  let checksummed = 0;
  while (isComplete(view, place.at)) {
    const next = scanEntry(view, place, fields);
    triples.of(source, fields, place);
    if (fields.checksumAt >= 0) checksummed += 1;
    place.at = next;
    place.entry += 1;
  }
  const { at, entry } = place;
  return { entries: entry, bytes: at, checksummed, cutBytes: bytes.length - at };
}

function isComplete(view: DataView, at: number): boolean {
  const left = view.byteLength - at;
  return left >= lengthSize && view.getUint32(at, true) <= left - lengthSize;
}
