/**
 * A cassette in a file under `.x07_rr/`.
 *
 * An append is one synchronous write: when it returns, the bytes are the kernel's, so a process that
 * is killed afterwards leaves them in the file, and at most its last frame cut short. (They are not
 * forced to the disk: a machine that loses power may lose them.) An append that fails half way, as on
 * a full disk, is taken back. A cassette that is replaced is written beside and renamed, so that there
 * is never half a new one in place of the old.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { MsgError } from "@reprise/msg-core";
import { cassetteBytesMax } from "../budgets.js";
import type { CassetteStore } from "../cassette-store.js";
import { cassetteFilePath, cassetteName } from "./cassette-location.js";

/** One call of the system reads or writes at most this much: more than 2 GiB it cannot. */
const transferMax = 1024 * 1024 * 1024;

/** The cassette `path` below `root`/.x07_rr. Its folder is made when something is first written. */
export function openCassetteFile(root: string, path: string): CassetteStore {
  const file = cassetteFilePath(root, path);
  const name = cassetteName(path);
  let descriptor: number | undefined;
  /** Set where half a frame could not be taken back: nothing may follow it. */
  let damage: MsgError | undefined;

  return {
    name,
    load: (bytesMax) => guard(name, () => readWhole(file, name, bytesMax)),
    append(bytes) {
      if (damage !== undefined) throw damage;
      guard(name, () => {
        descriptor ??= openForAppend(file);
        const progress = { written: 0 };
        try {
          writeAll(descriptor, bytes, progress);
        } catch (cause) {
          damage = takenBack(name, descriptor, progress.written);
          throw cause;
        }
      });
    },
    replace(bytes) {
      guard(name, () => {
        const fresh = replaced(file, bytes);
        if (descriptor !== undefined) closeSync(descriptor);
        descriptor = fresh;
        damage = undefined;
      });
    },
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

function openForAppend(file: string): number {
  mkdirSync(dirname(file), { recursive: true });
  return openSync(file, "a");
}

/** Cuts off the bytes just written; undefined if that was done. */
function takenBack(name: string, descriptor: number, written: number): MsgError | undefined {
  try {
    ftruncateSync(descriptor, fstatSync(descriptor).size - written);
    return undefined;
  } catch (cause) {
    return unavailable(name, "half an entry was written and could not be taken back", cause);
  }
}

/** Writes `bytes` beside `file` and puts them in its place. Returns the open file, for appending. */
function replaced(file: string, bytes: Uint8Array): number {
  mkdirSync(dirname(file), { recursive: true });
  // The process's own name for it: two that replace one cassette do not write into each other.
  const beside = `${file}.${process.pid}.partial`;
  rmSync(beside, { force: true });
  const fresh = openSync(beside, "ax");
  try {
    writeAll(fresh, bytes, { written: 0 });
    renameSync(beside, file);
    return fresh;
  } catch (error) {
    closeSync(fresh);
    rmSync(beside, { force: true });
    throw error;
  }
}

/** `progress` tells how far it came, should it fail. */
function writeAll(descriptor: number, bytes: Uint8Array, progress: { written: number }): void {
  while (progress.written < bytes.length) {
    const { written } = progress;
    const count = Math.min(transferMax, bytes.length - written);
    progress.written += writeSync(descriptor, bytes, written, count);
  }
}

function readWhole(file: string, name: string, bytesMax: number): Uint8Array | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) throw unavailable(name, "it is no regular file", undefined);
  const descriptor = openSync(file, "r");
  try {
    const { size } = fstatSync(descriptor);
    const limit = Math.min(bytesMax, cassetteBytesMax);
    if (size > limit) {
      const message = `cassette ${name} is ${size} bytes, at most ${limit} by the policy's budget`;
      throw new MsgError("BUDGET_BYTES", message, { limit, actual: size });
    }
    const bytes = new Uint8Array(size);
    let read = 0;
    while (read < size) {
      const count = readSync(descriptor, bytes, read, Math.min(transferMax, size - read), read);
      if (count === 0) break;
      read += count;
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(descriptor);
  }
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
