/**
 * `npm test`: everything that needs no broker. Without arguments: formatting and lint, the house
 * rules, the three TypeScript programs, every test. With arguments (`npm test -- packages/obs`):
 * vitest alone, with them.
 */
import { run, setup } from "./setup.mjs";

const checks = [
  ["biome", ["check", "."]],
  ["tsc", ["-p", "tsconfig.pure.json"]],
  ["tsc", ["-p", "tsconfig.os.json"]],
  ["tsc", ["-p", "tsconfig.test.json"]],
  [process.execPath, ["tools/tidy/tidy.mjs"]],
];

const args = process.argv.slice(2);
setup({ types: args.length === 0 });
const failed = [];
if (args.length === 0) {
  for (const [command, commandArgs] of checks) {
    if (run(command, commandArgs) !== 0) failed.push(`${command} ${commandArgs.join(" ")}`);
  }
}
if (run("vitest", ["run", ...args]) !== 0) failed.push("vitest run");
for (const command of failed) process.stderr.write(`failed: ${command}\n`);
process.exit(failed.length === 0 ? 0 : 1);
