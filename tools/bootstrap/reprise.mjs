/** `npm run reprise -- brokers up`: the `reprise` command, built first where that is needed. */
import { join } from "node:path";
import { root, run, setup } from "./setup.mjs";

setup({ package: "@reprise/cli" });
const command = join(root, "packages/cli/bin/reprise.mjs");
process.exit(run(process.execPath, [command, ...process.argv.slice(2)]));
