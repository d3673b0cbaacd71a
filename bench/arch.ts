/**
 * Checking a workspace of 8,000 files in 250 packages for cycles and boundaries: `reprise-arch check`
 * against dependency-cruiser with the same rules. One operation is a whole process, from the start of
 * node to the report. What they find is compared once, so that nobody is fast by finding nothing.
 *
 * dependency-cruiser runs as its documentation says for TypeScript: with the compiler and a tsconfig,
 * imports of types counted (as ours counts them), and no progress bar. oxlint, written in Rust and on
 * all cores, is shown for orientation: its import/no-cycle alone. Ours runs without a cache; a second
 * run with one stands beside it. The aim is judged on the whole tree; `--quick` takes 800 files.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ruleFiles } from "./arch-rules.ts";
import { filesPerPackage, writeTree } from "./arch-tree.ts";
import type { Benchmark } from "./benchmark.ts";

const isQuick = process.argv.includes("--quick");
const packages = isQuick ? 25 : 250;
const root = realpathSync(mkdtempSync(join(tmpdir(), "reprise-bench-arch-")));
process.on("exit", () => rmSync(root, { recursive: true, force: true }));

writeTree(root, { packages, seed: 1 });
// A place for the cache.
mkdirSync(join(root, "node_modules"));
for (const [path, text] of Object.entries(ruleFiles())) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const programs = {
  arch: "../../packages/arch/bin/reprise-arch.mjs",
  cruiser: "../node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
  oxlint: "../node_modules/oxlint/bin/oxlint",
};

const check = (...options: readonly string[]): string =>
  run("arch", ["check", "--format", "json", ...options]);
const cruise = (): string =>
  run("cruiser", ["packages", "--config", "cruiser.json", "--output-type", "json"]);
const lint = (): string => run("oxlint", ["--config", "oxlint.json", "--quiet", "packages"]);

checkSame(check("--no-cache"), cruise());

export const benchmark: Benchmark = {
  name: "arch",
  cases: [
    {
      name: `cycles and boundaries of ${packages * filesPerPackage} files, whole process`,
      rounds: isQuick ? 3 : 5,
      ours: () => check("--no-cache"),
      peers: [
        { name: "dependency-cruiser 17", run: cruise, ...(isQuick ? {} : { atLeast: 10 }) },
        { name: "oxlint, import/no-cycle alone", run: lint },
        { name: "reprise-arch, unchanged rerun with its cache", run: () => check() },
      ],
    },
  ],
};

/** What a process prints. Each finds something, so its status is not 0; without a report it failed. */
function run(program: keyof typeof programs, args: readonly string[]): string {
  const script = fileURLToPath(new URL(programs[program], import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  if (status === null || stdout === "") {
    throw new Error(`${program} ended with ${status} and no report: ${stderr}`);
  }
  return stdout;
}

interface OurReport {
  readonly stats: { readonly modules: number };
  readonly diags: readonly {
    readonly code: string;
    readonly data: { readonly rule_id?: string; readonly cycle_modules?: readonly string[] };
    readonly loc?: { readonly span: { readonly file: string } };
  }[];
}

interface CruiserReport {
  readonly summary: {
    readonly totalCruised: number;
    readonly violations: readonly {
      readonly from: string;
      readonly rule: { readonly name: string };
      /** Of some cycles through the edge, not of all. */
      readonly cycle?: readonly { readonly name: string }[];
    }[];
  };
}

/** The same violations of boundaries, and the same number of modules in cycles. */
function checkSame(ours: string, theirs: string): void {
  // Both are reports of the tools, in the form that each documents.
  const { stats, diags } = JSON.parse(ours) as OurReport;
  const { violations } = (JSON.parse(theirs) as CruiserReport).summary;
  const wanted = packages * filesPerPackage;
  if (stats.modules !== wanted) throw new Error(`ours read ${stats.modules} modules of ${wanted}`);
  const denied = diags.filter(({ code }) => code === "E_ARCH_DEPS_DENY");
  const cycles = diags.filter(({ code }) => code === "E_ARCH_CYCLE");
  const others = diags.filter(
    (diag) => diag.code.startsWith("E_") && !denied.includes(diag) && !cycles.includes(diag),
  );
  if (others.length > 0) throw new Error(`ours found ${JSON.stringify(others[0])}`);
  const isCircular = ({ rule }: (typeof violations)[number]): boolean =>
    rule.name === "no-circular";
  const ourBoundaries = denied.map(({ data, loc }) => `${data.rule_id} ${loc?.span.file}`);
  const theirBoundaries = violations
    .filter((violation) => !isCircular(violation))
    .map(({ rule, from }) => `${rule.name} ${from}`);
  const inCycles = [
    cycles.reduce((sum, { data }) => sum + (data.cycle_modules?.length ?? 0), 0),
    new Set(violations.flatMap(({ cycle = [] }) => cycle.map(({ name }) => name))).size,
  ];
  if (`${ourBoundaries.sort()}` !== `${theirBoundaries.sort()}` || inCycles[0] !== inCycles[1]) {
    throw new Error(
      `the two checks differ: ${inCycles} modules in cycles; ${ourBoundaries}; ${theirBoundaries}`,
    );
  }
}
