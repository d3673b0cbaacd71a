/**
 * Measuring on a noisy machine: ours and its peers take turns, in rounds, and what counts is the
 * median of the ratios of one round. Absolute times are shown, but only ratios are judged.
 */
import type { BenchmarkCase } from "./benchmark.ts";

export interface Measurement {
  /** Nanoseconds for one operation: the median round's. */
  readonly oursNs: number;
  readonly peers: readonly PeerMeasurement[];
}

export interface PeerMeasurement {
  readonly name: string;
  readonly ns: number;
  /** How many times as fast as the peer ours is: the median of the rounds. */
  readonly ratio: number;
  readonly atLeast: number | undefined;
}

export interface MeasureOptions {
  readonly rounds: number;
  /** How long one turn lasts, in milliseconds. */
  readonly turnMs: number;
}

interface Contender {
  readonly run: () => unknown;
  readonly perTurn: number;
  readonly ns: number[];
}

export async function measure(
  { ours, peers, rounds: slowRounds }: BenchmarkCase,
  options: MeasureOptions,
): Promise<Measurement> {
  const contenders: Contender[] = [];
  for (const run of [ours, ...peers.map((peer) => peer.run)]) {
    const perTurn = slowRounds === undefined ? await calibrate(run, options.turnMs) : 1;
    contenders.push({ run, perTurn, ns: [] });
  }
  const take = slowRounds === undefined ? turn : slowTurn;
  for (let round = 0; round < (slowRounds ?? options.rounds); round++) {
    for (const contender of contenders) contender.ns.push(await take(contender));
  }
  const [first, ...others] = contenders;
  const oursNs = first?.ns ?? [];
  return {
    oursNs: median(oursNs),
    peers: peers.map(({ name, atLeast }, index) => {
      const ns = others[index]?.ns ?? [];
      const ratios = ns.map((value, round) => value / (oursNs[round] ?? Number.NaN));
      return { name, atLeast, ns: median(ns), ratio: median(ratios) };
    }),
  };
}

/** Warms `run` up and finds how often it fits into a turn. */
async function calibrate(run: () => unknown, turnMs: number): Promise<number> {
  let perTurn = 1;
  for (let attempt = 0; attempt < 30; attempt++) {
    const ms = ((await turn({ run, perTurn })) * perTurn) / 1e6;
    if (ms >= turnMs) break;
    perTurn = ms < turnMs / 10 ? perTurn * 4 : Math.ceil((perTurn * turnMs) / ms);
  }
  return perTurn;
}

/** What the last operation gave: exported, so that no compiler leaves the work out. */
export let kept: unknown;

/** Nanoseconds for one operation, over `perTurn` of them. */
async function turn({ run, perTurn }: Pick<Contender, "run" | "perTurn">): Promise<number> {
  // What another contender left must not be collected in this one's time.
  globalThis.gc?.();
  // The first says which kind it is. It ends before the clock starts: two at once would share a broker.
  const first = run();
  const isAsync = first instanceof Promise;
  kept = await first;
  const started = process.hrtime.bigint();
  if (isAsync) for (let index = 0; index < perTurn; index++) kept = await run();
  else for (let index = 0; index < perTurn; index++) kept = run();
  return Number(process.hrtime.bigint() - started) / perTurn;
}

/** One operation, with none before it. */
async function slowTurn({ run }: Pick<Contender, "run">): Promise<number> {
  const started = process.hrtime.bigint();
  kept = await run();
  return Number(process.hrtime.bigint() - started);
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}
