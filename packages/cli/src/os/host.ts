/** What a command meets of its process: streams, environment, working directory, a clock. */

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
  /** From here on Ctrl-C and SIGTERM abort the signal instead of ending the process. */
  readonly interruption: () => Interruption;
}

export interface Interruption {
  readonly signal: AbortSignal;
  /** Gives Ctrl-C back what it does by itself. */
  release(): void;
}

export function processHost(): Host {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    now: () => performance.now(),
    interruption,
  };
}

function interruption(): Interruption {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const names = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const name of names) process.on(name, abort);
  return {
    signal: controller.signal,
    release() {
      for (const name of names) process.off(name, abort);
    },
  };
}
