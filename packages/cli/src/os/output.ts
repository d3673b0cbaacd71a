/**
 * Writing results and errors. A reader that has seen enough (`| head`) closes the pipe: that is how
 * such a command line ends, not an error, so it is told apart from a disk that is full.
 */
import { CliError } from "../cli-error.js";
import { type Failure, failureText } from "../failure.js";
import type { Host, TextSink } from "./host.js";

/** The reader of stdout has gone: nothing that is still to be printed matters. */
export class ReaderGone extends Error {
  override readonly name: string = "ReaderGone";
}

export interface Output {
  /** Resolves when the text is out of this process's hands. Rejects with ReaderGone, OUTPUT_FAILED. */
  write(text: string): Promise<void>;
  /** On stderr; what cannot be told there is lost. */
  fail(failure: Failure): Promise<void>;
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
        throw outputError(cause);
      }
    },
    async fail(failure) {
      await written(stderr, failureText(failure)).catch(() => {});
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

function outputError(cause: unknown): Error {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  if (goneCodes.has(code)) return new ReaderGone("the reader of stdout has gone");
  return new CliError("OUTPUT_FAILED", `stdout cannot be written: ${String(message)}`, { cause });
}
