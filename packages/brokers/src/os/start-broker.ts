/** Starts a private broker for a test, or for the command. */
import { mkdirSync } from "node:fs";
import { resolve } from "node:path";
import { BrokersError } from "../errors.js";
import { type BrokerKind, type BrokerOptions, checkBrokerOptions } from "../options.js";
import { type BrokerNode, type NodePlan, startNode } from "./broker-node.js";
import { type KafkaPlan, planKafka } from "./kafka-node.js";
import { freePort } from "./ports.js";
import { planRabbitmq } from "./rabbitmq-node.js";
import { planRedis } from "./redis-node.js";

/**
 * A broker that answers. Of a Kafka with two nodes, `port`, `pid`, `identity` and `logFile` are the
 * first node's; what is done to it is done to both brokers (`stop` also ends their controller), and
 * `isAlive` is true while both live. `nodes` has each alone.
 */
export interface RunningBroker extends BrokerNode {
  readonly kind: BrokerKind;
  /** One, or the two of a Kafka cluster: node ids 1 and 2. */
  readonly nodes: readonly BrokerNode[];
}

/**
 * Starts one broker on 127.0.0.1 and resolves once clients can use it: Redis answers PING, RabbitMQ
 * Connection.Start, Kafka ApiVersions and lists itself in Metadata. It ends with this process, unless
 * `detached`. Rejects with BrokersError, and then leaves nothing running: OPTIONS_INVALID,
 * BINARY_MISSING, ARTIFACTS_UNAVAILABLE, PORT_TAKEN, FOLDER_UNAVAILABLE, BROKER_EXITED,
 * NOT_ANSWERING, ABORTED.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const checked = checkBrokerOptions(options);
  const folder = resolve(checked.folder);
  const port = checked.port ?? (await freePort());
  const { kind } = checked;
  return inFolder(folder, async () => {
    mkdirSync(folder, { recursive: true });
    const located = { ...checked, folder };
    if (kind === "kafka") return startKafka(await planKafka(located, port));
    const plan = kind === "redis" ? planRedis(located, port) : await planRabbitmq(located, port);
    return brokerOf(kind, [await startNode(plan)]);
  });
}

/** What the file system refuses is an error of ours too. */
async function inFolder<Result>(folder: string, body: () => Promise<Result>): Promise<Result> {
  try {
    return await body();
  } catch (cause) {
    const { code, syscall, message } = cause as {
      code?: unknown;
      syscall?: unknown;
      message: string;
    };
    if (BrokersError.is(cause) || typeof code !== "string" || syscall === undefined) throw cause;
    throw new BrokersError("FOLDER_UNAVAILABLE", `${folder} cannot be used: ${message}`, { cause });
  }
}

async function startKafka({ controller, brokers, settled }: KafkaPlan): Promise<RunningBroker> {
  const started: BrokerNode[] = [];
  const start = async (plan: NodePlan): Promise<BrokerNode> => {
    const node = await startNode(plan);
    started.push(node);
    return node;
  };
  try {
    const quorum = controller && (await start(controller));
    const nodes = await everyOne(brokers.map(start));
    await settled();
    return brokerOf("kafka", nodes, quorum);
  } catch (error) {
    await Promise.all(started.map((node) => node.kill()));
    throw error;
  }
}

/** Waits for all, also where one rejects: none is left behind in the middle of its start. */
async function everyOne<Result>(promises: readonly Promise<Result>[]): Promise<Result[]> {
  const results = await Promise.allSettled(promises);
  return results.map((result) => {
    if (result.status === "rejected") throw result.reason;
    return result.value;
  });
}

function brokerOf(
  kind: BrokerKind,
  nodes: readonly BrokerNode[],
  quorum?: BrokerNode,
): RunningBroker {
  const [first] = nodes;
  if (first === undefined) throw new TypeError("a broker has a node");
  const all = async (act: (node: BrokerNode) => Promise<void>): Promise<void> => {
    await everyOne(nodes.map(act));
  };
  return {
    kind,
    nodes,
    host: first.host,
    port: first.port,
    logFile: first.logFile,
    get pid() {
      return first.pid;
    },
    get identity() {
      return first.identity;
    },
    isAlive: () => nodes.every((node) => node.isAlive()),
    kill: () => all((node) => node.kill()),
    pause: () => all((node) => node.pause()),
    resume: () => all((node) => node.resume()),
    async restart() {
      if (quorum?.isAlive() === false) await quorum.restart();
      await all((node) => node.restart());
    },
    async stop() {
      await all((node) => node.stop());
      await quorum?.stop();
    },
  };
}
