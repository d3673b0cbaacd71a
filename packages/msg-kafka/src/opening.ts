/**
 * What is done before a driver is open: each step as long as it takes, all of them within the time
 * there is to connect.
 *
 * ```
 *  admin -> topics -> codecs -> producer -> the group's offsets
 * ```
 */
import { MsgError } from "@reprise/msg-core";
import type { DriverPorts } from "@reprise/msg-core/driver";
import type { Admins } from "./admins.js";
import type { Catalogue } from "./catalogue.js";
import type { AdminClient, KafkaClient } from "./client.js";
import { failureOf } from "./failure.js";
import { ensureGroup } from "./group-start.js";
import type { KafkaSettings } from "./options.js";
import type { Sender } from "./sender.js";

export interface OpeningParts {
  readonly client: Pick<KafkaClient, "commitFromOutside">;
  readonly admins: Admins;
  readonly catalogue: Pick<Catalogue, "learn">;
  readonly sender: Pick<Sender, "connect">;
  readonly settings: KafkaSettings;
  readonly driverId: string;
  /** For messages: where it connects to. */
  readonly brokers: string;
  readonly ports: Pick<DriverPorts, "now">;
  readonly persisting: Persisting;
}

/** Gives a way to try something for `ms`; `doing` begins the message of the error it ends with. */
export type Persisting = (
  doing: string,
  ms: number,
) => <Value>(attempt: () => Promise<Value>) => Promise<Value>;

/** Rejects with BROKER_UNREACHABLE, BROKER_TIMEOUT, AUTHENTICATION_FAILED, TOPIC_UNKNOWN, CODEC_MISSING, ... */
export async function openParts(parts: OpeningParts): Promise<void> {
  const { client, admins, catalogue, sender, settings, driverId, ports } = parts;
  const { topics, group, createTopics, deadLetterSuffix } = settings;
  const started = ports.now();
  const step = <Value>(doing: string, attempt: () => Promise<Value>): Promise<Value> => {
    const left = settings.connectTimeoutMs - (ports.now() - started);
    return parts.persisting(`${doing} (${parts.brokers})`, Math.max(1, left))(attempt);
  };
  await step("connecting", () => admins.use(async () => undefined));
  if (createTopics !== undefined && topics.length > 0) {
    const wanted = topics.flatMap((topic) => [topic, topic + deadLetterSuffix]);
    await step("creating the topics", () =>
      admins.use((admin) => admin.createTopics(wanted, createTopics)),
    );
  }
  await step("asking for the topics", () => catalogue.learn(topics));
  if (topics.length > 0) {
    await step("asking for the topics' compression", () =>
      admins.use((admin) => checkCodecs(admin, topics)),
    );
  }
  await step("connecting a producer", () => sender.connect());
  if (topics.length > 0) {
    await step(`beginning the group ${group}`, () =>
      admins.use((admin) => ensureGroup(client, admin, { ...settings, driverId })),
    );
  }
}

/** Where the brokers tell. What a publisher compresses is met when it comes. */
async function checkCodecs(admin: AdminClient, topics: readonly string[]): Promise<void> {
  try {
    for (const { topic, codec, isRegistered } of await admin.compressionOf(topics)) {
      if (isRegistered) continue;
      const message = `topic ${topic} is compressed with ${codec}, of which kafkajs has no codec: register one in its CompressionCodecs before opening`;
      throw new MsgError("CODEC_MISSING", message);
    }
  } catch (error) {
    if (!MsgError.is(error) && failureOf(error).kind === "denied") return;
    throw error;
  }
}
