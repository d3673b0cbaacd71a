/**
 * What the driver is opened with: every option with its default and its limits. A number out of range
 * is LIMIT_EXCEEDED; what contradicts itself is CONTRACT_INVALID.
 */
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
import type { Wire } from "./mapping.js";
import type { AmqpProfile } from "./profile.js";
import type { AmqpTopology } from "./topology.js";

export interface AmqpDriverOptions {
  readonly profile: AmqpProfile | ContractReference;
  /** What is declared when the driver opens, and again whenever it connects. */
  readonly topology: AmqpTopology | ContractReference;
  /** What `poll` reads. Default: none, a driver that only publishes. */
  readonly topics?: readonly string[];
  /** Reads the queues `<topic>.<group>`. Default: the topology's own queues for the topics. */
  readonly group?: string;
  /** Declares and binds queues that the topics, their dead letters or the group lack. Default false. */
  readonly declareQueues?: boolean;
  /**
   * What the declared queues are. Quorum queues are replicated, and count attempts; RabbitMQ 4 drops
   * a message after 20 attempts unless told otherwise. Default "classic".
   */
  readonly queueType?: QueueType;
  /** How messages are written. Default "native". */
  readonly wire?: Wire;
  /** Knows the secrets that the profile names. */
  readonly secrets?: SecretResolver;
  /** What a dead-letter topic's name adds to its topic's, 1 to 64 characters. Default ".dead-letter". */
  readonly deadLetterSuffix?: string;
  readonly limits?: Partial<AmqpLimits>;
  /** A delivery unsettled for so long makes the driver `stalled`. Default 60,000. */
  readonly stallMs?: number;
  /** Connecting, handshake and topology each take at most so long. Default 10,000. */
  readonly connectTimeoutMs?: number;
  /**
   * From `publish` to the broker's confirm, an outage or a blocked connection in between included.
   * Then the outcome is BROKER_TIMEOUT. Default 30,000.
   */
  readonly publishTimeoutMs?: number;
  /** Seconds; a connection silent for two to three of them is given up. 1 to 3,600, default 10. */
  readonly heartbeatSeconds?: number;
}

export type QueueType = "classic" | "quorum";

/** Each is a whole number from 1. The rest of the limits is the profile's. */
export interface AmqpLimits {
  /** Messages in one `publish`. Default 10,000. */
  readonly batchSizeMax: number;
  /** Messages sent and not confirmed; `publish` waits. Default 10,000. */
  readonly inFlightMax: number;
  /** Their bytes. Default 64 MiB. */
  readonly inFlightBytesMax: number;
  /** Publishes that wait; one more is QUEUE_FULL. Default 1,000. */
  readonly waitingPublishesMax: number;
}

export interface AmqpSettings {
  readonly deadLetterSuffix: string;
  readonly wire: Wire;
  readonly queueType: QueueType;
  readonly limits: LinkLimits;
  readonly prefetch: number;
  readonly stallMs: number;
  readonly connectTimeoutMs: number;
  readonly publishTimeoutMs: number;
  readonly heartbeatSeconds: number;
}

const limitMax = 2 ** 31 - 1;
/** What AMQP has two bytes for. */
const prefetchMax = 65_535;

/** The options with their defaults. Throws LIMIT_EXCEEDED. */
export function settingsOf(options: AmqpDriverOptions, profile: AmqpProfile): AmqpSettings {
  const { limits = {}, deadLetterSuffix = ".dead-letter", group } = options;
  checkName("deadLetterSuffix", deadLetterSuffix, deadLetterSuffixLengthMax);
  if (group !== undefined) checkName("group", group, groupLengthMax);
  const limit = (name: keyof AmqpLimits, byDefault: number): number =>
    inRange(name, limits[name] ?? byDefault, { max: limitMax });
  const ms = (name: string, value: number): number => inRange(name, value, { max: waitMsMax });
  const prefetch = Math.min(profile.limits.prefetch_count, prefetchMax);
  return {
    deadLetterSuffix,
    wire: options.wire ?? "native",
    queueType: options.queueType ?? "classic",
    prefetch,
    limits: {
      batchSizeMax: limit("batchSizeMax", 10_000),
      valueSizeMax: profile.limits.max_body_bytes,
      inFlightMax: limit("inFlightMax", 10_000),
      inFlightBytesMax: limit("inFlightBytesMax", 64 * 2 ** 20),
      waitingPublishesMax: limit("waitingPublishesMax", 1000),
      pollItemsMax: profile.limits.max_poll_items,
      // The broker keeps to the prefetch: the inbox is never full.
      inboxMax: limitMax,
    },
    stallMs: ms("stallMs", options.stallMs ?? 60_000),
    connectTimeoutMs: ms("connectTimeoutMs", options.connectTimeoutMs ?? 10_000),
    publishTimeoutMs: ms("publishTimeoutMs", options.publishTimeoutMs ?? 30_000),
    heartbeatSeconds: inRange("heartbeatSeconds", options.heartbeatSeconds ?? 10, { max: 3600 }),
  };
}
