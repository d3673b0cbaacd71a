/** What `reprise brokers` asks of Docker: `docker compose` with the nearest compose.yaml. */
import { execFile, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { BrokersError } from "../errors.js";

/** Of compose.yaml: services have the names of the kinds. */
export interface DockerCommand {
  readonly composeFile: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
}

const answerMs = 5_000;
const outputMax = 1024 * 1024;
const tailLines = 10;

/** Whether a Docker engine answers. */
export function dockerAnswers(): Promise<boolean> {
  return new Promise((resolve) => {
    const args = ["info", "--format", "{{.ServerVersion}}"];
    execFile("docker", args, { timeout: answerMs }, (error, stdout) => {
      resolve(error === null && stdout.trim() !== "");
    });
  });
}

/** The compose.yaml in `folder` or the nearest folder above it. */
export function findComposeFile(folder: string): string | undefined {
  const file = join(folder, "compose.yaml");
  if (existsSync(file)) return file;
  const parent = dirname(folder);
  return parent === folder ? undefined : findComposeFile(parent);
}

/** Resolves with what it printed. Rejects with DOCKER_FAILED, ABORTED. */
export function compose({ composeFile, args, signal }: DockerCommand): Promise<string> {
  const all = ["compose", "--file", composeFile, ...args];
  return new Promise((resolve, reject) => {
    execFile("docker", all, { signal, maxBuffer: outputMax }, (cause, stdout, stderr) => {
      if (cause === null) resolve(stdout);
      else if (signal.aborted) reject(new BrokersError("ABORTED", "docker compose was given up"));
      else reject(failed(all, stderr || cause.message, cause));
    });
  });
}

/** Passes on what it prints, until it ends or `signal` is aborted. Rejects with DOCKER_FAILED. */
export async function composeOutput(
  { composeFile, args, signal }: DockerCommand,
  write: (text: string) => Promise<void>,
): Promise<void> {
  const all = ["compose", "--file", composeFile, ...args];
  const child = spawn("docker", all, { stdio: ["ignore", "pipe", "pipe"] });
  const end = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", end, { once: true });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-outputMax);
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  try {
    for await (const text of child.stdout.setEncoding("utf8")) await write(String(text));
    const status = await ended;
    if (status !== 0 && !signal.aborted) throw failed(all, complaint, undefined);
  } catch (cause) {
    throw BrokersError.is(cause) ? cause : failed(all, String(cause), cause);
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}

function failed(args: readonly string[], output: string, cause: unknown): BrokersError {
  const logTail = output.trim().split("\n").slice(-tailLines).join("\n");
  return new BrokersError("DOCKER_FAILED", `docker ${args.join(" ")} failed:\n${logTail}`, {
    cause,
    logTail,
  });
}
