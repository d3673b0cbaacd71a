/**
 * How a private RabbitMQ is started.
 *
 * Starting, RabbitMQ loads a few thousand modules, and looks for each in the folder of every plugin
 * that is installed, enabled or not: with the 60 plugins of RabbitMQ 3.10 that is more than half of
 * its start (measured: 6.0 s; 2.5 s without). So it is given a home with links to the applications
 * that the broker itself needs, as their `.app` files say. Where the installation has another form
 * the installed home is used.
 */
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { type CheckedOptions, logFiles } from "../options.js";
import { amqpProbe } from "../probe-bytes.js";
import {
  applicationsOf,
  rabbitmqEnvironment,
  rabbitmqIsSecure,
  renderRabbitmqConfig,
} from "../rabbitmq-config.js";
import { findBinary } from "./binaries.js";
import type { NodePlan } from "./broker-node.js";
import { freePort } from "./ports.js";
import { answersAt } from "./probing.js";

/** Writes the configuration; `options.folder` is absolute. */
export async function planRabbitmq(options: CheckedOptions, port: number): Promise<NodePlan> {
  const { folder, config, detached, answerWithinMs, signal, onProcess } = options;
  const program = findBinary("rabbitmq-server");
  const distributionPort = await freePort();
  mkdirSync(join(folder, "data"), { recursive: true });
  mkdirSync(join(folder, "log"), { recursive: true });
  writeFileSync(join(folder, "rabbitmq.conf"), renderRabbitmqConfig({ port, config }));
  writeFileSync(join(folder, "rabbitmq-env.conf"), "");
  writeFileSync(join(folder, "enabled_plugins"), "[].\n");
  const leanHome = makeLeanHome(program, join(folder, "home"));
  const environment = { folder, nodeName: nodeNameOf(folder), distributionPort, leanHome };
  const secure = rabbitmqIsSecure({ port, config });
  return {
    kind: "amqp",
    name: "rabbitmq",
    port,
    ports: [port, distributionPort],
    command: {
      program,
      args: [],
      env: {
        PATH: process.env.PATH ?? "",
        LANG: "C.UTF-8",
        ...rabbitmqEnvironment(environment),
      },
      cwd: folder,
      logFile: join(folder, logFiles.amqp),
      detached,
    },
    answers: () => answersAt({ port, secure, probe: amqpProbe() }),
    answerWithinMs,
    signal,
    onProcess,
  };
}

/** The same for the same folder, whose data are filed under it. */
function nodeNameOf(folder: string): string {
  const digest = createHash("sha256").update(folder).digest("hex");
  return `reprise-${digest.slice(0, 12)}@localhost`;
}

const roots = ["rabbit", "rabbitmq_prelaunch"];

/** undefined where the installation is not of the form known. */
function makeLeanHome(program: string, leanHome: string): string | undefined {
  const installed = join(dirname(realpathSync(program)), "..");
  const plugins = join(installed, "plugins");
  if (!existsSync(join(installed, "sbin", "rabbitmq-env")) || !existsSync(plugins))
    return undefined;
  const applications = applicationFolders(plugins);
  const needed = new Set<string>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const folder = applications.get(name);
    if (folder === undefined || needed.has(name)) continue;
    needed.add(name);
    queue.push(...applicationsOf(readFileSync(join(folder, "ebin", `${name}.app`), "utf8")));
  }
  if (roots.some((root) => !needed.has(root))) return undefined;
  rmSync(leanHome, { recursive: true, force: true });
  mkdirSync(join(leanHome, "plugins"), { recursive: true });
  for (const name of ["sbin", "escript"]) {
    if (existsSync(join(installed, name))) symlinkSync(join(installed, name), join(leanHome, name));
  }
  for (const name of needed) {
    const folder = applications.get(name) ?? plugins;
    symlinkSync(folder, join(leanHome, "plugins", basename(folder)));
  }
  return leanHome;
}

/** Of an application's name its folder, `NAME-VERSION`; archives (`.ez`) are not looked into. */
function applicationFolders(plugins: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of readdirSync(plugins)) {
    const name = entry.replace(/-[^-]*$/, "");
    const folder = join(plugins, entry);
    if (existsSync(join(folder, "ebin", `${name}.app`))) found.set(name, folder);
  }
  return found;
}
