/** The `lab` command line. */
import { guardAmbient } from "@reprise/worlds/os";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { messagesMax, seedMax } from "../run-facts.js";
import { driverKinds } from "./brokers.js";
import { benchCommand, recordCommand, replayCommand, verifyCommand } from "./commands.js";
import { status } from "./terminal.js";

const roundsMax = 100;
const archText = "the contracts; default: the nearest arch at or above here";
const jsonText = "print the result as one line of JSON";

/** Runs the command line `argv` (as in `process.argv`) and resolves with the exit status. */
export async function main(argv: readonly string[]): Promise<number> {
  // Before anything is read: what a handler may not touch is held from the first line on.
  guardAmbient();
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
    .addOption(driverOption())
    .option("--messages <count>", "messages to send", wholeNumber(messagesMax), 1000)
    .option("--seed <number>", "what the messages are made from", wholeNumber(seedMax), 42)
    .option("--ambient", "let the handlers ask for time and randomness; the cassette keeps both")
    .option("--out <folder>", "where to write the outputs", "out/record")
    .addHelpText(
      "after",
      examples(
        "lab record --messages 1000 --seed 42 --cassette orders",
        "reprise brokers up kafka && lab record --driver kafka --cassette orders-kafka",
      ),
    )
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
  program
    .command("bench")
    .exitOverride()
    .description("measure a run on a broker, while it is recorded, and replayed")
    .addOption(driverOption())
    .option("--messages <count>", "messages to send", wholeNumber(messagesMax), 10_000)
    .option("--seed <number>", "what the messages are made from", wholeNumber(seedMax), 42)
    .option("--rounds <count>", "how often, in turns", wholeNumber(roundsMax, 1), 3)
    .option("--arch <folder>", archText)
    .option("--json", jsonText)
    .addHelpText("after", examples("lab bench", "lab bench --driver redis --messages 50000"))
    .action(run(benchCommand));

  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.fine : status.usage;
  }
  return result;
}

function driverOption(): Option {
  return new Option("--driver <driver>", "the broker").choices(driverKinds).default("memory");
}

/** The options of every command that has a cassette. */
function common(command: Command): Command {
  return command
    .exitOverride()
    .requiredOption("--cassette <name>", "the recording: a folder under .x07_rr")
    .option("--root <folder>", "the folder that holds .x07_rr", ".")
    .option("--arch <folder>", archText)
    .option("--json", jsonText);
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}
Exit status: 0 fine, 1 the check failed or outputs differ, 2 usage or configuration,
3 the broker refused or did not answer.`;
}

function wholeNumber(max: number, min = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
  };
}
