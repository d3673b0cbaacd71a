/** The `lab` command line. */
import { guardAmbient } from "@reprise/worlds/os";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { agentsDrivers } from "../agents/agents-facts.js";
import { agentsMax, agentsMin } from "../agents/roster.js";
import { roundsMax as agentRoundsMax } from "../agents/task.js";
import { driverKinds } from "../driver-kinds.js";
import { messagesMax, seedMax } from "../run-limits.js";
import { status } from "./exit-status.js";
import {
  inProfile,
  mirrorHost,
  type Profile,
  type ReachOptions,
  replayProfile,
  type SandboxOptions,
} from "./profiles.js";

/** Loaded in the process that does the work: the one that only starts the sandbox is quick about it. */
const commands = (): Promise<typeof import("./commands.js")> => import("./commands.js");
const agentsCommand = async (): Promise<typeof import("./agents-command.js")> =>
  import("./agents-command.js");
const roundsMax = 100;
const mirrorPort = 4711;
const archText = "the contracts; default: the nearest arch at or above here";
const recordProfile = (): Profile => "os_record";
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
  const held =
    <Options>(profile: () => Profile, command: (options: Options) => Promise<number>) =>
    (options: Options & SandboxOptions & ReachOptions): Promise<number> =>
      inProfile(profile(), options, () => command(options));
  const program = new Command("lab")
    .description("A whole messaging run: recorded from a broker, replayed without one, verified.")
    .exitOverride()
    .showHelpAfterError("(lab --help shows the commands)")
    .addHelpText("after", examples("lab record --cassette orders", "lab verify --cassette orders"));

  recordOptions(common(program.command("record"))).action(
    run(held(recordProfile, async (options) => (await commands()).recordCommand(options))),
  );
  agentsOptions(common(program.command("agents"))).action(
    run(held(recordProfile, async (options) => (await agentsCommand()).agentsCommand(options))),
  );
  common(program.command("replay"))
    .description("run again from the cassette alone: no broker, no network")
    .option("--out <folder>", "where to write the outputs", "out/replay")
    .addHelpText("after", examples("lab replay --cassette orders --out out/replay"))
    .action(run(held(replayProfile, async (options) => (await commands()).replayCommand(options))));
  common(program.command("verify"))
    .description("replay twice and compare with what the recording stored, byte for byte")
    .addHelpText("after", examples("lab verify --cassette orders"))
    .action(run(held(replayProfile, async (options) => (await commands()).verifyCommand(options))));
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
    .action(run(async (options) => (await commands()).benchCommand(options)));

  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? status.fine : status.usage;
  }
  return result;
}

function driverOption(kinds: readonly string[] = driverKinds): Option {
  return new Option("--driver <driver>", "the broker").choices(kinds).default("memory");
}

function recordOptions(command: Command): Command {
  return command
    .description("produce messages, consume them through a broker, keep all of it in a cassette")
    .addOption(driverOption())
    .option("--messages <count>", "messages to send", wholeNumber(messagesMax), 1000)
    .option("--seed <number>", "what the messages are made from", wholeNumber(seedMax), 42)
    .option("--ambient", "let the handlers ask for time and randomness; the cassette keeps both")
    .option("--observe", "keep logs and spans too: logs.jsonl and spans.jsonl; traces in headers")
    .option("--metrics-port <port>", "serve /metrics there while it lasts", wholeNumber(65_535, 1))
    .option(
      "--otlp <url>",
      "send metrics, logs and spans to a collector; implies --observe",
      collector,
    )
    .option("--out <folder>", "where to write the outputs", "out/record")
    .addHelpText(
      "after",
      examples(
        "lab record --messages 1000 --seed 42 --cassette orders",
        "reprise brokers up kafka && lab record --driver kafka --cassette orders-kafka",
      ),
    );
}

function agentsOptions(command: Command): Command {
  return command
    .description("let agents work on goals, telling each other in signed messages; keep all of it")
    .addOption(driverOption(agentsDrivers))
    .option("--agents <count>", "who takes part", wholeNumber(agentsMax, agentsMin), agentsMin)
    .option("--rounds <count>", "goals to work on", wholeNumber(agentRoundsMax, 1), 20)
    .option("--seed <number>", "what the agents decide by", wholeNumber(seedMax), 42)
    .option("--out <folder>", "where to write the outputs", "out/agents")
    .addOption(mirrorOption())
    .addHelpText(
      "after",
      examples(
        "lab agents --agents 5 --rounds 20 --cassette agents && lab verify --cassette agents",
        "lab agents --rounds 100 --cassette watched --mirror",
        "reprise brokers up redis && lab agents --driver redis --cassette agents-redis",
      ),
    );
}

function mirrorOption(): Option {
  const text = `show the messages live at a port of ${mirrorHost}, slowly`;
  const port = wholeNumber(65_535, 1);
  return new Option("--mirror [port]", text).preset(`${mirrorPort}`).argParser(port);
}

/** The options of every command that has a cassette. */
function common(command: Command): Command {
  return command
    .exitOverride()
    .requiredOption("--cassette <name>", "the recording: a folder under .x07_rr")
    .option("--root <folder>", "the folder that holds .x07_rr", ".")
    .option("--arch <folder>", archText)
    .option("--json", jsonText)
    .option("--no-sandbox", "run with everything in reach; the report says so")
    .option("--policy <file>", "another sandbox policy than the command's own")
    .addOption(isolationOption())
    .option("--allow-host <host:port,...>", "let the sandbox connect there as well", listed, [])
    .option(
      "--deny-host <host:port>",
      "take a host away again; host:* for all its ports",
      listed,
      [],
    )
    .option("--allow-read-root <folder>", "let the sandbox read there as well", listed, [])
    .option("--allow-write-root <folder>", "let the sandbox write there as well", listed, []);
}

function isolationOption(): Option {
  const text = "os: an empty network namespace besides; default where CI is set, for replays";
  return new Option("--isolation <level>", text).choices(["none", "os"]);
}

/** An option that may be given several times. */
function listed(value: string, values: readonly string[]): readonly string[] {
  return [...values, value];
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}\n`).join("")}
Exit status: 0 fine, 1 the check failed or outputs differ, 2 usage or configuration,
3 the world refused: the sandbox, or a broker that does not answer.`;
}

function collector(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new InvalidArgumentError("expected a URL such as http://127.0.0.1:4318");
}

function wholeNumber(max: number, min = 0): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`expected a whole number from ${min} to ${max}`);
  };
}
