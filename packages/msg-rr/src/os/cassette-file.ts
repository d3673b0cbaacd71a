/**
 * A cassette in a file under `.x07_rr/`.
 *
 * An append is one synchronous write: when it returns, the bytes are the kernel's, so a process that
 * is killed afterwards leaves them in the file, and at most its last frame cut short. (They are not
 * forced to the disk: a machine that loses power may lose them.) A cassette that is replaced is
 * written beside and renamed, so that there is never half a new one in place of the old.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { MsgError } from "@reprise/msg-core";
import { checkCassettePath } from "../cassette-path.js";
import type { CassetteStore } from "../cassette-store.js";

/** The folder that all cassettes are under. */
export const cassetteFolder = ".x07_rr";

/** The file of the cassette `path` below `root`. Throws CASSETTE_PATH, also for a link that leads out. */
export function cassetteFilePath(root: string, path: string): string {
  checkCassettePath(path);
  const folder = resolve(root, cassetteFolder);
  const file = join(folder, path);
  const inside = existingPart(file, folder);
  if (inside !== undefined && inside !== existingRoot(folder)) {
    const top = `${existingRoot(folder)}${sep}`;
    if (!inside.startsWith(top)) {
      const message = `cassette path ${JSON.stringify(path)} is a link that leaves ${cassetteFolder}`;
      throw new MsgError("CASSETTE_PATH", message);
    }
  }
  return file;
}

function existingRoot(folder: string): string {
  return realOf(folder) ?? folder;
}

/** The real path of `file`, or of the nearest folder above it that exists, down to `folder`. */
function existingPart(file: string, folder: string): string | undefined {
  for (let at = file; at.length >= folder.length; at = dirname(at)) {
    const real = realOf(at);
    if (real !== undefined) return real;
  }
  return undefined;
}

function realOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** The cassette `path` below `root`/.x07_rr. Its folder is made when something is first written. */
export function openCassetteFile(root: string, path: string): CassetteStore {
  const file = cassetteFilePath(root, path);
  const name = join(cassetteFolder, path);
  let descriptor: number | undefined;

  return {
    name,
    load: (bytesMax) => readWhole(file, name, bytesMax),
    append(bytes) {
      guard(name, () => {
        descriptor ??= openForAppend(file);
        writeAll(descriptor, bytes);
      });
    },
    replace(bytes) {
      guard(name, () => {
        mkdirSync(dirname(file), { recursive: true });
        // The process's own name for it: two that replace one cassette do not write into each other.
        const beside = `${file}.${process.pid}.partial`;
        const fresh = openSync(beside, "w");
        writeAll(fresh, bytes);
        renameSync(beside, file);
        if (descriptor !== undefined) closeSync(descriptor);
        descriptor = fresh;
      });
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** Keeps the first `size` bytes of the cassette: what `reprise cassette repair` does. */
export function truncateCassetteFile(root: string, path: string, size: number): void {
  const file = cassetteFilePath(root, path);
  guard(join(cassetteFolder, path), () => {
    const descriptor = openSync(file, "r+");
    try {
      ftruncateSync(descriptor, size);
    } finally {
      closeSync(descriptor);
    }
  });
}

function openForAppend(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, "a");
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written);
  }
}

function readWhole(file: string, name: string, bytesMax: number): Uint8Array | undefined {
  return guard(name, () => {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return undefined;
    if (!found.isFile()) throw unavailable(name, "it is no regular file", undefined);
    const descriptor = openSync(file, "r");
    try {
      const { size } = fstatSync(descriptor);
      if (size > bytesMax) {
        const message = `cassette ${name} is ${size} bytes, at most ${bytesMax} by the policy's budget`;
        throw new MsgError("BUDGET_BYTES", message, { limit: bytesMax, actual: size });
      }
      const bytes = new Uint8Array(size);
      let read = 0;
      while (read < size) {
        const count = readSync(descriptor, bytes, read, size - read, read);
        if (count === 0) break;
        read += count;
      }
      return bytes.subarray(0, read);
    } finally {
      closeSync(descriptor);
    }
  });
}

/** Every failure of the file system is CASSETTE_UNAVAILABLE, its cause kept. */
function guard<Result>(name: string, work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    if (MsgError.is(cause)) throw cause;
    throw unavailable(name, cause instanceof Error ? cause.message : String(cause), cause);
  }
}

function unavailable(name: string, problem: string, cause: unknown): MsgError {
  return new MsgError("CASSETTE_UNAVAILABLE", `cassette ${name}: ${problem}`, { cause });
}
