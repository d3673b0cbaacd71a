/** What a stream bus on Redis is opened with. */
import type { StreamBus, StreamCodec, StreamLog } from "@reprise/msg-core";
import { type ContractReference, inRange, type SecretResolver } from "@reprise/msg-core/driver";
import type { RedisTimes, RedisTls } from "./options.js";
import type { RedisProfile } from "./profile.js";

export interface RedisStreamsOptions<Message> {
  readonly codec: StreamCodec<Message>;
  /** As of the driver. Absent: no Redis is configured, and `fallback` is what is opened. */
  readonly profile?: RedisProfile | ContractReference | undefined;
  /**
   * Opens the embedded bus where no `profile` is given; that is logged as `embedded`, and the bus says it
   * in its capabilities. It does not stand in for a Redis that is configured and down: that is an error.
   */
  readonly fallback?: () => StreamBus<Message>;
  /** Where `streamRead` begins in a stream, and an iterator. Default "beginning". */
  readonly start?: "beginning" | "end";
  /** Default ".dead-letter". */
  readonly deadLetterSuffix?: string;
  /** Gives the secrets that the profile names. Asked at each connecting. */
  readonly secrets?: SecretResolver;
  readonly tls?: RedisTls;
  readonly log?: StreamLog;
  readonly times?: Partial<RedisStreamTimes>;
  readonly limits?: Partial<RedisStreamLimits>;
}

/** In milliseconds; defaults and meaning are the driver's. An add may take `callMs` twice over. */
export type RedisStreamTimes = Pick<
  RedisTimes,
  "connectMs" | "commandMs" | "callMs" | "claimIdleMs" | "claimEveryMs"
>;

export interface RedisStreamLimits {
  /** Adds that wait for the server; one more is QUEUE_FULL. Default 10,000. */
  readonly waitingAddsMax: number;
  /** Their bytes. Default 64 MiB. */
  readonly waitingBytesMax: number;
  /** Reads that wait at a time, each with a connection of its own. Default 64. */
  readonly waitingReadsMax: number;
}

/** Throws LIMIT_EXCEEDED. */
export function streamLimitsOf(given: Partial<RedisStreamLimits> = {}): RedisStreamLimits {
  const limits: RedisStreamLimits = {
    waitingAddsMax: 10_000,
    waitingBytesMax: 64 * 2 ** 20,
    waitingReadsMax: 64,
    ...given,
  };
  for (const [name, value] of Object.entries(limits)) {
    inRange(`limits.${name}`, value, { max: 2 ** 31 - 1 });
  }
  return limits;
}
