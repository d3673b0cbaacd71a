/** What each command of the lab does with its options, and what it prints. */
import { relative, resolve } from "node:path";
import type { DriverKind } from "@reprise/msg-core";
import type { World } from "@reprise/worlds";
import type { AgentsFacts } from "../agents/agents-facts.js";
import { outputNamesOf } from "../output-files.js";
import type { RunOutputs } from "../run.js";
import type { RunFacts } from "../run-facts.js";
import { replayAny } from "./any-replay.js";
import { bench } from "./bench.js";
import { findArchRoot } from "./contracts.js";
import { status } from "./exit-status.js";
import { writeOutputs } from "./places.js";
import { noSandbox, sandboxName } from "./profiles.js";
import { record } from "./record.js";
import { createProgress, printRows, reportError } from "./terminal.js";
import { verify } from "./verify.js";

/** What every command has. */
export interface OutputOptions {
  readonly arch?: string;
  readonly json?: true;
}

export interface CommonOptions extends OutputOptions {
  readonly cassette: string;
  readonly root: string;
}

export interface BenchCommandOptions extends OutputOptions {
  readonly driver: DriverKind;
  readonly messages: number;
  readonly seed: number;
  readonly rounds: number;
}

export interface RecordCommandOptions extends CommonOptions {
  readonly driver: DriverKind;
  readonly messages: number;
  readonly seed: number;
  readonly ambient?: true;
  readonly observe?: true;
  readonly metricsPort?: number;
  readonly otlp?: string;
  readonly out: string;
}

export interface ReplayCommandOptions extends CommonOptions {
  readonly out: string;
}

export function recordCommand(options: RecordCommandOptions): Promise<number> {
  return guarded(options, async (common) => {
    const started = performance.now();
    const { metricsPort, otlp } = options;
    const { facts, places, outputs, entries, cassetteBytes, leftovers } = await record({
      ...options,
      ...common,
      // Traces travel with the messages, and a replay has to send the same.
      ...((options.observe || otlp !== undefined) && { observe: true }),
      live: {
        ...(metricsPort !== undefined && { metricsPort }),
        ...(otlp !== undefined && { otlp }),
      },
      root: resolve(options.root),
    });
    const cassette = `${places.folder}/cassette.rrbin`;
    if (options.json) {
      return printJson({
        ok: true,
        cassette,
        entries,
        out: options.out,
        ...shownRun(facts, outputs),
      });
    }
    printRows([
      ...(leftovers === 0 ? [] : [["put aside", leftoversOf(leftovers)] as const]),
      ["recorded", `${facts.messages} messages through ${facts.driver}, seed ${facts.seed}`],
      ["consumed", consumed(outputs)],
      ["cassette", `${here(cassette)}, ${entries} entries, ${megabytes(cassetteBytes)}`],
      ["outputs", outputsIn(options.out, facts)],
      ["world", shownWorld("run-os-sandboxed")],
      ["took", seconds(started)],
    ]);
    return status.fine;
  });
}

export function replayCommand(options: ReplayCommandOptions): Promise<number> {
  return guarded(options, async (common) => {
    const started = performance.now();
    const { facts, places, outputs, entries } = await replayAny({
      ...options,
      ...common,
      root: resolve(options.root),
    });
    writeOutputs(options.out, outputs.files);
    if (options.json) {
      return printJson({ ok: true, entries, out: options.out, ...shownRun(facts, outputs) });
    }
    printRows([
      ["replayed", `${shownFacts(facts)} from ${here(places.folder)}, ${entries} entries`],
      ["consumed", consumed(outputs)],
      ["outputs", outputsIn(options.out, facts)],
      ["world", shownWorld("solve-rr")],
      ["took", seconds(started)],
    ]);
    return status.fine;
  });
}

