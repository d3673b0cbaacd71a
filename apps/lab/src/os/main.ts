/** The `lab` command line. */
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { messagesMax, seedMax } from "../run-facts.js";
import { recordCommand, replayCommand, verifyCommand } from "./commands.js";
import { status } from "./terminal.js";

/** Runs the command line `argv` (as in `process.argv`) and resolves with the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  let result: number = status.fine;
  const run =
    <Options>(command: (options: Options) => Promise<number>) =>
    async (options: Options): Promise<void> => {
      result = await command(options);
    };
  const program = new Command("lab")
    .description("A whole messaging run: recorded from a broker, replayed without one, verified.")
    .exitOverride()
    .showHelpAfterError("(lab --help shows the commands)")
    .addHelpText("after", examples("lab record --cassette orders", "lab verify --cassette orders"));

  common(program.command("record"))
    .description("produce messages, consume them through a broker, keep all of it in a cassette")
    .option("--driver <driver>", "the broker: memory", "memory")
    .option("--messages <count>", "messages to send", wholeNumber(messagesMax), 1000)
    .option("--seed <number>", "what the messages are made from", wholeNumber(seedMax), 42)
    .option("--out <folder>", "where to write the outputs", "out/record")
    .addHelpText("after", examples("lab record --messages 1000 --seed 42 --cassette orders"))
    .action(run(recordCommand));
  common(program.command("replay"))
    .description("run again from the cassette alone: no broker, no network")
    .option("--out <folder>", "where to write the outputs", "out/replay")
    .addHelpText("after", examples("lab replay --cassette orders --out out/replay"))
    .action(run(replayCommand));
  common(program.command("verify"))
    .description("replay twice and compare with what the recording stored, byte for byte")
    .addHelpText("after", examples("lab verify --cassette orders"))
    .action(run(verifyCommand));

  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.fine : status.usage;
  }
  return result;
}

/** The options that every command has. */
function common(command: Command): Command {
  return command
    .exitOverride()
    .requiredOption("--cassette <name>", "the recording: a folder under .x07_rr")
    .option("--root <folder>", "the folder that holds .x07_rr", ".")
    .option("--arch <folder>", "the contracts; default: the nearest arch at or above here")
    .option("--json", "print the result as one line of JSON");
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}
Exit status: 0 fine, 1 the check failed or outputs differ, 2 usage or configuration.`;
}

function wholeNumber(max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from 0 to ${max}`);
  };
}
