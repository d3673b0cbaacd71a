/** A process that is none: what a command prints is kept, and its terminal is what the test says. */
import type { CommandGroup } from "../src/os/command-group.js";
import type { Host, TextSink } from "../src/os/host.js";
import { main } from "../src/os/main.js";

export interface FakeHostOptions {
  readonly cwd: string;
  /** stdout is a terminal so wide. */
  readonly columns?: number;
  /** stderr is a terminal. */
  readonly stderrTerminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Each reading of the clock is so much later, in milliseconds. */
  readonly stepMs?: number;
  /** Writing to stdout fails with this. */
  readonly broken?: Error;
  /** Called when something is written to stderr. */
  readonly onStderr?: () => void;
  /** Aborted: Ctrl-C was pressed. */
  readonly interrupted?: AbortSignal;
  /** Default: those of the command. */
  readonly groups?: readonly CommandGroup[];
}

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `reprise ...args`. */
export async function run(args: readonly string[], options: FakeHostOptions): Promise<Run> {
  const { cwd, columns, stderrTerminal = false, env = {}, stepMs = 0, broken, onStderr } = options;
  const { interrupted = new AbortController().signal, groups } = options;
  const printed = { stdout: "", stderr: "" };
  let time = 0;
  const sink = (name: keyof typeof printed, failure?: Error): TextSink => ({
    on: () => undefined,
    write(text, done) {
      if (failure === undefined) printed[name] += text;
      if (name === "stderr") onStderr?.();
      queueMicrotask(() => done(failure ?? null));
      return true;
    },
  });
  const terminal = columns === undefined ? {} : { isTTY: true, columns };
  const host: Host = {
    stdout: { ...sink("stdout", broken), ...terminal },
    stderr: { ...sink("stderr"), isTTY: stderrTerminal },
    env,
    cwd,
    now: () => {
      time += stepMs;
      return time;
    },
    interruption: () => ({ signal: interrupted, release: () => {} }),
  };
  const status = await main(["node", "reprise", ...args], host, groups);
  return { status, ...printed };
}
