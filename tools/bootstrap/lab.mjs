/**
 * `npm run lab`: the main job. Without arguments: record 1,000 messages through the embedded broker,
 * replay them from the cassette alone, verify that all outputs are byte-identical. With arguments
 * (`npm run lab -- verify --cassette orders`): the `lab` command itself.
 */
import { join } from "node:path";
import { root, run, setup } from "./setup.mjs";

const cassette = "npm-run-lab";
const mainJob = [
  ["record", "--driver", "memory", "--messages", "1000", "--seed", "42", "--cassette", cassette],
  ["replay", "--cassette", cassette],
  ["verify", "--cassette", cassette],
];

setup({ package: "@reprise/lab" });
const lab = join(root, "apps/lab");
const args = process.argv.slice(2);
if (args.length > 0) process.exit(runLab(args));
for (const command of mainJob) {
  process.stdout.write(`\n$ lab ${command.join(" ")}\n`);
  const status = runLab(command);
  if (status !== 0) process.exit(status);
}
process.stdout.write(
  "\nEvery output of the replay is, byte for byte, that of the recording: no broker was there.\n" +
    "The files are in apps/lab/out and apps/lab/.x07_rr; npm run lab -- --help shows more.\n",
);

function runLab(command) {
  return run(process.execPath, ["bin/lab.mjs", ...command], { cwd: lab });
}
