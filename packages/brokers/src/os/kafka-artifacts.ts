/**
 * Kafka's jars, fetched once by Maven from the `pom.xml` of this package, and two things made from
 * them once, because they make each later start shorter:
 *
 *     reprise/kafka-HASH/            in the user's cache folder; HASH is that of pom.xml
 *       libs/                        the jars
 *       bootstrap.checkpoint         what kafka.tools.StorageTool writes into a formatted folder
 *       classes-HASH.jsa             the loaded classes, as this java keeps them (AppCDS)
 *
 * Several processes may be at it at once: each makes its own and renames it into place.
 */
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BrokersError } from "../errors.js";
import { renderKafkaConfig } from "../kafka-config.js";
import { findBinary } from "./binaries.js";
import { startNode } from "./broker-node.js";
import { javaArguments, kafkaAnswers } from "./kafka-command.js";
import { freePort } from "./ports.js";

const run = promisify(execFile);
const pom = fileURLToPath(new URL("../../kafka/pom.xml", import.meta.url));
const copyGoal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
const outputMax = 10 * 1024 * 1024;
const toolWithinMs = 60_000;

export interface KafkaArtifacts {
  readonly java: string;
  /** Every jar, in one order always: the archive of classes is valid for that order only. */
  readonly classPath: string;
  readonly bootstrapCheckpoint: string;
  /** undefined where this java could not make one: starts then take longer. */
  readonly classArchive: string | undefined;
}

export interface KafkaArtifactsOptions {
  readonly cacheFolder: string | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Rejects with BINARY_MISSING (java, mvn), ARTIFACTS_UNAVAILABLE, ABORTED. */
export async function kafkaArtifacts(options: KafkaArtifactsOptions): Promise<KafkaArtifacts> {
  const java = findBinary("java");
  const folder = join(options.cacheFolder ?? userCache(), `kafka-${digest(readFileSync(pom))}`);
  const libs = join(folder, "libs");
  if (!existsSync(libs)) await fetchJars(folder, libs, options.signal);
  const classPath = readdirSync(libs)
    .filter((name) => name.endsWith(".jar"))
    .sort()
    .map((name) => join(libs, name))
    .join(":");
  const bootstrapCheckpoint = join(folder, "bootstrap.checkpoint");
  const { mtimeMs, size } = statSync(realpathSync(java));
  const javaDigest = digest(`${realpathSync(java)} ${mtimeMs} ${size}`);
  const classArchive = join(folder, `classes-${javaDigest}.jsa`);
  const artifacts = { java, classPath, bootstrapCheckpoint, classArchive };
  if (!existsSync(bootstrapCheckpoint) || !existsSync(classArchive)) {
    await train(artifacts, folder);
  }
  return { ...artifacts, classArchive: existsSync(classArchive) ? classArchive : undefined };
}

function userCache(): string {
  const { XDG_CACHE_HOME } = process.env;
  return join(XDG_CACHE_HOME || join(homedir(), ".cache"), "reprise");
}

function digest(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex").slice(0, 12);
}

async function fetchJars(
  folder: string,
  libs: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const mvn = findBinary("mvn");
  mkdirSync(folder, { recursive: true });
  const fresh = join(folder, `libs-${randomUUID()}`);
  const goal = [copyGoal, `-DoutputDirectory=${fresh}`, "-DincludeScope=runtime"];
  const args = ["--batch-mode", "--quiet", "-Dstyle.color=never", "--file", pom, ...goal];
  try {
    await run(mvn, args, { cwd: folder, maxBuffer: outputMax, ...(signal && { signal }) });
    putInPlace(fresh, libs);
  } catch (cause) {
    if (signal?.aborted) throw new BrokersError("ABORTED", "fetching Kafka's jars was given up");
    const { stdout = "", message } = cause as { stdout?: string; message: string };
    const said = stdout.trim().split("\n").slice(0, 5).join("\n") || message;
    throw new BrokersError("ARTIFACTS_UNAVAILABLE", `mvn could not fetch Kafka's jars: ${said}`, {
      cause,
    });
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

/** Another process may have put its own there meanwhile: as good as ours. */
function putInPlace(fresh: string, target: string): void {
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (!existsSync(target)) throw error;
  }
}

/** Formats a folder, and runs a broker on it once, whose loaded classes are kept when it stops. */
async function train(
  artifacts: KafkaArtifacts & { readonly classArchive: string },
  cache: string,
): Promise<void> {
  const { java, classPath, bootstrapCheckpoint, classArchive } = artifacts;
  const folder = join(cache, `training-${randomUUID()}`);
  const dataFolder = join(folder, "data");
  mkdirSync(dataFolder, { recursive: true });
  try {
    const [clientPort, internalPort, controllerPort] = [
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const file = join(folder, "server.properties");
    const shape = { role: "all", nodeId: 1, brokers: 1, controllerId: 1 } as const;
    const ports = { clientPort, internalPort, controllerPort };
    writeFileSync(file, renderKafkaConfig({ ...shape, ...ports, dataFolder, config: {} }));
    const id = Buffer.alloc(16, 7).toString("base64url");
    const format = ["-cp", classPath, "kafka.tools.StorageTool", "format", "-t", id, "-c", file];
    await run(java, format, { timeout: toolWithinMs, maxBuffer: outputMax });
    if (!existsSync(bootstrapCheckpoint)) {
      const copy = join(folder, "bootstrap.checkpoint");
      copyFileSync(join(dataFolder, "bootstrap.checkpoint"), copy);
      renameSync(copy, bootstrapCheckpoint);
    }
    const fresh = join(folder, "classes.jsa");
    const node = await startNode({
      kind: "kafka",
      name: "kafka, run once to keep its classes",
      port: clientPort,
      ports: [clientPort, internalPort, controllerPort],
      command: {
        program: java,
        args: [`-XX:ArchiveClassesAtExit=${fresh}`, ...javaArguments(classPath), file],
        env: { PATH: process.env.PATH ?? "" },
        cwd: folder,
        logFile: join(folder, "kafka.log"),
        detached: false,
      },
      answers: () => kafkaAnswers({ nodeId: 1, clientPort, internalPort, secure: false }),
      answerWithinMs: toolWithinMs,
      signal: undefined,
      onProcess: undefined,
    });
    await node.stop();
    if (existsSync(fresh)) renameSync(fresh, classArchive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
