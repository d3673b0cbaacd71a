/** What `lab agents` does with its options, and what it prints. */
import { resolve } from "node:path";
import type { AgentsDriver, AgentsFacts } from "../agents/agents-facts.js";
import type { ChronicleCounts } from "../agents/chronicle.js";
import { recordAgents } from "./agents-record.js";
import {
  type CommonOptions,
  consumed,
  guarded,
  here,
  leftoversOf,
  megabytes,
  outputsIn,
  printJson,
  seconds,
  shownFacts,
  shownRun,
  shownWorld,
} from "./commands.js";
import { status } from "./exit-status.js";
import { printRows } from "./terminal.js";

export interface AgentsCommandOptions extends CommonOptions {
  readonly driver: AgentsDriver;
  readonly agents: number;
  readonly rounds: number;
  readonly seed: number;
  readonly out: string;
  readonly mirror?: number;
}

export function agentsCommand(options: AgentsCommandOptions): Promise<number> {
  return guarded(options, async (common) => {
    const started = performance.now();
    const { facts, places, outputs, entries, cassetteBytes, leftovers } = await recordAgents({
      ...options,
      ...common,
      root: resolve(options.root),
      onMirror: (url) => process.stderr.write(`lab: the mirror shows it at ${url}\n`),
    });
    const { counts } = outputs;
    const cassette = `${places.folder}/cassette.rrbin`;
    if (options.json) {
      const run = shownRun(facts, outputs);
      return printJson({ ok: true, cassette, entries, out: options.out, counts, ...run });
    }
    printRows([
      ...(leftovers === 0 ? [] : [["put aside", leftoversOf(leftovers)] as const]),
      ["agents", `${shownFacts(facts)}, seed ${facts.seed}`],
      ["bus", busOf(facts)],
      ["messages", messagesOf(counts)],
      ["signatures", `${counts.valid} verified, ${counts.refused} refused and dead-lettered`],
      ["consumed", consumed(outputs)],
      ["cassette", `${here(cassette)}, ${entries} entries, ${megabytes(cassetteBytes)}`],
      ["outputs", outputsIn(options.out, facts)],
      ["world", shownWorld("run-os-sandboxed")],
      ["took", seconds(started)],
    ]);
    return status.fine;
  });
}

function busOf({ driver, endpoint }: AgentsFacts): string {
  return driver === "memory"
    ? "the embedded broker; --driver redis takes Redis Streams"
    : `Redis Streams, profile ${endpoint}`;
}

function messagesOf({ handled, repeated, ended }: ChronicleCounts): string {
  const twice = repeated === 0 ? "" : `, ${repeated} of them repeated and applied once`;
  return `${handled} in ${ended} rounds${twice}`;
}
