/** A log file from its last lines on, as it grows. */
import { createReadStream, statSync, watch } from "node:fs";
import { logTail } from "./log-tail.js";

export interface FollowOptions {
  readonly path: string;
  readonly lines: number;
  readonly follow: boolean;
  readonly signal: AbortSignal;
  write(text: string): Promise<void>;
}

/** Resolves at the end of the file; with `follow`, when `signal` is aborted. */
export async function followLog(options: FollowOptions): Promise<void> {
  const { path, lines, follow, signal, write } = options;
  let offset = statSync(path).size;
  const tail = logTail(path, lines);
  if (tail !== "") await write(`${tail}\n`);
  if (!follow) return;
  const changes = changesOf(path, signal);
  try {
    while (!signal.aborted) {
      const { size } = statSync(path);
      // A file that is shorter than before was begun again.
      if (size < offset) offset = 0;
      if (size > offset) {
        for await (const text of createReadStream(path, {
          start: offset,
          end: size - 1,
          encoding: "utf8",
        })) {
          await write(String(text));
        }
        offset = size;
      }
      await changes.next();
    }
  } finally {
    changes.close();
  }
}

interface Changes {
  /** Resolves at once if the file changed since the last call; else when it does, or at the end. */
  next(): Promise<void>;
  close(): void;
}

function changesOf(path: string, signal: AbortSignal): Changes {
  let pending = true;
  let wake: (() => void) | undefined;
  const changed = (): void => {
    pending = true;
    wake?.();
  };
  const watcher = watch(path, changed);
  signal.addEventListener("abort", changed);
  return {
    async next() {
      if (!pending) await new Promise<void>((resolve) => (wake = resolve));
      wake = undefined;
      pending = false;
    },
    close() {
      watcher.close();
      signal.removeEventListener("abort", changed);
    },
  };
}
