/**
 * What the ambient guard costs code that runs in no world: the guarded function beside the real one,
 * taken before the guard was there. One operation is 1,000 calls. First while no world is open
 * anywhere, as in most of a program; then while one is open beside the code that is measured. Last,
 * what a world costs those who enter one, which is shown and not judged.
 */
import type { AmbientSources } from "@reprise/worlds";
import { guardAmbient, inWorld } from "@reprise/worlds/os";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

const calls = 1_000;

/**
 * A loop of its own for each call: what the compiler learns of one must not slow another, least of all
 * where a call takes no longer than a call.
 */
function repeated(call: () => number): () => number {
  const loop = `let sum = 0; for (let index = 0; index < ${calls}; index++) sum += call(); return sum;`;
  // Made of the text above, which is a function of nothing that gives a number.
  return new Function("call", `return () => { ${loop} };`)(call) as () => number;
}

const { now } = Date;
const { random } = Math;
const RealDate = Date;
const { bigint } = process.hrtime;
const readPerformance = performance.now.bind(performance);

guardAmbient();

interface Pair {
  readonly name: string;
  readonly real: () => number;
  readonly guarded: () => number;
  readonly atLeast?: number;
}

/** Nothing is done in most of these but reading a clock, so that any cost shows. */
const pairs: readonly Pair[] = [
  { name: "Date.now()", real: () => now(), guarded: () => Date.now(), atLeast: 0.8 },
  { name: "Math.random()", real: () => random(), guarded: () => Math.random(), atLeast: 0.7 },
  {
    name: "new Date()",
    real: () => new RealDate().getUTCMinutes(),
    guarded: () => new Date().getUTCMinutes(),
    atLeast: 0.9,
  },
  { name: "performance.now()", real: readPerformance, guarded: () => performance.now() },
  {
    name: "process.hrtime.bigint()",
    real: () => Number(bigint() & 1n),
    guarded: () => Number(process.hrtime.bigint() & 1n),
  },
];

const peers = ({ real, atLeast }: Pair) => [
  { name: "unguarded", run: repeated(real), ...(atLeast === undefined ? {} : { atLeast }) },
];

const closed: readonly BenchmarkCase[] = pairs.map((pair) => ({
  name: `1,000 ${pair.name}, no world open`,
  ours: repeated(pair.guarded),
  peers: peers(pair),
}));

/** Stays open from the first case that needs it on. */
const held: { open?: Promise<void> } = {};

const beside: readonly BenchmarkCase[] = pairs.map((pair) => {
  const { name, guarded } = pair;
  const run = repeated(guarded);
  return {
    name: `1,000 ${name}, a world open beside`,
    ours: () => {
      held.open ??= inWorld("solve-pure", undefined, () => new Promise<void>(() => undefined));
      return run();
    },
    peers: peers({ name, guarded, real: pair.real }),
  };
});

const zero: AmbientSources = { clock: () => 0n, entropy: (_, size) => new Uint8Array(size) };
const add = (index: number): number => index + 1;

const inside: readonly BenchmarkCase[] = [
  {
    name: "1,000 scopes around an addition",
    ours: repeated(() => inWorld("solve-pure", undefined, () => add(1))),
    peers: [{ name: "the addition", run: repeated(() => add(1)) }],
  },
  {
    name: "1,000 Date.now() inside, answered",
    ours: () => inWorld("solve-rr", zero, repeated(Date.now)),
    peers: [{ name: "unguarded", run: repeated(() => now()) }],
  },
];

export const benchmark: Benchmark = { name: "worlds", cases: [...closed, ...beside, ...inside] };
