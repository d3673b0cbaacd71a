/** What a driver is opened with, and what that comes to when the profile and the defaults are in. */
import { MsgError } from "@reprise/msg-core";
import {
  type ContractReference,
  checkName,
  deadLetterSuffixLengthMax,
  groupLengthMax,
  inRange,
  type LinkLimits,
  type SecretResolver,
  topicLengthMax,
  waitMsMax,
} from "@reprise/msg-core/driver";
import type { Wire } from "./mapping.js";
import type { RedisProfile } from "./profile.js";

export interface RedisDriverOptions {
  readonly profile: RedisProfile | ContractReference;
  /** The streams to read. None: a driver that only publishes. */
  readonly topics?: readonly string[];
  /** What may be published to besides `topics` and their dead letters. Default: any name. */
  readonly publishTopics?: readonly string[];
  /** The consumer group. Default: the profile's id. */
  readonly group?: string;
  /** Where a group begins that is not there yet. Default "beginning". */
  readonly start?: "beginning" | "end";
  /** How messages are written; both are read. Default "native". */
  readonly wire?: Wire;
  /** Gives the secrets that the profile names. Asked at each connecting. */
  readonly secrets?: SecretResolver;
  /** What the profile's `tls` needs beyond the system's certificates. */
  readonly tls?: RedisTls;
  /** Default ".dead-letter". */
  readonly deadLetterSuffix?: string;
  /** What happens to a stream that has grown long. */
  readonly trim?: RedisTrim;
  readonly limits?: Partial<LinkLimits>;
  readonly times?: Partial<RedisTimes>;
}

/** Texts in PEM. */
export interface RedisTls {
  readonly ca?: string | readonly string[];
  readonly cert?: string;
  readonly key?: string;
  readonly servername?: string;
}

export interface RedisTrim {
  /** A stream is let alone until it has so many entries, 1,000 to 2^31-1. Default 1,000,000. */
  readonly length?: number;
  /**
   * What goes then. "acknowledged" (default): what every group has acknowledged; where one
   * lags, the stream grows, and the event `trim.held` says who. "oldest": the oldest, whoever still
   * needs it; readers tell what they lost as `trimmed`. "nothing".
   */
  readonly what?: "acknowledged" | "oldest" | "nothing";
}

/** All in milliseconds. */
export interface RedisTimes {
  /** To connect, authenticate and find the groups, at `open`. Default 10,000. */
  readonly connectMs: number;
  /** With no answer for so long a connection is dead. Default 5,000. */
  readonly commandMs: number;
  /** What a publish or a settle may take in all, over every reconnection. Default 30,000. */
  readonly callMs: number;
  /**
   * A delivery that its consumer has not confirmed holding for so long is a dead consumer's, and
   * anybody's. Held ones are confirmed three times as often. The same for all of a group. Default 30,000.
   */
  readonly claimIdleMs: number;
  /** How often a reader looks for such, and for what was given back. Default 1,000. */
  readonly claimEveryMs: number;
  /** A dead consumer with nothing pending is forgotten after so long. Default 600,000. */
  readonly forgetMs: number;
  /** A delivery unsettled for so long makes the driver `stalled`. Default 60,000. */
  readonly stallMs: number;
}

/** The options with everything said. */
export interface RedisSettings {
  readonly profile: RedisProfile;
  readonly topics: readonly string[];
  /** undefined: any. */
  readonly publishTopics: ReadonlySet<string> | undefined;
  readonly group: string;
  readonly start: "beginning" | "end";
  readonly wire: Wire;
  readonly secrets: SecretResolver | undefined;
  readonly tls: RedisTls | undefined;
  readonly deadLetterSuffix: string;
  readonly trim: Required<RedisTrim>;
  readonly limits: LinkLimits;
  readonly times: RedisTimes;
  /** How long one read waits at the server. */
  readonly blockMs: number;
}

const timesDefault: RedisTimes = {
  connectMs: 10_000,
  commandMs: 5_000,
  callMs: 30_000,
  claimIdleMs: 30_000,
  claimEveryMs: 1_000,
  forgetMs: 600_000,
  stallMs: 60_000,
};
const topicsMax = 1000;
const limitMax = 2 ** 31 - 1;

/** Throws LIMIT_EXCEEDED where a name or a number is out of range, or topics repeat. */
export function settingsOf(
  options: Omit<RedisDriverOptions, "profile">,
  profile: RedisProfile,
): RedisSettings {
  const { topics = [], group = profile.id, start = "beginning", wire = "native" } = options;
  const { deadLetterSuffix = ".dead-letter", publishTopics } = options;
  checkName("group", group, groupLengthMax);
  checkName("deadLetterSuffix", deadLetterSuffix, deadLetterSuffixLengthMax);
  for (const topic of [...topics, ...(publishTopics ?? [])]) {
    checkName("a topic", topic, topicLengthMax);
  }
  inRange("topics", topics.length, { min: 0, max: topicsMax });
  checkOnce(topics);
  const known = publishTopics && [
    ...publishTopics,
    ...topics.flatMap((topic) => [topic, topic + deadLetterSuffix]),
  ];
  const times = timesOf(options.times);
  return {
    profile,
    topics,
    publishTopics: known && new Set(known),
    group,
    start,
    wire,
    secrets: options.secrets,
    tls: options.tls,
    deadLetterSuffix,
    trim: trimOf(options.trim),
    limits: limitsOf(options.limits, profile),
    times,
    blockMs: Math.min(Math.max(1, profile.limits.max_poll_wait_ms), times.claimEveryMs),
  };
}

function checkOnce(topics: readonly string[]): void {
  const twice = topics.find((topic, index) => topics.indexOf(topic) !== index);
  if (twice === undefined) return;
  throw new MsgError("LIMIT_EXCEEDED", `topic ${JSON.stringify(twice)} is named twice`);
}

function limitsOf(given: Partial<LinkLimits> = {}, { limits }: RedisProfile): LinkLimits {
  const all: LinkLimits = {
    batchSizeMax: 10_000,
    valueSizeMax: limits.max_entry_bytes,
    inFlightMax: 10_000,
    inFlightBytesMax: 64 * 2 ** 20,
    waitingPublishesMax: 1_000,
    pollItemsMax: limits.max_poll_items,
    inboxMax: 1_000,
    ...given,
  };
  for (const [name, value] of Object.entries(all))
    inRange(`limits.${name}`, value, { max: limitMax });
  return all;
}

function timesOf(given: Partial<RedisTimes> = {}): RedisTimes {
  const times = { ...timesDefault, ...given };
  for (const [name, ms] of Object.entries(times)) inRange(`times.${name}`, ms, { max: waitMsMax });
  // Three confirmations fit in, each with time to be answered late.
  inRange("times.claimIdleMs", times.claimIdleMs, { min: 300, max: waitMsMax });
  return times;
}

function trimOf({
  length = 1_000_000,
  what = "acknowledged",
}: RedisTrim = {}): Required<RedisTrim> {
  inRange("trim.length", length, { min: 1_000, max: limitMax });
  return { length, what };
}
