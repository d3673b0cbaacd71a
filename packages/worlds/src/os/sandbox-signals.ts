/** Signals that are meant for the program reach it, and the launcher waits for how it takes them. */
import type { ChildProcess } from "node:child_process";

const passed: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** Gives what ends it. A program whose launcher ends by itself ends with it. */
export function passSignals(child: ChildProcess): () => void {
  const listeners = passed.map((signal) => {
    const listener = (): void => {
      // A terminal sends its Ctrl-C to both: twice would be a second Ctrl-C.
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    process.on(signal, listener);
    return { signal, listener };
  });
  const end = (): void => void child.kill("SIGKILL");
  process.on("exit", end);
  return () => {
    for (const { signal, listener } of listeners) process.off(signal, listener);
    process.off("exit", end);
  };
}
