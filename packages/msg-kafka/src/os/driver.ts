/**
 * The Kafka driver, on kafkajs 2.2.4. This file alone knows kafkajs.
 *
 * Delivery: at least once. A message is acknowledged to the publisher when all in-sync replicas have
 * it; its offset is committed after it is settled. What may have been handled before is flagged.
 * Retry: the reader goes back, and what is behind the message in its partition comes again, but for
 * what is settled. Reject: a copy in the dead-letter topic, which must exist.
 *
 * Not supported: transactions, topic patterns, IPv6 addresses, codecs that kafkajs does not have.
 *
 * What it does about kafkajs, by issue:
 * 1303     a partition is chosen once per message, and never by kafkajs; each needs one base offset
 * 1324     one request in flight for each broker, and one retry for all that waits
 * 353, 257 a batch is sent again as it was, by the same producer, or by another one
 * 387, 1277, 1527, 1566, 1616, 1719, 1720  handlers never run inside a callback of kafkajs
 * 1046, 1097, 1300  deliveries, settlements and commits belong to one generation of the group
 * 903, 967, 1639    a deadline for everything, and sockets of our own to end
 * 1008     a consumer that has crashed is replaced, or the driver is `failed`
 * 1141, 1475        a missing codec is CODEC_MISSING
 * 1751     "TimeoutNegativeWarning" on Node 24 and later comes from kafkajs, and does no harm
 */
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import type { Credentials, DriverPorts } from "@reprise/msg-core/driver";
import { type BrokerDriver, openBrokerDriver, resolveCredentials } from "@reprise/msg-core/driver";
import kafkajs, { type Consumer, type KafkaConfig, type Message, type Producer } from "kafkajs";
import type {
  ConsumerClient,
  ConsumerHandlers,
  KafkaClient,
  ProducerClient,
  TopicPartition,
} from "../client.js";
import { createKafkaLink } from "../link.js";
import { checkedOptions, type KafkaDriverOptions, type KafkaSettings } from "../options.js";
import type { KafkaProfile } from "../profile.js";
import type { KafkaHandle } from "../reader.js";
import { adminOf } from "./admin-client.js";
import { batchOf, toolsOf } from "./fetched.js";
import { commitInTransaction } from "./outside-commit.js";
import { readProfile } from "./profile-files.js";
import { createSockets, type Sockets } from "./sockets.js";

// Node sees no names in what kafkajs, which is CommonJS, exports.
const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

const ports: DriverPorts = {
  timer(ms, elapsed) {
    const id = setTimeout(elapsed, ms);
    return () => clearTimeout(id);
  },
  now: () => performance.now(),
};

/**
 * Opens a driver: connected, its topics there, its group begun. Rejects with CONTRACT_INVALID,
 * LIMIT_EXCEEDED, SECRET_MISSING, BROKER_UNREACHABLE, BROKER_TIMEOUT, AUTHENTICATION_FAILED,
 * TOPIC_UNKNOWN, CODEC_MISSING, BROKER_REFUSED (a right that the login has not).
 */
export async function openKafkaDriver(options: KafkaDriverOptions): Promise<BrokerDriver> {
  const profile = readProfile(options.profile);
  const settings = checkedOptions(options, profile);
  const credentials = await resolveCredentials(profile.security ?? {}, options.secrets);
  const driverId = randomBytes(6).toString("base64url");
  const linkOptions = {
    kind: "kafka",
    endpoint: profile.id,
    capabilities: {
      orderPerKey: true,
      orderAfterRetry: true,
      countsAttempts: false,
      durable: true,
    },
    topics: settings.topics,
    limits: settings.limits,
    deadLetterSuffix: settings.deadLetterSuffix,
    stallMs: settings.stallMs,
    ports,
  } as const;
  return openBrokerDriver<KafkaHandle>(linkOptions, (context) => {
    const client = createClient({ profile, settings, credentials, driverId, tell: context.tell });
    const brokers = profile.bootstrap.join(", ");
    return createKafkaLink({ context, client, settings, checksum: crc32, driverId, brokers });
  });
}

