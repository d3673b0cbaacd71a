/** `reprise brokers`: Kafka, RabbitMQ and Redis on this machine, started, shown and stopped. */
import { type BrokerKind, brokerKinds, type Fleet, type Via } from "@reprise/brokers";
import { openFleet } from "@reprise/brokers/os";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  downCommand,
  type LogsOptions,
  logsCommand,
  type ShowOptions,
  statusCommand,
  type UpCommandOptions,
  upCommand,
} from "./brokers-commands.js";
import {
  type CommandContext,
  type CommandGroup,
  guarded,
  helpEnd,
  wholeNumber,
} from "./command-group.js";

const linesMax = 100_000;
const linesDefault = 20;
const ways: readonly Via[] = ["docker", "native"];
const kindsText = `${brokerKinds.join(", ")}; default: all`;

const statuses = [
  "fine",
  "status: a broker is not up; logs: there is none",
  "the command line is wrong",
  "something is missing, a port is taken, or a broker does not answer",
];

const examples = (...commands: readonly string[]): string => helpEnd({ commands, statuses });

export const brokersGroup: CommandGroup = createBrokersGroup((cwd) => openFleet({ cwd }));

/** `open` gives the brokers of a working directory. */
export function createBrokersGroup(open: (cwd: string) => Fleet): CommandGroup {
  return {
    name: "brokers",
    description: "Kafka, RabbitMQ and Redis on this machine: start them, see them, stop them",
    addTo(group, context) {
      const fleet = (): Fleet => open(context.host.cwd);
      addUp(group, context, fleet);
      addDown(group, context, fleet);
      addStatus(group, context, fleet);
      addLogs(group, context, fleet);
    },
  };
}

function addUp(group: Command, context: CommandContext, fleet: () => Fleet): void {
  withBrokers(group.command("up"))
    .description("start those that are not up, and wait until each answers")
    .addOption(
      new Option("--via <way>", "with docker compose, or as processes of this machine").choices(
        ways,
      ),
    )
    .option("--json", "a line of JSON for each broker")
    .addHelpText(
      "after",
      examples(
        "reprise brokers up",
        "reprise brokers up redis",
        "reprise brokers up kafka amqp --via native",
        "reprise brokers up --json | jq -r '.broker + \" \" + .state'",
      ),
    )
    .action(
      context.action((kinds: readonly BrokerKind[], options: UpCommandOptions) =>
        guarded(context, options.json === true, () =>
          upCommand({ fleet: fleet(), kinds: orAll(kinds), context }, options),
        ),
      ),
    );
}

function addDown(group: Command, context: CommandContext, fleet: () => Fleet): void {
  withBrokers(group.command("down"))
    .description("stop those that `up` started, and no others; data and logs stay")
    .option("--json", "a line of JSON for each broker")
    .addHelpText("after", examples("reprise brokers down", "reprise brokers down kafka"))
    .action(
      context.action((kinds: readonly BrokerKind[], options: ShowOptions) =>
        guarded(context, options.json === true, () =>
          downCommand({ fleet: fleet(), kinds: orAll(kinds), context }, options),
        ),
      ),
    );
}

function addStatus(group: Command, context: CommandContext, fleet: () => Fleet): void {
  withBrokers(group.command("status"))
    .description("which of them answer, and which were started here")
    .option("--json", "a line of JSON for each broker")
    .addHelpText(
      "after",
      examples(
        "reprise brokers status",
        "reprise brokers status redis || reprise brokers up redis",
      ),
    )
    .action(
      context.action((kinds: readonly BrokerKind[], options: ShowOptions) =>
        guarded(context, options.json === true, () =>
          statusCommand({ fleet: fleet(), kinds: orAll(kinds), context }, options),
        ),
      ),
    );
}

function addLogs(group: Command, context: CommandContext, fleet: () => Fleet): void {
  withBrokers(group.command("logs"))
    .description("the end of what they wrote, also of those that are down")
    .option("--lines <count>", "so many lines", wholeNumber(1, linesMax), linesDefault)
    .option("--follow", "go on with what is written, until Ctrl-C")
    .option("--json", "a line of JSON for each line")
    .addHelpText(
      "after",
      examples("reprise brokers logs kafka", "reprise brokers logs amqp --lines 100 --follow"),
    )
    .action(
      context.action((kinds: readonly BrokerKind[], options: LogsOptions) =>
        guarded(context, options.json === true, () =>
          logsCommand({ fleet: fleet(), kinds: orAll(kinds), context }, options),
        ),
      ),
    );
}

function withBrokers(command: Command): Command {
  return command.argument("[brokers...]", kindsText, brokerKind);
}

/** Collects: Commander calls it for each word, with what it gave before. */
function brokerKind(word: string, before: readonly BrokerKind[] = []): readonly BrokerKind[] {
  const kind = brokerKinds.find((name) => name === word);
  if (kind === undefined) {
    throw new InvalidArgumentError(`expected ${brokerKinds.join(", ")}`);
  }
  return before.includes(kind) ? before : [...before, kind];
}

function orAll(kinds: readonly BrokerKind[] = []): readonly BrokerKind[] {
  return kinds.length === 0 ? brokerKinds : kinds;
}
