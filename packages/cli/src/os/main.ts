/** The `reprise` command line. */
import { Command, CommanderError } from "commander";
import { status } from "../cli-error.js";
import type { CommandContext, CommandGroup } from "./command-group.js";
import { commandGroups } from "./command-groups.js";
import { type Host, processHost } from "./host.js";
import { createOutput } from "./output.js";

/** Runs the command line `argv` (as in `process.argv`) and resolves with the exit status. */
export async function main(
  argv: readonly string[],
  host: Host = processHost(),
  groups: readonly CommandGroup[] = commandGroups,
): Promise<number> {
  let result: number = status.fine;
  const context: CommandContext = {
    host,
    output: createOutput(host),
    action:
      (body) =>
      async (...args) => {
        result = await body(...args);
      },
  };
  const program = new Command("reprise")
    .description("Tools for recorded messaging runs, and for the brokers behind them.")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text, () => {}),
      writeErr: (text) => void host.stderr.write(text, () => {}),
    })
    .showHelpAfterError("(add --help for what there is)")
    .addHelpText("after", "\nreprise GROUP --help shows the commands of a group.");
  for (const group of groups) {
    group.addTo(program.command(group.name).description(group.description), context);
  }
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.fine : status.usage;
  }
  return result;
}
