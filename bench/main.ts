/** `npm run bench`: every benchmark, and whether each aim is met. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { Benchmark } from "./benchmark.ts";
import { type Measurement, measure } from "./measure.ts";

/** Loaded only when asked for: what one benchmark does to the compiler must not show in another. */
const benchmarks: Readonly<Record<string, () => Promise<{ readonly benchmark: Benchmark }>>> = {
  "canonical-json": () => import("./canonical-json.ts"),
  envelope: () => import("./envelope.ts"),
  cassette: () => import("./cassette.ts"),
  obs: () => import("./obs.ts"),
  arch: () => import("./arch.ts"),
  amqp: () => import("./amqp.ts"),
  kafka: () => import("./kafka.ts"),
  redis: () => import("./redis.ts"),
  amp: () => import("./amp.ts"),
  worlds: () => import("./worlds.ts"),
  sandbox: () => import("./sandbox.ts"),
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

interface Line {
  readonly benchmark: string;
  readonly case: string;
  readonly measurement: Measurement;
}

async function main(): Promise<number> {
  const names = positionals.length > 0 ? positionals : Object.keys(benchmarks);
  const unknown = names.find((name) => benchmarks[name] === undefined);
  if (unknown !== undefined) {
    const known = Object.keys(benchmarks).join(", ");
    process.stderr.write(`no benchmark ${unknown}; there are: ${known}\n`);
    return 2;
  }
  const [only] = names;
  if (values.json && names.length === 1 && only !== undefined) return await measureHere(only);
  const lines: Line[] = [];
  for (const name of names) {
    const measured = measureApart(name);
    if (measured === undefined) return 2;
    lines.push(...measured);
    if (values.json) for (const line of measured) process.stdout.write(`${JSON.stringify(line)}\n`);
    else print(measured);
  }
  const peers = lines.flatMap(({ measurement }) => measurement.peers);
  const aims = peers.filter(({ atLeast }) => atLeast !== undefined);
  const met = aims.filter(isMet);
  if (!values.json) process.stdout.write(`\n${met.length} of ${aims.length} aims met\n`);
  return values.check && met.length < aims.length ? 1 : 0;
}

/** One benchmark in this process, as lines of JSON. */
async function measureHere(name: string): Promise<number> {
  const loaded = await benchmarks[name]?.();
  if (loaded === undefined) return 2;
  const options = values.quick ? { rounds: 7, turnMs: 15 } : { rounds: 25, turnMs: 40 };
  for (const one of loaded.benchmark.cases) {
    const measurement = await measure(one, options);
    const line: Line = { benchmark: loaded.benchmark.name, case: one.name, measurement };
    process.stdout.write(`${JSON.stringify(line)}\n`);
  }
  await loaded.benchmark.end?.();
  return 0;
}

/** One benchmark in a process of its own. */
function measureApart(name: string): readonly Line[] | undefined {
  const script = fileURLToPath(import.meta.url);
  const args = [...process.execArgv, script, name, "--json", ...(values.quick ? ["--quick"] : [])];
  const { status, stdout } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) {
    process.stderr.write(`benchmark ${name} ended with ${status}\n`);
    return undefined;
  }
  // Written by `measureHere`, above.
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

function isMet({ ratio, atLeast }: Measurement["peers"][number]): boolean {
  return atLeast === undefined || ratio >= atLeast;
}

function print(lines: readonly Line[]): void {
  process.stdout.write(`\n${lines[0]?.benchmark ?? ""}\n`);
  for (const { case: name, measurement } of lines) {
    process.stdout.write(`  ${name}: ${time(measurement.oursNs)}\n`);
    for (const peer of measurement.peers) {
      const aim = peer.atLeast === undefined ? "" : `  aim ${peer.atLeast} x`;
      const missed = isMet(peer) ? "" : "  MISSED";
      const ratio = `${peer.ratio.toFixed(2)} x`.padStart(9);
      process.stdout.write(`    ${ratio}  ${peer.name}, ${time(peer.ns)}${aim}${missed}\n`);
    }
  }
}

function time(ns: number): string {
  if (ns < 1e3) return `${ns.toFixed(1)} ns`;
  if (ns < 1e6) return `${(ns / 1e3).toFixed(2)} us`;
  if (ns < 1e9) return `${(ns / 1e6).toFixed(2)} ms`;
  return `${(ns / 1e9).toFixed(2)} s`;
}