interface ClientOptions {
  readonly profile: KafkaProfile;
  readonly settings: KafkaSettings;
  readonly credentials: Credentials | undefined;
  readonly driverId: string;
  readonly tell: (name: string, detail: string) => void;
}

/** Of one partition at a time. What kafkajs makes of a larger batch outlives a collection or two. */
const fetchBytesMax = 256 * 1024;
/** Inside kafkajs: short, because what is above it goes on trying. */
const retry = { initialRetryTime: 100, maxRetryTime: 500, factor: 0.2, multiplier: 2, retries: 2 };
/**
 * A consumer's: it outlives any outage, and comes back to its group as the member that it was. One
 * that gives up leaves a ghost, for which the group waits until its session is over.
 */
const endless = { ...retry, retries: 1_000_000_000 };

function createClient(options: ClientOptions): KafkaClient {
  const { settings, driverId } = options;
  const sockets = createSockets();
  const ofConsumers = new Set<Sockets>();
  const kafka = new Kafka(configOf(options, sockets, { retry }));
  return {
    async connectAdmin() {
      const admin = kafka.admin({ retry });
      await admin.connect();
      return adminOf(admin, isRegistered);
    },
    async connectProducer() {
      const producer = kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: () => byMessage,
        retry,
      });
      await producer.connect();
      return producerOf(producer, settings);
    },
    createConsumer(handlers) {
      const own = createSockets();
      ofConsumers.add(own);
      const config = configOf(options, own, { retry: endless, lost: handlers.lost });
      const consumer = new Kafka(config).consumer({
        groupId: settings.group,
        sessionTimeout: settings.sessionTimeoutMs,
        heartbeatInterval: settings.heartbeatMs,
        maxWaitTimeInMs: settings.fetchWaitMs,
        maxBytesPerPartition: fetchBytesMax,
        allowAutoTopicCreation: false,
        // A crash is ours to mend.
        retry: { ...endless, restartOnFailure: async () => false },
      });
      const destroy = (): void => {
        own.destroy();
        ofConsumers.delete(own);
      };
      return { ...consumerOf(consumer, { handlers, settings }), destroy };
    },
    async commitFromOutside(group, offsets) {
      const transactionalId = `reprise-${driverId}`;
      const single = { idempotent: true, maxInFlightRequests: 1 };
      const producer = kafka.producer({ transactionalId, ...single, retry });
      await commitInTransaction(producer, { group, offsets });
    },
    destroy() {
      for (const own of ofConsumers) own.destroy();
      sockets.destroy();
    },
  };
}

interface Manner {
  readonly retry: KafkaConfig["retry"] & object;
  readonly lost?: (error: Error) => void;
}

function configOf(
  { profile, settings, credentials, tell }: ClientOptions,
  sockets: Sockets,
  { retry, lost }: Manner,
) {
  const { security = {} } = profile;
  const mechanism = security.sasl_mode === "plain_v1" ? "plain" : `scram-${settings.scram}`;
  const config: KafkaConfig = {
    clientId: `reprise-${profile.id}`,
    // None, once it is closed: the one way to end an endless attempt to connect.
    brokers: () => (sockets.isDestroyed() ? [] : [...profile.bootstrap]),
    connectionTimeout: Math.min(settings.requestTimeoutMs, settings.connectTimeoutMs),
    requestTimeout: settings.requestTimeoutMs,
    authenticationTimeout: settings.requestTimeoutMs,
    ssl: security.tls === false ? false : { ...settings.tls },
    retry,
    socketFactory: ({ host, port, ssl, onConnect }) =>
      sockets.create({ host, port, ssl, onConnect }, lost),
    logLevel: logLevel.WARN,
    logCreator: () => (entry) => {
      const isWarning = entry.level === logLevel.WARN;
      tell(
        isWarning ? "client.warning" : "client.error",
        `${entry.namespace}: ${entry.log.message}`,
      );
    },
  };
  if (credentials === undefined) return config;
  // One of kafkajs' three mechanisms that take a name and a password.
  return { ...config, sasl: { mechanism, ...credentials } as KafkaConfig["sasl"] & object };
}

