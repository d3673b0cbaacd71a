/** `npm run bench`: the benchmarks, beside what a user would pick instead. See bench/README.md. */
import { run, setup } from "./setup.mjs";

setup({ package: "@reprise/bench" });
process.exit(
  run(process.execPath, ["--expose-gc", "bench/dist/main.js", ...process.argv.slice(2)]),
);
