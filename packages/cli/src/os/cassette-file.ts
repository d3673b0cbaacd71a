/** A cassette's bytes, a piece at a time: a file of any size takes the memory of one piece. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { MsgError } from "@reprise/msg-core";
import { createCassetteReader } from "@reprise/msg-rr";
import type { PlacedEntry } from "../entry-facts.js";
import { checkFirstBytes, tellingSize } from "../foreign-file.js";
import { type CassetteLocation, unavailable } from "./cassette-location.js";

const pieceSize = 65_536;

export interface CassetteFile {
  readonly shown: string;
  readonly path: string;
  /** Bytes; 0 for what is no regular file, such as a pipe. */
  readonly size: number;
  readonly regular: boolean;
  readonly handle: FileHandle;
}

/** Opens the cassette for `body`, and closes it. Rejects with FILE_UNAVAILABLE and what `body` does. */
export async function withCassetteFile<Result>(
  { path, shown }: CassetteLocation,
  access: "read" | "write",
  body: (file: CassetteFile) => Promise<Result>,
): Promise<Result> {
  const flags = access === "read" ? constants.O_RDONLY : constants.O_RDWR;
  const handle = await open(path, flags).catch((cause: unknown) => {
    throw unavailable(shown, cause);
  });
  try {
    const found = await handle.stat();
    const regular = found.isFile();
    return await body({ shown, path, handle, regular, size: regular ? found.size : 0 });
  } catch (error) {
    throw withPath(error, shown);
  } finally {
    await handle.close();
  }
}

/**
 * The file's pieces, in order, as far as it went when it was opened; each is its reader's to keep.
 * Throws FILE_UNAVAILABLE, and NOT_A_CASSETTE before the first piece is given.
 */
async function* piecesOf(file: CassetteFile): AsyncGenerator<Uint8Array> {
  const { handle, shown, regular, size } = file;
  for (let read = 0; !regular || read < size; ) {
    const wanted = regular ? Math.min(pieceSize, size - read) : pieceSize;
    const piece = new Uint8Array(wanted);
    const { bytesRead } = await handle.read(piece, 0, wanted, null).catch((cause: unknown) => {
      throw unavailable(shown, cause);
    });
    if (bytesRead === 0) return;
    const got = piece.subarray(0, bytesRead);
    if (read === 0) checkFirstBytes(shown, got.subarray(0, tellingSize));
    read += bytesRead;
    yield got;
  }
}

/** The entries that are complete with each piece, and how much has been read. Throws as a reader does. */
export async function* entriesOf(
  file: CassetteFile,
): AsyncGenerator<{ readonly entries: readonly PlacedEntry[]; readonly bytes: number }> {
  const reader = createCassetteReader({ checksum: crc32 });
  let bytes = 0;
  for await (const piece of piecesOf(file)) {
    bytes += piece.length;
    const read = reader.push(piece);
    const end = reader.extent().bytes;
    const entries = read.map(({ index, offset, entry }, at) => {
      const next = read[at + 1]?.offset ?? end;
      return { index, offset, size: next - offset, entry };
    });
    yield { entries, bytes };
  }
  reader.end();
}

/** What reading the bytes throws says at which byte; here it learns of which file. */
function withPath(error: unknown, shown: string): unknown {
  if (!MsgError.is(error)) return error;
  return new MsgError(error.code, `${shown}: ${error.message}`, { ...error.details, cause: error });
}
