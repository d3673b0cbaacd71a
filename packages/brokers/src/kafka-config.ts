/**
 * server.properties of a small, quick Kafka in KRaft mode.
 *
 * Three listeners, all on loopback: CLIENT is what tests connect to, and what `config` may give TLS
 * or SASL (`listener.security.protocol.map`, `listener.name.client...`); INTERNAL is plain text,
 * for the other broker and for our own question whether the broker is there; CONTROLLER is Raft.
 *
 * A killed broker may register again only when its session has timed out, and asks after 0, 100,
 * 300, 700, 1,350 ms: so the session is just shorter than one of those. It is not too short: on two
 * cores with a load of 13 to 18 no broker was fenced in 150 s that had done nothing for it.
 */
import { type ConfigLines, renderConfigLines } from "./config-lines.js";
import { loopback } from "./options.js";

/** What a process is: one that does all, a broker of several, or their controller. */
export type KafkaRole = "all" | "broker" | "controller";

export interface KafkaConfigOptions {
  readonly role: KafkaRole;
  readonly nodeId: number;
  /** How many brokers the cluster has. */
  readonly brokers: 1 | 2;
  readonly controllerId: number;
  readonly controllerPort: number;
  /** Of a broker. */
  readonly clientPort: number;
  readonly internalPort: number;
  /** An absolute path. */
  readonly dataFolder: string;
  readonly config: ConfigLines;
}

const roles: Readonly<Record<KafkaRole, string>> = {
  all: "broker,controller",
  broker: "broker",
  controller: "controller",
};

const protocolMapName = "listener.security.protocol.map";
const protocolMap = "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT";

export function renderKafkaConfig(options: KafkaConfigOptions): string {
  const { role, nodeId, controllerId, controllerPort, dataFolder, config } = options;
  const ours: ConfigLines = {
    "process.roles": roles[role],
    "node.id": String(nodeId),
    "controller.quorum.voters": `${controllerId}@${loopback}:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    "log.dirs": dataFolder,
    ...listenersOf(options),
    ...replicationOf(options),
    ...quickness,
  };
  return renderConfigLines(ours, config, "=");
}

function listenersOf(options: KafkaConfigOptions): ConfigLines {
  const { role, clientPort, internalPort, controllerPort } = options;
  const controller = `CONTROLLER://${loopback}:${controllerPort}`;
  if (role === "controller") {
    return { listeners: controller, [protocolMapName]: protocolMap };
  }
  const clients = `CLIENT://${loopback}:${clientPort},INTERNAL://${loopback}:${internalPort}`;
  return {
    listeners: role === "all" ? `${clients},${controller}` : clients,
    "advertised.listeners": clients,
    "inter.broker.listener.name": "INTERNAL",
    [protocolMapName]: protocolMap,
  };
}

/** With two brokers a topic of the broker's own lives on both, and one that is left goes on alone. */
function replicationOf({ brokers }: KafkaConfigOptions): ConfigLines {
  const factor = String(brokers);
  return {
    "default.replication.factor": factor,
    "min.insync.replicas": "1",
    "offsets.topic.replication.factor": factor,
    "offsets.topic.num.partitions": "1",
    "transaction.state.log.replication.factor": factor,
    "transaction.state.log.num.partitions": "1",
    "transaction.state.log.min.isr": "1",
    "share.coordinator.state.topic.replication.factor": factor,
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.min.isr": "1",
    // Leaders move when a test moves them, and at no other time.
    "auto.leader.rebalance.enable": "false",
    "unclean.leader.election.enable": "false",
    "replica.lag.time.max.ms": "3000",
  };
}

const quickness: ConfigLines = {
  "auto.create.topics.enable": "false",
  "num.partitions": "1",
  "group.initial.rebalance.delay.ms": "0",
  "group.min.session.timeout.ms": "500",
  "broker.session.timeout.ms": "650",
  "broker.heartbeat.interval.ms": "130",
  "controlled.shutdown.enable": "true",
  "log.segment.bytes": "16777216",
  "log.index.size.max.bytes": "65536",
  "log.cleaner.threads": "1",
  "log.cleaner.dedupe.buffer.size": "2097152",
  "num.network.threads": "2",
  "num.io.threads": "2",
  "background.threads": "2",
  "num.recovery.threads.per.data.dir": "1",
  "queued.max.requests": "100",
};

/** Whether clients reach the CLIENT listener only with TLS: then the probe must speak it too. */
export function kafkaIsSecure(config: ConfigLines): boolean {
  return /(^|,)\s*CLIENT:(SASL_)?SSL\b/.test(config[protocolMapName] ?? "");
}

export interface MetaPropertiesOptions {
  readonly nodeId: number;
  /** Each 16 bytes in base64url, 22 characters. */
  readonly clusterId: string;
  readonly directoryId: string;
}

/** meta.properties, version 1, as kafka.tools.StorageTool writes it (KIP-853, KIP-858). */
export function renderMetaProperties(options: MetaPropertiesOptions): string {
  const { nodeId, clusterId, directoryId } = options;
  const lines = {
    "node.id": String(nodeId),
    "directory.id": directoryId,
    version: "1",
    "cluster.id": clusterId,
  };
  return renderConfigLines(lines, {}, "=");
}
