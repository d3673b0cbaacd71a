/** Runs the `lab` command in this process, in a folder of its own, and keeps what it prints. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { vi } from "vitest";
import { main } from "../src/os/main.js";

export const repositoryArch = fileURLToPath(new URL("../../../arch", import.meta.url));
export const labFolder = fileURLToPath(new URL("..", import.meta.url));

export interface LabResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function lab(...args: readonly string[]): Promise<LabResult> {
  let stdout = "";
  let stderr = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += String(text);
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += String(text);
    return true;
  });
  try {
    return { status: await main(["node", "lab", ...unheld(args)]), stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

/** The sandbox is another process: its tests start the built lab. */
function unheld([command = "", ...rest]: readonly string[]): readonly string[] {
  const isHeld =
    ["record", "agents", "replay", "verify"].includes(command) && !rest.includes("--help");
  return command === "" ? [] : [command, ...rest, ...(isHeld ? ["--no-sandbox"] : [])];
}

/** A folder for cassettes and outputs, and the options that make the lab use it. */
export function createPlace(): { folder: string; options: string[]; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "reprise-lab-"));
  return {
    folder,
    options: ["--root", folder, "--arch", repositoryArch],
    remove: () => rmSync(folder, { recursive: true }),
  };
}
