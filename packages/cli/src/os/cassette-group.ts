/** `reprise cassette`: look into a recording, and mend one that was cut short. */
import { type Command, InvalidArgumentError } from "commander";
import { operations } from "../entry-operation.js";
import { type InspectOptions, inspectCassette } from "./cassette-inspect.js";
import { type RepairOptions, repairCassette } from "./cassette-repair.js";
import {
  type CommandContext,
  type CommandGroup,
  guarded,
  helpEnd,
  wholeNumber,
} from "./command-group.js";
import { columnsMin } from "./terminal.js";

const entriesMax = 2 ** 31 - 1;
const columnsMax = 10_000;
const statuses = [
  "fine",
  "the cassette is damaged",
  "the command line is wrong, or the file is not there",
  "the output cannot be written",
];
const examples = (...commands: readonly string[]): string => helpEnd({ commands, statuses });
const pathText = "a file, or the name of a cassette below .x07_rr of the working directory";

export const cassetteGroup: CommandGroup = {
  name: "cassette",
  description: "look into a recording, and mend one that was cut short",
  addTo(group, context) {
    addInspect(group, context);
    addRepair(group, context);
  },
};

function addInspect(group: Command, context: CommandContext): void {
  group
    .command("inspect")
    .description("list what a cassette holds: Reprise's, or X07's")
    .argument("<path>", pathText)
    .option("--op <names>", `only these: ${operations.join(", ")}, or names in full`, operationList)
    .option("--endpoint <id>", "only this endpoint")
    .option("--topic <name>", "only messages of this topic, and their settlements")
    .option("--key <text>", "only messages with this key, and their settlements")
    .option("--from <entry>", "the first entry, from 0", wholeNumber(0, entriesMax))
    .option("--to <entry>", "the last entry", wholeNumber(0, entriesMax))
    .option("--limit <count>", "stop after this many", wholeNumber(1, entriesMax))
    .option("--full", "every field of every entry, values whole")
    .option("--json", "a line of JSON for each entry, then one with the summary")
    .option("--width <columns>", "fit into this width", wholeNumber(columnsMin, columnsMax))
    .option("--color", "colours even in a pipe")
    .option("--no-color", "no colours; NO_COLOR in the environment says the same")
    .addHelpText(
      "after",
      examples(
        "reprise cassette inspect orders",
        "reprise cassette inspect orders --op settle --from 100 --limit 20",
        "reprise cassette inspect orders --key customer-7 --full",
        "reprise cassette inspect orders --json | jq 'select(.outcome == \"retry\")'",
      ),
    )
    .action(
      context.action((path: string, options: InspectOptions) =>
        guarded(context, options.json === true, () => inspectCassette(path, options, context)),
      ),
    );
}

function addRepair(group: Command, context: CommandContext): void {
  group
    .command("repair")
    .description("drop the last entry of a cassette if it was cut short; nothing else is touched")
    .argument("<path>", pathText)
    .option("--dry-run", "only say what would be kept and what dropped")
    .option("--backup", "keep the file as it was in PATH.before-repair (the default)")
    .option("--no-backup", "keep no copy")
    .option("--json", "print the result as one line of JSON")
    .addHelpText(
      "after",
      examples(
        "reprise cassette repair orders --dry-run",
        "reprise cassette repair .x07_rr/orders/cassette.rrbin",
      ),
    )
    .action(
      context.action((path: string, options: RepairOptions) =>
        guarded(context, options.json === true, () => repairCassette(path, options, context)),
      ),
    );
}

function operationList(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  const unknown = names.find(
    (name) => !name.includes(".") && !(operations as readonly string[]).includes(name),
  );
  if (unknown === undefined) return names;
  const known = operations.join(", ");
  throw new InvalidArgumentError(`${JSON.stringify(unknown)} is none of ${known}`);
}
