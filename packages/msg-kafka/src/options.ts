/**
 * What a Kafka driver is opened with: every option with its default and its limits, checked before
 * anything is connected. A number out of range, or a name too long, is LIMIT_EXCEEDED.
 */
import { MsgError } from "@reprise/msg-core";
import {
  type ContractReference,
  checkName,
  deadLetterSuffixLengthMax,
  groupLengthMax,
  inRange,
  type LinkLimits,
  type SecretResolver,
  waitMsMax,
} from "@reprise/msg-core/driver";
import type { NewTopics } from "./client.js";
import type { KafkaProfile } from "./profile.js";

/** All as PEM text. */
export interface KafkaTls {
  /** Who may have signed the brokers' certificates. Default: those that Node knows. */
  readonly ca?: string;
  /** The client's own certificate and key, where brokers ask for them. */
  readonly cert?: string;
  readonly key?: string;
}

/** Each is a whole number from 1. */
export interface KafkaLimits extends LinkLimits {}

export interface KafkaDriverOptions {
  readonly profile: KafkaProfile | ContractReference;
  /** What `poll` reads. Default none: a driver that only publishes. */
  readonly topics?: readonly string[];
  /** The consumer group. Default: the profile's id. */
  readonly group?: string;
  /**
   * Creates the topics to read, and their dead letters, where they are missing. Default: a topic that
   * is missing is TOPIC_UNKNOWN.
   */
  readonly createTopics?: NewTopics;
  /** Where a group that has no offsets begins. Default "latest": what is published from now on. */
  readonly from?: "latest" | "earliest";
  /**
   * How an envelope travels. Default "native": its key, value and headers as the record's own.
   * "envelope": all of it, as msg.envelope_v1, in the record's value.
   */
  readonly wire?: "native" | "envelope";
  /** Compression of what is published. Default "none". */
  readonly compression?: "none" | "gzip";
  /** The profile's secrets by id. */
  readonly secrets?: SecretResolver;
  readonly tls?: KafkaTls;
  /** What `scram_v1` means at these brokers. Default "sha-512". */
  readonly scram?: "sha-256" | "sha-512";
  /** What a dead-letter topic's name adds to its topic's, 1 to 64 characters. Default ".dead-letter". */
  readonly deadLetterSuffix?: string;
  /**
   * Defaults: batchSizeMax 10,000; valueSizeMax the profile's max_message_bytes less 8 KiB (or half),
   * for headers and a dead letter's reason; inFlightMax 20,000; inFlightBytesMax 64 MiB;
   * waitingPublishesMax 1,000; pollItemsMax the profile's max_poll_items; inboxMax 2,000.
   */
  readonly limits?: Partial<KafkaLimits>;
  /** A delivery unsettled for so long makes the driver `stalled`. Default 60,000. */
  readonly stallMs?: number;
  /** For `open`: all of it. Default 15,000. */
  readonly connectTimeoutMs?: number;
  /** For one answer of a broker. Default 10,000. */
  readonly requestTimeoutMs?: number;
  /** For a message from `publish` to its receipt; then BROKER_TIMEOUT. Default 60,000. */
  readonly publishTimeoutMs?: number;
  /** For a settlement to be accepted; then BROKER_TIMEOUT. Default 30,000. */
  readonly settleTimeoutMs?: number;
  /** The group gives a driver up that it has not heard of for so long. Default 30,000. */
  readonly sessionTimeoutMs?: number;
  /** How often it hears: a third of the session at most. Default 3,000. */
  readonly heartbeatMs?: number;
}

/** The options with their defaults, but for the profile and what is resolved with it. */
export interface KafkaSettings {
  readonly topics: readonly string[];
  readonly group: string;
  readonly createTopics: NewTopics | undefined;
  readonly from: "latest" | "earliest";
  readonly wire: "native" | "envelope";
  readonly compression: "none" | "gzip";
  readonly scram: "sha-256" | "sha-512";
  readonly tls: KafkaTls;
  readonly deadLetterSuffix: string;
  readonly limits: KafkaLimits;
  /** Of a record with all that goes with it. */
  readonly recordSizeMax: number;
  readonly fetchWaitMs: number;
  readonly stallMs: number;
  readonly connectTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly publishTimeoutMs: number;
  readonly settleTimeoutMs: number;
  readonly sessionTimeoutMs: number;
  readonly heartbeatMs: number;
}