export function verifyCommand(options: CommonOptions): Promise<number> {
  return guarded(options, async (common) => {
    const started = performance.now();
    const { replay: first, differences } = await verify({
      ...options,
      ...common,
      root: resolve(options.root),
    });
    const fine = differences.length === 0;
    if (options.json) {
      printJson({ ok: fine, differences, ...shownRun(first.facts, first.outputs) });
      return fine ? status.fine : status.differs;
    }
    for (const { file, between, line, expected, got } of differences) {
      process.stderr.write(
        `lab: ${file} differs between ${between}, line ${line}\n` +
          `  expected  ${expected}\n  got       ${got}\n`,
      );
    }
    if (!fine) return status.differs;
    printRows([
      ["verified", `${here(first.places.folder)}, ${first.entries} entries, replayed twice`],
      ["outputs", `${outputNamesOf(first.facts).join(", ")}: byte-identical to the recording's`],
      ["world", shownWorld("solve-rr")],
      ["took", seconds(started)],
    ]);
    return status.fine;
  });
}

export function benchCommand(options: BenchCommandOptions): Promise<number> {
  return guarded(options, async (common) => {
    const { driver, messages, seed, rounds } = options;
    const result = await bench({ ...options, ...common });
    if (options.json) return printJson({ ok: true, driver, messages, seed, rounds, ...result });
    const { live, recorded, replayed } = result;
    const rate = (value: number): string => `${Math.round(value)} messages/s`;
    const ofLive = (value: number): string =>
      `${rate(value)}, ${(value / live).toFixed(2)} of live`;
    printRows([
      ["bench", `${messages} messages through ${driver}, seed ${seed}, median of ${rounds} rounds`],
      ["live", rate(live)],
      ["recorded", ofLive(recorded)],
      ["replayed", ofLive(replayed)],
    ]);
    return status.fine;
  });
}

interface CommonRun {
  readonly archRoot: string;
  readonly signal: AbortSignal;
  readonly progress: ReturnType<typeof createProgress>["show"];
}

/** Runs a command with Ctrl-C wired to its end, and turns what it rejects with into a status. */
export async function guarded(
  options: OutputOptions,
  command: (common: CommonRun) => Promise<number>,
): Promise<number> {
  const interruption = new AbortController();
  const interrupt = (): void => interruption.abort();
  const progress = createProgress();
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  try {
    return await command({
      archRoot: findArchRoot(options.arch),
      signal: interruption.signal,
      progress: progress.show,
    });
  } catch (error) {
    progress.end();
    return reportError(error, options.json === true);
  } finally {
    progress.end();
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", interrupt);
  }
}

/** In which world the command ran, and what held it there. */
export function shownWorld(world: World): string {
  const sandbox = sandboxName();
  return sandbox === noSandbox ? "run-os: no sandbox held it" : `${world}, held by ${sandbox}`;
}

export function printJson(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value)}\n`);
  return status.fine;
}

export function shownRun(
  facts: RunFacts | AgentsFacts,
  { summary }: RunOutputs,
): Readonly<Record<string, unknown>> {
  return { run: facts, consumed: summary, sandbox: sandboxName() };
}

/** What was done, in numbers. */
export function shownFacts(facts: RunFacts | AgentsFacts): string {
  return "kind" in facts
    ? `${facts.rounds} rounds of ${facts.agents} agents`
    : `${facts.messages} messages`;
}

export function consumed({ summary }: RunOutputs): string {
  const { delivered, acked, retried, rejected, duplicates } = summary;
  const passed = duplicates === 0 ? "" : `, ${duplicates} duplicates passed over`;
  return `${delivered} deliveries: ${acked} acked, ${retried} retried, ${rejected} dead-lettered${passed}`;
}

export function leftoversOf(count: number): string {
  return `${count} messages that an earlier run had left in the group`;
}

export function outputsIn(folder: string, facts: RunFacts | AgentsFacts): string {
  return `${here(resolve(folder))}: ${outputNamesOf(facts).join(", ")}`;
}

export function here(path: string): string {
  return relative(process.cwd(), path) || ".";
}

export function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}

export function seconds(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(2)} s`;
}
