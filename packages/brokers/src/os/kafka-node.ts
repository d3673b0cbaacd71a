/**
 * How a private Kafka is started: one process that is broker and controller, or two brokers and a
 * controller of their own, so that either broker may be killed or paused and the quorum lives.
 */
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { BrokersError } from "../errors.js";
import {
  type KafkaConfigOptions,
  kafkaIsSecure,
  renderKafkaConfig,
  renderMetaProperties,
} from "../kafka-config.js";
import type { CheckedOptions } from "../options.js";
import { nodeIsInProbe } from "../probe-bytes.js";
import type { NodePlan } from "./broker-node.js";
import { type KafkaArtifacts, kafkaArtifacts } from "./kafka-artifacts.js";
import { javaArguments, kafkaAnswers } from "./kafka-command.js";
import { freePort } from "./ports.js";
import { acceptsAt, answersAt } from "./probing.js";

export interface KafkaPlan {
  /** Only of a cluster; started first. */
  readonly controller: NodePlan | undefined;
  readonly brokers: readonly NodePlan[];
  /** Resolves when each broker knows of each; rejects with NOT_ANSWERING, ABORTED. */
  settled(): Promise<void>;
}

const controllerNodeId = 100;
const askEveryMs = 20;

type Shape = Omit<KafkaConfigOptions, "dataFolder" | "config">;

/** Writes the configuration and formats the data folders; `options.folder` is absolute. */
export async function planKafka(options: CheckedOptions, port: number): Promise<KafkaPlan> {
  const artifacts = await kafkaArtifacts(options);
  const controllerPort = await freePort();
  const internalPort = await freePort();
  if (options.nodes === 1) {
    const shape = { role: "all", nodeId: 1, brokers: 1, controllerId: 1 } as const;
    const ports = { controllerPort, clientPort: port, internalPort };
    return {
      controller: undefined,
      brokers: [planProcess(options, artifacts, { ...shape, ...ports })],
      settled: async () => {},
    };
  }
  const plan = (role: "broker" | "controller", nodeId: number, ports: BrokerPorts): NodePlan => {
    const cluster = { brokers: 2, controllerId: controllerNodeId, controllerPort } as const;
    return planProcess(options, artifacts, { ...cluster, role, nodeId, ...ports });
  };
  const second = { clientPort: await freePort(), internalPort: await freePort() };
  return {
    controller: plan("controller", controllerNodeId, { clientPort: controllerPort, internalPort }),
    brokers: [plan("broker", 1, { clientPort: port, internalPort }), plan("broker", 2, second)],
    settled: () =>
      knowEachOther(options, [
        { port: internalPort, nodeId: 2 },
        { port: second.internalPort, nodeId: 1 },
      ]),
  };
}

interface Acquaintance {
  readonly port: number;
  readonly nodeId: number;
}

async function knowEachOther(
  { answerWithinMs, signal }: CheckedOptions,
  pairs: readonly Acquaintance[],
): Promise<void> {
  const deadline = performance.now() + answerWithinMs;
  for (const { port, nodeId } of pairs) {
    while (!(await answersAt({ port, secure: false, probe: nodeIsInProbe(nodeId) }))) {
      if (signal?.aborted) throw new BrokersError("ABORTED", "starting kafka was given up");
      if (performance.now() > deadline) {
        const message = `kafka node ${nodeId} is not known to the other within ${answerWithinMs} ms`;
        throw new BrokersError("NOT_ANSWERING", message, { kind: "kafka" });
      }
      await sleep(askEveryMs);
    }
  }
}

type BrokerPorts = Pick<Shape, "clientPort" | "internalPort">;

function planProcess(options: CheckedOptions, artifacts: KafkaArtifacts, shape: Shape): NodePlan {
  const { folder, config, detached, answerWithinMs, signal, onProcess } = options;
  const { role, nodeId, clientPort, internalPort, controllerPort } = shape;
  const home = join(folder, role === "controller" ? "controller" : `node-${nodeId}`);
  const dataFolder = join(home, "data");
  format(dataFolder, { nodeId, seed: folder, checkpoint: artifacts.bootstrapCheckpoint });
  const file = join(home, "server.properties");
  const lines = role === "controller" ? {} : config;
  writeFileSync(file, renderKafkaConfig({ ...shape, dataFolder, config: lines }));
  const { java, classPath, classArchive } = artifacts;
  const listeners = { nodeId, clientPort, internalPort, secure: kafkaIsSecure(config) };
  const own = { all: [controllerPort], broker: [], controller: [] }[role];
  return {
    kind: "kafka",
    name: role === "controller" ? "kafka controller" : `kafka node ${nodeId}`,
    port: clientPort,
    ports: role === "controller" ? [controllerPort] : [clientPort, internalPort, ...own],
    command: {
      program: java,
      args: [...javaArguments(classPath, classArchive), file],
      env: { PATH: process.env.PATH ?? "", LC_ALL: "C" },
      cwd: home,
      logFile: join(home, "kafka.log"),
      detached,
    },
    answers: () => (role === "controller" ? acceptsAt(controllerPort) : kafkaAnswers(listeners)),
    answerWithinMs,
    signal,
    onProcess,
  };
}

interface FormatOptions {
  readonly nodeId: number;
  /** The cluster's id comes from it, so that a folder is the same cluster again. */
  readonly seed: string;
  readonly checkpoint: string;
}

/** What kafka.tools.StorageTool does, without half a second of java; nothing if it is done. */
function format(dataFolder: string, { nodeId, seed, checkpoint }: FormatOptions): void {
  const file = join(dataFolder, "meta.properties");
  if (existsSync(file)) return;
  mkdirSync(dataFolder, { recursive: true });
  copyFileSync(checkpoint, join(dataFolder, "bootstrap.checkpoint"));
  const directoryId = kafkaId(`${seed} ${nodeId}`);
  writeFileSync(file, renderMetaProperties({ nodeId, clusterId: kafkaId(seed), directoryId }));
}

/** 16 bytes in base64url; not with a "-" first, which Kafka's command lines do not like. */
function kafkaId(seed: string): string {
  const bytes = createHash("sha256").update(seed).digest().subarray(0, 16);
  bytes.writeUInt8(bytes.readUInt8(0) & 0x7f, 0);
  return bytes.toString("base64url");
}
