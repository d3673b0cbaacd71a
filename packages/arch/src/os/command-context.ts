/** What every command is handed, and what they share: help, numbers, failures. */
import { InvalidArgumentError } from "commander";
import { ArchError } from "../arch-error.js";
import type { CheckStatus } from "../check.js";
import type { Host } from "./host.js";
import { type Output, ReaderGone } from "./output.js";

export interface CommandContext {
  readonly host: Host;
  readonly output: Output;
  /** Makes an action of what gives an exit status; what it rejects with is told and gives one too. */
  action<Args extends readonly unknown[]>(
    body: (...args: Args) => Promise<CheckStatus>,
  ): (...args: Args) => Promise<void>;
}

/** Nothing was checked, or nobody could be told. */
export const unusableStatus: CheckStatus = 3;

/** Runs `body`; a failure is told on stderr. */
export async function guarded(
  { host, output }: Pick<CommandContext, "host" | "output">,
  body: () => Promise<CheckStatus>,
): Promise<CheckStatus> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ReaderGone) return 0;
    if (host.interrupted.aborted) {
      host.endInterrupted();
      return unusableStatus;
    }
    await output.fail(error instanceof ArchError ? error : bugOf(error));
    return unusableStatus;
  }
}

/** Node would end with status 1, which is none of ours. */
function bugOf(error: unknown): ArchError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ArchError("INTERNAL", `this should not happen: ${text}`, { cause: error });
}

/** The end of a command's help. */
export function examples(...lines: readonly string[]): string {
  return `
Examples:
${lines.map((line) => `  ${line}\n`).join("")}
Exit status:
  0  no error; there may be warnings
  2  at least one error
  3  nothing was checked: the command line, manifest, lock, overlay or baseline is unusable
  4  a budget is exceeded`;
}

/** An option's argument: a whole number in a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
  };
}
