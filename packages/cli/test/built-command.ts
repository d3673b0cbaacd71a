/** The command as one file of JavaScript, made from the sources: for tests that need a process. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "tsup";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Resolves with the path of a program to run with node. */
export async function buildCommand(): Promise<string> {
  const folder = await bundle({ main: join(root, "packages/cli/src/os/main.ts") });
  const program = join(folder, "reprise.mjs");
  await writeFile(
    program,
    'import { main } from "./main.mjs";\nprocess.exitCode = await main(process.argv);\n',
  );
  return program;
}

/** The same for `reprise brokers` on other ports: see brokers-on-ports.ts. */
export async function buildBrokersOnPorts(): Promise<string> {
  const entry = { brokers: join(root, "packages/cli/test/brokers-on-ports.ts") };
  return join(await bundle(entry), "brokers.mjs");
}

/** Resolves with the folder of what was built. */
async function bundle(entry: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "reprise-command-"));
  await build({
    config: false,
    entry,
    outDir: folder,
    format: "esm",
    target: "node20",
    platform: "node",
    noExternal: [/.*/],
    tsconfig: join(root, "tsconfig.test.json"),
    silent: true,
    outExtension: () => ({ js: ".mjs" }),
    banner: {
      js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);',
    },
  });
  return folder;
}
