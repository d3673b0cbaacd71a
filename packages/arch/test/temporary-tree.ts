/** Small repositories in the temporary folder, and the command run in them as if in a process. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { Host, TextSink } from "../src/os/host.ts";
import { main } from "../src/os/main.ts";

/** By path; an object is written as JSON. */
export type TreeFiles = Readonly<Record<string, string | object>>;

const made: string[] = [];
afterAll(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function emptyFolder(name = "reprise-arch-"): string {
  const folder = mkdtempSync(join(tmpdir(), name));
  made.push(folder);
  return folder;
}

export function writeTree(files: TreeFiles, root: string = emptyFolder()): string {
  for (const [path, content] of Object.entries(files)) {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      typeof content === "string" ? content : `${JSON.stringify(content, null, 2)}\n`,
    );
  }
  return root;
}

export interface RunOptions {
  readonly cwd: string;
  readonly terminal?: boolean;
  readonly env?: Readonly<Record<string, string>>;
  /** Each reading of the clock is so much later, in milliseconds. */
  readonly stepMs?: number;
  /** Writing to stdout fails with this. */
  readonly broken?: Error;
  readonly interrupted?: AbortSignal;
}

export interface Run {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly killed: boolean;
}

/** Runs `reprise-arch ...args`. */
export async function run(args: readonly string[], options: RunOptions): Promise<Run> {
  const { cwd, terminal = false, env = {}, stepMs = 0, broken, interrupted } = options;
  const printed = { stdout: "", stderr: "" };
  let time = 0;
  let killed = false;
  const sink = (name: keyof typeof printed, failure?: Error): TextSink => ({
    isTTY: terminal,
    on: () => undefined,
    write(text, done) {
      if (failure === undefined) printed[name] += text;
      queueMicrotask(() => done(failure ?? null));
      return true;
    },
  });
  const host: Host = {
    stdout: sink("stdout", broken),
    stderr: sink("stderr"),
    env,
    cwd,
    now: () => {
      time += stepMs;
      return time;
    },
    interrupted: interrupted ?? new AbortController().signal,
    endInterrupted: () => {
      killed = true;
    },
  };
  const status = await main(["node", "reprise-arch", ...args], host);
  return { status, ...printed, killed };
}
