/** The `reprise-arch` command line. */
import { Command, CommanderError, Option } from "commander";
import type { CheckStatus } from "../check.js";
import { graphForms } from "../report/graph-view.js";
import { type CheckOptions, checkCommand, reportForms } from "./check-command.js";
import {
  type CommandContext,
  examples,
  guarded,
  unusableStatus,
  wholeNumber,
} from "./command-context.js";
import { explainCommand } from "./explain-command.js";
import { type GraphOptions, graphCommand } from "./graph-command.js";
import { type Host, processHost } from "./host.js";
import { type InitOptions, initCommand } from "./init-command.js";
import { createOutput } from "./output.js";
import { packageVersion } from "./version.js";

/** Runs the command line `argv` (as in `process.argv`) and resolves with the exit status. */
export async function main(
  argv: readonly string[],
  host: Host = processHost(),
): Promise<CheckStatus> {
  let result: CheckStatus = 0;
  const context: CommandContext = {
    host,
    output: createOutput(host),
    action:
      (body) =>
      async (...args) => {
        result = await guarded(context, () => body(...args));
      },
  };
  const program = new Command("reprise-arch")
    .description("Checks a TypeScript or JavaScript workspace against arch/.")
    .version(packageVersion)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void host.stdout.write(text, () => {}),
      writeErr: (text) => void host.stderr.write(text, () => {}),
    })
    .showHelpAfterError("(add --help for what there is)")
    .addHelpText("after", examples("reprise-arch init", "reprise-arch check"));
  addCheck(program, context);
  addGraph(program, context);
  addExplain(program, context);
  addInit(program, context);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    // Commander has printed what is wrong, or the help that was asked for.
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? 0 : unusableStatus;
  }
  return result;
}

const rootText =
  "the repository; by default the nearest folder upwards that has the manifest, else this one";
const countMax = Number.MAX_SAFE_INTEGER;

function addCheck(program: Command, context: CommandContext): void {
  program
    .command("check")
    .description("check modules, contracts and locks against arch/")
    .option("--repo-root <folder>", rootText)
    .option("--manifest <path>", "the manifest (default: arch/manifest.x07arch.json)")
    .option(
      "--lock <path>",
      "the manifest's lock (default: arch/manifest.lock.json, if it is there)",
    )
    .option("--write-lock", "write all locks, whatever else is found")
    .addOption(new Option("--format <form>", "how to report").choices(reportForms).default("text"))
    .option("--out <path>", "write the report here, and the text of it to the terminal")
    .option("--baseline <path>", "known violations (default: arch/baseline.json, if it is there)")
    .option("--write-baseline", "begin a baseline: everything that is found now is known")
    .option("--prune", "take out of the baseline what is not there any more")
    .option("--emit-patch <path>", "write the suggested changes here")
    .option("--write", "make the suggested changes, then check again")
    .option(
      "--max-modules <count>",
      "instead of tool_budgets.max_modules",
      wholeNumber(0, countMax),
    )
    .option("--max-edges <count>", "instead of tool_budgets.max_edges", wholeNumber(0, countMax))
    .option("--max-diags <count>", "instead of tool_budgets.max_diags", wholeNumber(0, countMax))
    .option("--max-bytes-in <count>", "of all sources together", wholeNumber(0, countMax))
    .option("--cache-dir <folder>", "where facts of unchanged files are kept between runs")
    .option("--no-cache", "read every file anew; facts are else kept in node_modules/.cache")
    .option("--color", "colours even in a pipe")
    .option("--no-color", "no colours; NO_COLOR in the environment says the same")
    .addHelpText(
      "after",
      examples(
        "reprise-arch check",
        "reprise-arch check --write-lock",
        "reprise-arch check --format sarif --out arch.sarif",
        "reprise-arch check --write-baseline        tolerate what there is, refuse what comes",
        "reprise-arch check --prune                 forget what was mended",
      ),
    )
    .action(context.action((options: CheckOptions) => checkCommand(options, context)));
}

function addGraph(program: Command, context: CommandContext): void {
  program
    .command("graph")
    .description("draw the nodes and the edges between them")
    .option("--repo-root <folder>", rootText)
    .option("--manifest <path>", "the manifest (default: arch/manifest.x07arch.json)")
    .addOption(new Option("--format <form>", "as what").choices(graphForms).default("mermaid"))
    .option("--modules", "every module, not only nodes")
    .addHelpText(
      "after",
      examples("reprise-arch graph", "reprise-arch graph --modules --format dot | dot -Tsvg"),
    )
    .action(context.action((options: GraphOptions) => graphCommand(options, context)));
}

function addExplain(program: Command, context: CommandContext): void {
  program
    .command("explain")
    .description("say what a code means, with an example; without one, list all")
    .argument("[code]", "E_ARCH_CYCLE, or cycle")
    .option("--color", "colours even in a pipe")
    .option("--no-color", "no colours")
    .addHelpText(
      "after",
      examples("reprise-arch explain E_ARCH_WORLD_CAPABILITY", "reprise-arch explain"),
    )
    .action(
      context.action((code: string | undefined, options: { readonly color?: boolean }) =>
        explainCommand(code, options, context),
      ),
    );
}

function addInit(program: Command, context: CommandContext): void {
  program
    .command("init")
    .description("write a first manifest and its lock, from what is there")
    .option("--repo-root <folder>", "the repository (default: this folder)")
    .option("--color", "colours even in a pipe")
    .option("--no-color", "no colours")
    .addHelpText("after", examples("reprise-arch init && reprise-arch check"))
    .action(context.action((options: InitOptions) => initCommand(options, context)));
}