export const kafkaTopicLengthMax: number = 249;
/** What is kept of `max_message_bytes` for headers and a dead letter's reason. */
const reservedBytes = 8192;
const limitMax = 2 ** 31 - 1;
const newPartitionsMax = 10_000;
const newReplicasMax = 100;

/** Throws LIMIT_EXCEEDED, TOPIC_UNKNOWN (a topic no broker can have). */
export function checkedOptions(options: KafkaDriverOptions, profile: KafkaProfile): KafkaSettings {
  const { topics = [], group = profile.id, deadLetterSuffix = ".dead-letter" } = options;
  checkName("group", group, groupLengthMax);
  checkName("deadLetterSuffix", deadLetterSuffix, deadLetterSuffixLengthMax);
  for (const topic of topics) checkTopic(topic);
  const sessionTimeoutMs = time("sessionTimeoutMs", options.sessionTimeoutMs ?? 30_000);
  const heartbeatMs = time("heartbeatMs", options.heartbeatMs ?? 3000);
  inRange("heartbeatMs", heartbeatMs, { max: Math.max(1, Math.floor(sessionTimeoutMs / 3)) });
  return {
    topics,
    group,
    createTopics: checkedNewTopics(options.createTopics),
    from: options.from ?? "latest",
    wire: options.wire ?? "native",
    compression: options.compression ?? "none",
    scram: options.scram ?? "sha-512",
    tls: options.tls ?? {},
    deadLetterSuffix,
    limits: checkedLimits(options.limits ?? {}, profile),
    recordSizeMax: profile.limits.max_message_bytes,
    fetchWaitMs: profile.limits.max_poll_wait_ms,
    stallMs: time("stallMs", options.stallMs ?? 60_000),
    connectTimeoutMs: time("connectTimeoutMs", options.connectTimeoutMs ?? 15_000),
    requestTimeoutMs: time("requestTimeoutMs", options.requestTimeoutMs ?? 10_000),
    publishTimeoutMs: time("publishTimeoutMs", options.publishTimeoutMs ?? 60_000),
    settleTimeoutMs: time("settleTimeoutMs", options.settleTimeoutMs ?? 30_000),
    sessionTimeoutMs,
    heartbeatMs,
  };
}

/** Throws TOPIC_UNKNOWN for a name that no Kafka broker takes. */
export function checkTopic(topic: string): void {
  const length = topic.length;
  const isName = /^[A-Za-z0-9._-]+$/.test(topic) && topic !== "." && topic !== "..";
  if (isName && length <= kafkaTopicLengthMax) return;
  const rule = `1 to ${kafkaTopicLengthMax} letters, digits, . _ -`;
  const message = `topic ${JSON.stringify(topic.slice(0, 300))} is no name of Kafka's: ${rule}`;
  throw new MsgError("TOPIC_UNKNOWN", message);
}

function checkedNewTopics(form: NewTopics | undefined): NewTopics | undefined {
  if (form === undefined) return undefined;
  inRange("createTopics.partitions", form.partitions, { max: newPartitionsMax });
  if (form.replicas !== undefined) {
    inRange("createTopics.replicas", form.replicas, { max: newReplicasMax });
  }
  return form;
}

function checkedLimits(limits: Partial<KafkaLimits>, profile: KafkaProfile): KafkaLimits {
  const { max_message_bytes: recordSizeMax, max_poll_items: pollItemsMax } = profile.limits;
  const valueSizeMax = recordSizeMax - Math.min(reservedBytes, Math.floor(recordSizeMax / 2));
  return {
    batchSizeMax: limit("batchSizeMax", limits.batchSizeMax ?? 10_000),
    valueSizeMax: inRange("valueSizeMax", limits.valueSizeMax ?? valueSizeMax, {
      max: recordSizeMax,
    }),
    inFlightMax: limit("inFlightMax", limits.inFlightMax ?? 20_000),
    inFlightBytesMax: limit("inFlightBytesMax", limits.inFlightBytesMax ?? 64 * 2 ** 20),
    waitingPublishesMax: limit("waitingPublishesMax", limits.waitingPublishesMax ?? 1000),
    pollItemsMax: limit("pollItemsMax", limits.pollItemsMax ?? pollItemsMax),
    inboxMax: limit("inboxMax", limits.inboxMax ?? 2000),
  };
}

function limit(name: string, value: number): number {
  return inRange(name, value, { max: limitMax });
}

function time(name: string, value: number): number {
  return inRange(name, value, { max: waitMsMax });
}
