/**
 * `lab bench`: how fast a run is on a broker, while it is recorded, and replayed. The three take
 * turns, so that what else the machine does meets all of them; the median of the rounds counts.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DriverKind } from "@reprise/msg-core";
import { takeLeftovers } from "../leftovers.js";
import { type Progress, run } from "../run.js";
import { withBroker } from "./brokers.js";
import { readMetricsDocument } from "./contracts.js";
import { handlerWorld } from "./handler-world.js";
import { clockOf, factsOfOptions, record } from "./record.js";
import { redactionOf } from "./redaction.js";
import { replay } from "./replay.js";
import { pause } from "./terminal.js";

export interface BenchOptions {
  readonly driver: DriverKind;
  readonly messages: number;
  readonly seed: number;
  readonly rounds: number;
  readonly archRoot: string;
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress) => void;
}

/** Messages per second, published and consumed: the median of the rounds. */
export interface BenchResult {
  readonly live: number;
  readonly recorded: number;
  readonly replayed: number;
}

/** Rejects with ABORTED when interrupted, and with what the broker has against it. */
export async function bench(options: BenchOptions): Promise<BenchResult> {
  const live: number[] = [];
  const recorded: number[] = [];
  const replayed: number[] = [];
  const root = mkdtempSync(join(tmpdir(), "reprise-lab-bench-"));
  const places = { ...options, cassette: "bench", root, out: join(root, "out") };
  try {
    for (let round = 0; round < options.rounds; round++) {
      live.push(await runLive(places));
      recorded.push((await record(places)).runMs);
      replayed.push((await replay(places)).runMs);
    }
  } finally {
    rmSync(root, { recursive: true });
  }
  const perSecond = (times: readonly number[]): number => (1000 * options.messages) / median(times);
  return { live: perSecond(live), recorded: perSecond(recorded), replayed: perSecond(replayed) };
}

/** Milliseconds. */
function runLive(options: BenchOptions & { readonly root: string }): Promise<number> {
  const { archRoot, root, signal, progress } = options;
  const facts = factsOfOptions(options);
  const metricsDocument = readMetricsDocument(archRoot);
  const scope = { facts, archRoot, cassette: "live.rrbin", root, mode: "off" } as const;
  return withBroker(scope, async (driver, session) => {
    const redact = redactionOf(session);
    const common = { signal, progress, pause, redact, ...handlerWorld(facts, session) };
    if (facts.time === "real") await takeLeftovers(driver, signal);
    const started = performance.now();
    await run({ ...common, driver, facts, metricsDocument, clock: clockOf(facts) });
    return performance.now() - started;
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
