/**
 * Writing results, errors and files. A reader that has seen enough (`| head`) closes the pipe: that
 * is how such a command line ends, not an error, so it is told apart from a disk that is full.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ArchError } from "../arch-error.js";
import type { Host, TextSink } from "./host.js";

/** The reader of stdout has gone: nothing that is still to be printed matters. */
export class ReaderGone extends Error {
  override readonly name: string = "ReaderGone";
}

export interface Output {
  /** Resolves when the text is out of this process's hands. Rejects with ReaderGone, OUTPUT_FAILED. */
  write(text: string): Promise<void>;
  /** On stderr; what cannot be told there is lost. */
  fail(error: ArchError): Promise<void>;
}

export function createOutput({ stdout, stderr }: Host): Output {
  // A failed write also raises an event, which nobody else is there to hear.
  stdout.on("error", () => {});
  stderr.on("error", () => {});
  return {
    async write(text) {
      if (text === "") return;
      try {
        await written(stdout, text);
      } catch (cause) {
        throw outputError("stdout", cause);
      }
    },
    async fail({ code, message, next }) {
      const text = `reprise-arch: ${code}: ${message}\nnext: ${next}\n`;
      await written(stderr, text).catch(() => {});
    },
  };
}

function written(sink: TextSink, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(text, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}

const goneCodes: ReadonlySet<unknown> = new Set([
  "EPIPE",
  "ECONNRESET",
  "ERR_STREAM_DESTROYED",
  "ERR_STREAM_WRITE_AFTER_END",
]);

function outputError(name: string, cause: unknown): Error {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (goneCodes.has(code)) return new ReaderGone("the reader of stdout has gone");
  return new ArchError("OUTPUT_FAILED", `${name} cannot be written: ${String(message)}`, { cause });
}

/** Whole or not at all: a reader never sees half a file. Throws OUTPUT_FAILED. */
export function writeWholeFile(path: string, text: string): void {
  const draft = `${path}.${process.pid}.tmp`;
  try {
    makeFolder(dirname(path));
    writeFileSync(draft, text);
    renameSync(draft, path);
  } catch (cause) {
    removeDraft(draft);
    throw outputError(path, cause);
  }
}

/**
 * Makes a folder, and those above it. Node's own `recursive` never returns where a folder cannot be
 * made for a reason that looks like a missing one above it, as everywhere below /proc. Throws what
 * node throws.
 */
export function makeFolder(folder: string): void {
  if (existsSync(folder)) return;
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as { code?: unknown };
    // Another run was faster.
    if (code === "EEXIST") return;
    const above = dirname(folder);
    if (code !== "ENOENT" || existsSync(above)) throw error;
    makeFolder(above);
    makeFolder(folder);
  }
}

/** It may never have been made; whatever is wrong with it, something else was wrong first. */
function removeDraft(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Its folder is none.
  }
}
