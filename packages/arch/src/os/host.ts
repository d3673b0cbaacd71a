/** What the command meets of its process: streams, environment, working directory, clock, Ctrl-C. */
import { ArchError } from "../arch-error.js";

export interface TextSink {
  write(text: string, done: (error?: Error | null) => void): boolean;
  on(event: "error", listener: (error: Error) => void): unknown;
  readonly isTTY?: boolean;
  /** Of a terminal. */
  readonly columns?: number;
}

export interface Host {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Milliseconds, for the progress line. */
  readonly now: () => number;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Ends the process as the signal would have, so that the caller's shell sees it. */
  readonly endInterrupted: () => void;
}

/** Throws ROOT_INVALID where somebody has removed it. */
function workingFolder(): string {
  try {
    return process.cwd();
  } catch (cause) {
    throw new ArchError("ROOT_INVALID", "the working directory is not there any more", { cause });
  }
}

export function processHost(): Host {
  const interruption = new AbortController();
  // A second Ctrl-C finds no listener any more, and ends the process at once.
  process.once("SIGINT", () => interruption.abort());
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    get cwd() {
      return workingFolder();
    },
    now: () => performance.now(),
    interrupted: interruption.signal,
    endInterrupted: () => void process.kill(process.pid, "SIGINT"),
  };
}
