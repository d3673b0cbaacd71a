/**
 * The form of a group of commands: `reprise GROUP COMMAND`. A new one is a file that exports a
 * `CommandGroup`, and a line in the list of `command-groups.ts`.
 */
import type { JsonObject } from "@reprise/canonical-json";
import { type Command, InvalidArgumentError } from "commander";
import { status } from "../cli-error.js";
import { failureAsJson, failureOf } from "../failure.js";
import { jsonLine } from "../listing.js";
import type { Host } from "./host.js";
import { type Output, ReaderGone } from "./output.js";

export interface CommandGroup {
  readonly name: string;
  readonly description: string;
  /** Adds the group's commands to `group`. */
  addTo(group: Command, context: CommandContext): void;
}

export interface CommandContext {
  readonly host: Host;
  readonly output: Output;
  /** Makes an action of what gives an exit status; what it rejects with is told and gives one too. */
  action<Args extends readonly unknown[]>(
    body: (...args: Args) => Promise<number>,
  ): (...args: Args) => Promise<void>;
}

/** Runs `body`; a failure is told on stderr and, for machines, as the last line of JSON. */
export async function guarded(
  { host, output }: Pick<CommandContext, "host" | "output">,
  json: boolean,
  body: () => Promise<number>,
): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (error instanceof ReaderGone) return status.fine;
    const failure = failureOf(error);
    if (failure === undefined) throw error;
    await output.fail(failure);
    if (json && failure.code !== "OUTPUT_FAILED") {
      await printJson({ host, output }, failureAsJson(failure)).catch(() => {});
    }
    return failure.status;
  }
}

export function printJson(
  { host, output }: Pick<CommandContext, "host" | "output">,
  value: JsonObject,
): Promise<void> {
  return output.write(jsonLine(value, host.stdout.isTTY === true));
}

export interface HelpEnd {
  readonly commands: readonly string[];
  /** What each exit status means for the group, from 0. */
  readonly statuses: readonly string[];
}

/** The end of a command's help. */
export function helpEnd({ commands, statuses }: HelpEnd): string {
  return `
Examples:
${commands.map((line) => `  ${line}\n`).join("")}
Exit status:
${statuses.map((text, status) => `  ${status}  ${text}`).join("\n")}`;
}

/** An option's argument: a whole number in a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
  };
}
