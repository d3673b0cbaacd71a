/** `npm run bench`: every benchmark, and whether each aim is met. */
import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { benchmark as canonicalJson } from "./canonical-json.ts";
import { benchmark as cassette } from "./cassette.ts";
import { benchmark as envelope } from "./envelope.ts";
import { type Measurement, measure } from "./measure.ts";
import { benchmark as obs } from "./obs.ts";

const benchmarks: Readonly<Record<string, Benchmark>> = {
  "canonical-json": canonicalJson,
  envelope,
  cassette,
  obs,
};

const help = `Usage: npm run bench -- [options] [name ...]

Measures Reprise beside what a user would pick instead, in turns within one run, and prints ratios.

Names: ${Object.keys(benchmarks).join(", ")} (default: all)

Options:
  --quick   fewer and shorter rounds: for a first look
  --check   exit with 1 where an aim is not met
  --json    one JSON object per line
  --help    this text

Examples:
  npm run bench
  npm run bench -- --quick envelope
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    check: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

process.exitCode = values.help ? printHelp() : await main();

function printHelp(): number {
  process.stdout.write(help);
  return 0;
}

async function main(): Promise<number> {
  const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
  const options = values.quick ? { rounds: 7, turnMs: 15 } : { rounds: 25, turnMs: 40 };
  const aims = { met: 0, missed: 0 };
  for (const name of names) {
    const benchmark = benchmarks[name];
    if (benchmark === undefined) {
      process.stderr.write(
        `no benchmark ${name}; there are: ${Object.keys(benchmarks).join(", ")}\n`,
      );
      return 2;
    }
    if (!values.json) process.stdout.write(`\n${benchmark.name}\n`);
    for (const one of benchmark.cases) {
      const measurement = await measure(one, options);
      count(aims, measurement);
      if (values.json) printJson(benchmark.name, one.name, measurement);
      else print(one.name, measurement);
    }
  }
  if (!values.json) {
    process.stdout.write(`\n${aims.met} of ${aims.met + aims.missed} aims met\n`);
  }
  return values.check && aims.missed > 0 ? 1 : 0;
}

function isMet({ ratio, atLeast }: Measurement["peers"][number]): boolean {
  return atLeast === undefined || ratio >= atLeast;
}

function count(aims: { met: number; missed: number }, { peers }: Measurement): void {
  for (const peer of peers) {
    if (peer.atLeast === undefined) continue;
    if (isMet(peer)) aims.met += 1;
    else aims.missed += 1;
  }
}

function print(name: string, { oursNs, peers }: Measurement): void {
  process.stdout.write(`  ${name}: ${time(oursNs)}\n`);
  for (const peer of peers) {
    const aim = peer.atLeast === undefined ? "" : `  aim ${peer.atLeast} x`;
    const missed = isMet(peer) ? "" : "  MISSED";
    const ratio = `${peer.ratio.toFixed(2)} x`.padStart(9);
    process.stdout.write(`    ${ratio}  ${peer.name}, ${time(peer.ns)}${aim}${missed}\n`);
  }
}

function printJson(benchmark: string, name: string, measurement: Measurement): void {
  process.stdout.write(`${JSON.stringify({ benchmark, case: name, ...measurement })}\n`);
}

function time(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(1)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(2)} us`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}