/** Ours, chosen already. */
export const byMessage = ({ message }: { message: Message }): number => message.partition ?? 0;

const codecTypes: Readonly<Record<string, number>> = {
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

/** kafkajs has a codec for each, and those that it lacks throw. */
function isRegistered(codec: string): boolean {
  const type = codecTypes[codec];
  if (type === undefined) return true;
  try {
    // By type a factory of codecs: `CompressionCodecs` is declared without members.
    const codecs = CompressionCodecs as unknown as Readonly<Record<number, () => unknown>>;
    return codecs[type]?.() !== undefined;
  } catch {
    return false;
  }
}

/** `send` and `disconnect` of kafkajs' producer, in our words. */
export function producerOf(
  producer: Pick<Producer, "sendBatch" | "disconnect">,
  settings: Pick<KafkaSettings, "compression" | "requestTimeoutMs">,
): ProducerClient {
  const compression =
    settings.compression === "gzip" ? CompressionTypes.GZIP : CompressionTypes.None;
  return {
    async send(batches) {
      // The mapping's records are kafkajs' messages, but that bytes need be Buffers.
      const topicMessages = batches.map(({ topic, messages }) => ({
        topic,
        messages: messages.map(({ key, value, headers, partition }) => ({
          key: key === null ? null : bufferOf(key),
          value: value === null ? null : bufferOf(value),
          headers: headers as NonNullable<Message["headers"]>,
          partition,
        })),
      }));
      const timeout = settings.requestTimeoutMs;
      const stored = await producer.sendBatch({ acks: -1, timeout, compression, topicMessages });
      return stored.map(({ topicName, partition, baseOffset }) => ({
        topic: topicName,
        partition,
        baseOffset: Number(baseOffset ?? -1),
      }));
    },
    disconnect: () => producer.disconnect(),
  };
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const rejoining = "the coordinator does not answer";
const rejoiningType = "NOT_COORDINATOR_FOR_GROUP";

interface ConsumerParts {
  readonly handlers: ConsumerHandlers;
  readonly settings: KafkaSettings;
}

function consumerOf(
  consumer: Consumer,
  { handlers, settings }: ConsumerParts,
): Omit<ConsumerClient, "destroy"> {
  const { GROUP_JOIN, CRASH, FETCH, FETCH_START, HEARTBEAT } = consumer.events;
  consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => {
    const partitions: TopicPartition[] = [];
    for (const [topic, numbers] of Object.entries(memberAssignment)) {
      for (const partition of numbers) partitions.push({ topic, partition });
    }
    handlers.joined(partitions);
  });
  consumer.on(FETCH, () => handlers.fetched());
  consumer.on(HEARTBEAT, () => handlers.heartbeat());
  // What a listener throws ends the fetch, and this one makes kafkajs join again, as the same member.
  // Left alone, it sends heartbeats to a coordinator that has died until it gives up altogether.
  consumer.on(FETCH_START, () => {
    if (handlers.mustRejoin()) throw Object.assign(new Error(rejoining), { type: rejoiningType });
  });
  consumer.on(CRASH, ({ payload: { error } }) => handlers.crashed(error));
  return {
    async run() {
      await consumer.connect();
      // Partitions without an offset are new: nothing of them may be passed over.
      await consumer.subscribe({ topics: [...settings.topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => handlers.batch(batchOf(payload), toolsOf(payload)),
      });
    },
    seek: ({ topic, partition }, offset) =>
      consumer.seek({ topic, partition, offset: String(offset) }),
    disconnect: () => consumer.disconnect(),
  };
}
