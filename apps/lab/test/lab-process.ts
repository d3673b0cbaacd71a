/** Runs the built `lab` command in a process of its own, as a user does. */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { LabResult } from "./lab-in-process.js";

const program = fileURLToPath(new URL("../bin/lab.mjs", import.meta.url));

export interface LabProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<LabResult>;
}

/** `CI` is unset but where `env` sets it. */
export function startLab(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): LabProcess {
  const { CI: _, ...inherited } = process.env;
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...inherited, NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.stderr += text;
  });
  const ended = new Promise<LabResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal !== null) reject(new Error(`the lab was ended by ${signal}: ${texts.stderr}`));
      else resolve({ status: code ?? -1, ...texts });
    });
  });
  return { child, ended };
}

export function labProcess(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<LabResult> {
  return startLab(args, env).ended;
}
