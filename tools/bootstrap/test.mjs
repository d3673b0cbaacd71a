/**
 * `npm test`: everything that needs no broker, and what needs one where one answers. Without
 * arguments: formatting and lint, the house rules, the four TypeScript programs, the architecture
 * check, every test. With arguments (`npm test -- packages/obs`): vitest alone, with them.
 *
 * With REPRISE_REQUIRE_BROKERS=1 a broker that does not answer is a failure.
 */
import { answeringBrokers } from "./answering-brokers.mjs";
import { run, setup } from "./setup.mjs";

const checks = [
  ["biome", ["check", "."]],
  ["tsc", ["-p", "tsconfig.pure.json"]],
  ["tsc", ["-p", "tsconfig.os.json"]],
  ["tsc", ["-p", "tsconfig.test.json"]],
  ["tsc", ["-p", "packages/msg-mirror/tsconfig.page.json"]],
  [process.execPath, ["tools/tidy/tidy.mjs"]],
  [process.execPath, ["tools/docs-gen/metrics.mjs", "--check"]],
  [process.execPath, ["packages/arch/bin/reprise-arch.mjs", "check"]],
];

const args = process.argv.slice(2);
setup({ types: args.length === 0 });
const failed = [];
const step = (command, commandArgs, options) => {
  if (run(command, commandArgs, options) !== 0) failed.push(`${command} ${commandArgs.join(" ")}`);
};
if (args.length === 0) {
  for (const [command, commandArgs] of checks) step(command, commandArgs);
}
step("vitest", ["run", ...args]);
if (args.length === 0) {
  const { answering, silent } = await answeringBrokers();
  if (answering.length > 0) {
    const env = { REPRISE_BROKERS: answering.join(",") };
    step("vitest", ["run", "--config", "vitest.broker.config.ts"], { env });
  }
  for (const { kind, address } of silent) {
    const what = `tests on ${kind}: no broker answers at ${address} (reprise brokers up ${kind})`;
    if (process.env.REPRISE_REQUIRE_BROKERS === "1") failed.push(what);
    else process.stderr.write(`left out: ${what}\n`);
  }
}
for (const command of failed) process.stderr.write(`failed: ${command}\n`);
process.exit(failed.length === 0 ? 0 : 1);
