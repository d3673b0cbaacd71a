/*
 * Goal: a Kafka that is ours listens on loopback only; of two nodes each is a broker and neither the
 * controller; the caller's lines win.
 * Method: the lines that decide it, by hand from Kafka's documentation of KRaft; meta.properties as
 * kafka.tools.StorageTool 4.3.1 wrote it.
 */
import { type KafkaConfigOptions, renderKafkaConfig, renderMetaProperties } from "@reprise/brokers";
import { expect, test } from "vitest";
import { kafkaIsSecure } from "../src/kafka-config.js";

const single: KafkaConfigOptions = {
  role: "all",
  nodeId: 1,
  brokers: 1,
  controllerId: 1,
  controllerPort: 9093,
  clientPort: 9092,
  internalPort: 9094,
  dataFolder: "/b/data",
  config: {},
};

function linesOf(options: Partial<KafkaConfigOptions>): Record<string, string> {
  const lines = renderKafkaConfig({ ...single, ...options })
    .trimEnd()
    .split("\n");
  const pairs = lines.map((line) => [
    line.slice(0, line.indexOf("=")),
    line.slice(line.indexOf("=") + 1),
  ]);
  const found = Object.fromEntries(pairs);
  expect(Object.keys(found)).toHaveLength(lines.length);
  return found;
}

test("one process that is broker and controller", () => {
  expect(linesOf({})).toMatchObject({
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": "1@127.0.0.1:9093",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": "/b/data",
    listeners: "CLIENT://127.0.0.1:9092,INTERNAL://127.0.0.1:9094,CONTROLLER://127.0.0.1:9093",
    "advertised.listeners": "CLIENT://127.0.0.1:9092,INTERNAL://127.0.0.1:9094",
    "inter.broker.listener.name": "INTERNAL",
    "listener.security.protocol.map": "CLIENT:PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "offsets.topic.replication.factor": "1",
    "group.initial.rebalance.delay.ms": "0",
    "auto.create.topics.enable": "false",
  });
});

test("a broker of two", () => {
  const lines = linesOf({ role: "broker", nodeId: 2, brokers: 2, controllerId: 100 });
  expect(lines).toMatchObject({
    "process.roles": "broker",
    "node.id": "2",
    "controller.quorum.voters": "100@127.0.0.1:9093",
    listeners: "CLIENT://127.0.0.1:9092,INTERNAL://127.0.0.1:9094",
    "offsets.topic.replication.factor": "2",
    "default.replication.factor": "2",
    "min.insync.replicas": "1",
    "transaction.state.log.replication.factor": "2",
    "unclean.leader.election.enable": "false",
    "auto.leader.rebalance.enable": "false",
  });
});

test("their controller has no clients", () => {
  const lines = linesOf({ role: "controller", nodeId: 100, brokers: 2, controllerId: 100 });
  expect(lines).toMatchObject({
    "process.roles": "controller",
    listeners: "CONTROLLER://127.0.0.1:9093",
  });
  expect(lines).not.toHaveProperty("advertised.listeners");
  expect(lines).not.toHaveProperty("inter.broker.listener.name");
});

test("nothing listens anywhere but on loopback", () => {
  for (const role of ["all", "broker", "controller"] as const) {
    for (const [, host] of renderKafkaConfig({ ...single, role }).matchAll(/:\/\/([^:]*):/g)) {
      expect(host).toBe("127.0.0.1");
    }
  }
});

test("a line of the caller replaces ours", () => {
  const config = { "num.partitions": "6", "sasl.enabled.mechanisms": "PLAIN" };
  expect(linesOf({ config })).toMatchObject(config);
});

const map = "listener.security.protocol.map";
test.each([
  [{}, false],
  [{ [map]: "CLIENT:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT" }, false],
  [{ [map]: "CLIENT:SSL,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT" }, true],
  [{ [map]: "INTERNAL:PLAINTEXT,CLIENT:SASL_SSL,CONTROLLER:PLAINTEXT" }, true],
  [{ [map]: "CLIENT:PLAINTEXT,INTERNAL:SSL,CONTROLLER:PLAINTEXT" }, false],
  [{ [map]: "OTHERCLIENT:SSL,CLIENT:PLAINTEXT" }, false],
])("TLS where clients come: %o %s", (config, secure) => {
  expect(kafkaIsSecure(config)).toBe(secure);
});

test("meta.properties", () => {
  const ids = { clusterId: "AAAAAAAAAAAAAAAAAAAAAQ", directoryId: "98FBSK7iubOXUmo40l9MNQ" };
  expect(renderMetaProperties({ nodeId: 1, ...ids })).toBe(`node.id=1
directory.id=98FBSK7iubOXUmo40l9MNQ
version=1
cluster.id=AAAAAAAAAAAAAAAAAAAAAQ
`);
});
